/// A request method that the host knows; every other one, TRACE and CONNECT included, is refused as malformed.
enum HTTPMethod: String, CaseIterable, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
    case patch = "PATCH"
    case options = "OPTIONS"
}

/// A header field: the name in lower case, the value without blanks around it.
struct HTTPField: Hashable, Sendable {
    let name: String
    let value: String
}

/// One vetted HTTP/1.1 request with its whole body.
///
/// Whoever holds one may rely on: framing without two readings, a path without dot segments, control characters or encoded slashes, query
/// names that stand once, and a body no longer than the configured limit.
struct HTTPRequest: Sendable {
    /// Eight hexadecimal digits that appear in the answer and in every log line about this request.
    let id: String
    let method: HTTPMethod
    /// The percent-decoded segments of the path; `/` has none, a trailing slash adds an empty one.
    let path: [String]
    /// The percent-decoded query; a plus sign is a plus sign.
    let query: [String: String]
    /// The header fields in the order of arrival.
    let headers: [HTTPField]
    let body: [UInt8]
    /// The address at the other end of the socket, whatever the headers claim.
    let peer: IPAddress

    init(
        id: String, method: HTTPMethod, path: [String], query: [String: String] = [:], headers: [HTTPField] = [], body: [UInt8] = [],
        peer: IPAddress
    ) {
        self.id = id
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.peer = peer
    }

    /// The value of the first field with this lower-case name.
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Turns a request into its answer; called concurrently, cancelled when the server gives up waiting for it.
typealias HTTPHandler = @Sendable (HTTPRequest) async -> HTTPResponse
