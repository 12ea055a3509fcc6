import MunimKit

/// The section `http`.
struct HTTPConfiguration: Sendable {
    /// Where webhooks and readers connect.
    let listen: ListenAddress
    /// Where operators connect; nil means at `listen`.
    let admin: ListenAddress?
    /// What a webhook must carry; nil only when `listen` is this machine alone.
    let secret: SharedSecret?
    /// A further secret that is accepted while senders change over.
    let previousSecret: SharedSecret?
    /// What an operator's request must carry; without it operator routes refuse.
    let operatorToken: SharedSecret?
    /// Whether the secret may stand in the path.
    let pathSecret: Bool
    /// Who may send webhooks; empty means anybody who knows the secret.
    let allow: [AddressRange]
    /// Proxies whose word on the sender's address is believed.
    let trustedProxies: [AddressRange]
    /// How long an answer may wait for the verdict.
    let replyWithin: Span
    /// What every listener puts up with; its address is that of `listen`.
    let server: HTTPServerOptions

    init(from reader: inout OptionReader) {
        listen = reader.value(
            "listen", .listenAddress, default: ListenAddress(address: .loopback, port: 8_080),
            summary: "Where webhooks and readers connect.")
        admin = reader.optional("admin", .listenAddress, summary: "Where operator routes are served; beside the others when left out.")
        secret = reader.optional("secret", .sharedSecret, summary: "What a webhook must carry in its body or path.")
        previousSecret = reader.optional(
            "previous_secret", .sharedSecret, summary: "A further secret that is accepted while senders change over.")
        operatorToken = reader.optional(
            "operator_token", .sharedSecret,
            summary: "What an operator's request must carry; without it operator routes refuse.")
        pathSecret = reader.value("path_secret", .flag, default: false, summary: "Whether the secret may stand in the path.")
        allow = reader.list("allow", of: .addressBlock, default: [], summary: "Who may send webhooks; anybody when empty.")
        trustedProxies = reader.list(
            "trusted_proxies", of: .addressBlock, default: [], summary: "Proxies whose word on the sender's address is believed.")
        replyWithin = reader.value(
            "reply_within", .span.above(.zero, atMost: .milliseconds(2_500)), default: .milliseconds(1_500),
            summary: "How long an answer may wait for the verdict; senders give up after 3 s.")
        server = HTTPServerOptions(limitsFrom: &reader, isBehindProxy: !trustedProxies.isEmpty).listening(at: listen)
        check(reader)
    }

    private func check(_ reader: OptionReader) {
        if secret == nil, !listen.isLoopback, !reader.isFaulty("listen") {
            reader.fail("secret", "missing option: expected a secret, because http.listen \(listen) can be reached from other machines")
        }
        if secret == nil, listen.isLoopback, !trustedProxies.isEmpty,
            !["secret", "listen", "trusted_proxies"].contains(where: reader.isFaulty)
        {
            reader.fail("secret", "missing option: expected a secret, because http.trusted_proxies let other machines reach this one")
        }
        if let admin, admin == listen, admin.port != 0, !reader.isFaulty("listen") {
            reader.fail("admin", "expected another address than http.listen, found the same")
        }
        if previousSecret != nil, secret == nil { reader.fail("previous_secret", "expected http.secret beside it") }
    }
}
