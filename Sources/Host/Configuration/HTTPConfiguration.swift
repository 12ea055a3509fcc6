import MunimKit

/// The section `http`.
struct HTTPConfiguration: Sendable {
    /// Where webhooks and readers connect.
    let listen: ListenAddress
    /// Where operators connect; nil means at `listen`.
    let admin: ListenAddress?
    /// What a webhook must carry; nil only when `listen` is this machine alone.
    let secret: Secret?
    /// A further secret that is accepted while senders change over.
    let previousSecret: Secret?
    /// What an operator's request must carry; without it operator routes refuse.
    let operatorToken: Secret?
    /// Whether the secret may stand in the path.
    let pathSecret: Bool
    /// Who may send webhooks; empty means anybody who knows the secret. Each is an address or a block such as `203.0.113.0/24`.
    let allow: [String]
    /// Proxies whose word on the sender's address is believed.
    let trustedProxies: [String]
    /// How long an answer may wait for the verdict.
    let replyWithin: Span
    /// What a connection may use.
    let limits: HTTPLimits

    init(from reader: inout OptionReader) {
        listen = reader.value("listen", .listenAddress, default: .standard, summary: "Where webhooks and readers connect.")
        admin = reader.optional("admin", .listenAddress, summary: "Where operator routes are served; beside the others when left out.")
        secret = reader.optional("secret", .secret(minimumLength: 16), summary: "What a webhook must carry in its body or path.")
        previousSecret = reader.optional(
            "previous_secret", .secret(minimumLength: 16), summary: "A further secret that is accepted while senders change over.")
        operatorToken = reader.optional(
            "operator_token", .secret(minimumLength: 16),
            summary: "What an operator's request must carry; without it operator routes refuse.")
        pathSecret = reader.value("path_secret", .flag, default: false, summary: "Whether the secret may stand in the path.")
        allow = reader.list("allow", of: .addressBlock, default: [], summary: "Who may send webhooks; anybody when empty.")
        trustedProxies = reader.list(
            "trusted_proxies", of: .addressBlock, default: [], summary: "Proxies whose word on the sender's address is believed.")
        replyWithin = reader.value(
            "reply_within", .span.above(.zero, atMost: .milliseconds(2_500)), default: .milliseconds(1_500),
            summary: "How long an answer may wait for the verdict; senders give up after 3 s.")
        limits = HTTPLimits(from: &reader)
        check(reader)
    }

    private func check(_ reader: OptionReader) {
        if secret == nil, !listen.isLoopback, !reader.isFaulty("listen") {
            reader.fail("secret", "missing option: expected a secret, because http.listen \(listen) can be reached from other machines")
        }
        if let admin, admin == listen, admin.port != 0, !reader.isFaulty("listen") {
            reader.fail("admin", "expected another address than http.listen, found the same")
        }
        if previousSecret != nil, secret == nil { reader.fail("previous_secret", "expected http.secret beside it") }
    }
}

/// The limits within the section `http`.
struct HTTPLimits: Sendable {
    /// Largest body, in bytes.
    let bodyBytes: Int
    /// Largest request line with headers, in bytes.
    let headBytes: Int
    /// Largest request target, in bytes.
    let targetBytes: Int
    /// Header fields of a request.
    let fields: Int
    /// Threads that read and write sockets.
    let threads: Int
    /// Open connections.
    let connections: Int
    /// Open connections from one address; 0 is without limit.
    let connectionsPerAddress: Int
    /// From the connection to the end of the head.
    let headerTimeout: Span
    /// From the end of the head to the end of the body.
    let bodyTimeout: Span
    /// From one answer to the next request.
    let idleTimeout: Span
    /// From the end of the request until the answer is written.
    let answerTimeout: Span

    init(from reader: inout OptionReader) {
        let timeout = OptionKind.span.within(.milliseconds(10) ... .minutes(60))
        bodyBytes = reader.value("body_limit", .bytes.within(256...1_048_576), default: 10_240, summary: "Largest body of a request.")
        headBytes = reader.value("head_limit", .bytes.within(1_024...65_536), default: 16_384, summary: "Largest head of a request.")
        targetBytes = reader.value("target_limit", .bytes.within(64...16_384), default: 2_048, summary: "Largest target of a request.")
        fields = reader.value("field_limit", .integer.within(8...1_000), default: 100, summary: "Header fields of a request.")
        threads = reader.value("threads", .integer.within(1...64), default: 2, summary: "Threads that read and write sockets.")
        connections = reader.value("connection_limit", .integer.within(1...65_536), default: 4_096, summary: "Open connections.")
        connectionsPerAddress = reader.value(
            "connections_per_address", .integer.within(0...65_536), default: 0,
            summary: "Open connections from one address; 0 is without limit.")
        headerTimeout = reader.value(
            "header_timeout", timeout, default: .seconds(10), summary: "From the connection to the end of the head.")
        bodyTimeout = reader.value(
            "body_timeout", timeout, default: .seconds(10), summary: "From the end of the head to the end of the body.")
        idleTimeout = reader.value("idle_timeout", timeout, default: .seconds(60), summary: "From one answer to the next request.")
        answerTimeout = reader.value(
            "answer_timeout", timeout, default: .seconds(60), summary: "From the end of a request until the answer is written.")
    }
}
