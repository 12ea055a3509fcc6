/// One method on one path.
struct Route: Sendable {
    /// Answers a request; the captures are the segments that stood for `{name}`.
    typealias Handler = @Sendable (HTTPRequest, _ captures: [String: String]) async -> HTTPResponse

    let method: HTTPMethod
    /// The path as documented, such as `/signals/{fingerprint}`.
    let pattern: String
    let handler: Handler
    private let segments: [Substring]

    init(_ method: HTTPMethod, _ pattern: String, _ handler: @escaping Handler) {
        self.method = method
        self.pattern = pattern
        self.handler = handler
        segments = pattern.split(separator: "/")
    }

    /// The captures when `path` is this route's, nil when it is not; a capture is never empty.
    func captures(of path: [String]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var captures: [String: String] = [:]
        for (segment, given) in zip(segments, path) {
            if segment.hasPrefix("{"), segment.hasSuffix("}") {
                guard !given.isEmpty else { return nil }
                captures[String(segment.dropFirst().dropLast())] = given
            } else {
                guard segment.utf8.elementsEqual(given.utf8) else { return nil }
            }
        }
        return captures
    }
}

/// Finds the route of a request; 404 for a path that nobody serves, 405 with `Allow` for a method that its path does not have.
struct Routes: Sendable {
    let routes: [Route]

    init(_ routes: [Route]) { self.routes = routes }

    /// The answer of the first route that fits. HEAD is answered as GET, and sent without its body.
    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        let method = request.method == .head ? .get : request.method
        var allowed: Set<String> = []
        for route in routes {
            guard let captures = route.captures(of: request.path) else { continue }
            if route.method == method { return await route.handler(request, captures) }
            allowed.insert(route.method.rawValue)
        }
        guard !allowed.isEmpty else { return .failure(404, .notFound, "there is nothing here", requestID: request.id) }
        if allowed.contains(HTTPMethod.get.rawValue) { allowed.insert(HTTPMethod.head.rawValue) }
        return HTTPResponse.failure(405, .methodNotAllowed, "this path does not have the method", requestID: request.id)
            .adding("Allow", allowed.sorted().joined(separator: ", "))
    }
}
