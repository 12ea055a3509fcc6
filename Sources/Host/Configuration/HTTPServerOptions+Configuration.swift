import MunimKit

extension HTTPServerOptions {
    /// Reads the limits within the section `http`; every default is the server's own.
    init(limitsFrom reader: inout OptionReader, isBehindProxy: Bool) {
        self.init()
        threads = reader.value("threads", .integer.within(1...64), default: threads, summary: "Threads that read and write sockets.")
        readConnections(from: &reader, isBehindProxy)
        readSizes(from: &reader)
        readTimes(from: &reader)
    }

    /// The same limits at another address.
    func listening(at listen: ListenAddress) -> HTTPServerOptions {
        var options = self
        options.address = listen.address
        options.port = listen.port
        return options
    }

    private mutating func readConnections(from reader: inout OptionReader, _ isBehindProxy: Bool) {
        connections = reader.value(
            "connection_limit", .integer.within(1...65_536), default: connections,
            summary: "Open connections; for one more the one that has kept the host waiting longest is closed.")
        let perAddress = reader.optional(
            "connections_per_address", .integer.within(0...65_536),
            summary: "Open connections from one address; 0 is without limit. When left out 512, and 0 where proxies are trusted.")
        connectionsPerAddress = perAddress ?? (isBehindProxy ? 0 : 512)
    }

    private mutating func readSizes(from reader: inout OptionReader) {
        bodyBytes = reader.value("body_limit", .bytes.within(256...1_048_576), default: bodyBytes, summary: "Largest body of a request.")
        headBytes = reader.value("head_limit", .bytes.within(1_024...65_536), default: headBytes, summary: "Largest head of a request.")
        targetBytes = reader.value(
            "target_limit", .bytes.within(64...16_384), default: targetBytes, summary: "Largest target of a request.")
        fields = reader.value("field_limit", .integer.within(8...1_000), default: fields, summary: "Header fields of a request.")
    }

    private mutating func readTimes(from reader: inout OptionReader) {
        let timeout = OptionKind.span.within(.milliseconds(10) ... .minutes(60))
        headLimit =
            reader.value(
                "header_timeout", timeout, default: Span(headLimit), summary: "From the connection or request line to the end of the head."
            ).duration
        bodyLimit =
            reader.value(
                "body_timeout", timeout, default: Span(bodyLimit), summary: "From the end of the head to the end of the body."
            ).duration
        idleLimit =
            reader.value("idle_timeout", timeout, default: Span(idleLimit), summary: "From one answer to the next request.").duration
        answerLimit =
            reader.value(
                "answer_timeout", timeout, default: Span(answerLimit), summary: "From the end of a request until the answer is written."
            ).duration
        tick =
            reader.value(
                "timeout_precision", .span.within(.milliseconds(10) ... .seconds(10)), default: Span(tick),
                summary: "How often these times are looked at."
            ).duration
    }
}

extension Span {
    /// A duration of the standard library, cut to microseconds; for constants in code.
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(microseconds: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
}
