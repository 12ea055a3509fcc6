import MunimKit

/// Decides who may use the routes of one listener.
struct AccessGate: Sendable {
    private let token: SharedSecrets?
    private let isLocal: Bool

    /// The gate of a listener at `listen`.
    init(_ http: HTTPConfiguration, listen: ListenAddress) {
        token = http.operatorToken.map { SharedSecrets([$0]) }
        // Behind a proxy every sender looks local.
        isLocal = listen.isLoopback && http.trustedProxies.isEmpty
    }

    /// The answer to a request that may not use a route with this access; nil when it may.
    func refusal(of request: HTTPRequest, _ access: RouteAccess) -> HTTPResponse? {
        guard access != .anybody else { return nil }
        if access == .readers, isLocal, LocalProgram.namesThisMachine(request.header("host")) { return nil }
        guard let token else {
            return .failure(
                403, .forbidden, "no operator token is configured: set http.operator_token to use this route", requestID: request.id)
        }
        guard token.accepts(Self.bearer(request)) else {
            return HTTPResponse.failure(401, .unauthorized, "the operator token is missing or wrong", requestID: request.id)
                .adding("WWW-Authenticate", "Bearer realm=\"munim\"")
        }
        return nil
    }

    /// The token in `Authorization: Bearer TOKEN` (RFC 6750); nil when the field is missing, stands twice or has another scheme.
    private static func bearer(_ request: HTTPRequest) -> String? {
        let fields = request.headers.filter { $0.name == "authorization" }
        // Byte by byte: whoever has no token yet may have sent anything.
        guard fields.count == 1, let bytes = fields.first?.value.utf8, let blank = bytes.firstIndex(of: 32),
            bytes[..<blank].map({ $0 | 32 }).elementsEqual("bearer".utf8)
        else { return nil }
        return Blanks.trimmed(String(fields[0].value[blank...]))
    }
}
