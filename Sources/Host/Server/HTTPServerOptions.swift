/// Where a server listens and what it puts up with.
struct HTTPServerOptions: Sendable {
    /// The local address; the unspecified address means all.
    var address: IPAddress = .loopback
    /// The local port; 0 lets the system choose.
    var port: UInt16 = 8080
    /// Threads that read and write sockets; handlers run elsewhere.
    var threads = 2
    /// Open connections; the next one waits in the backlog until one ends.
    var connections = 4_096
    /// Open connections from one address; 0 is without limit, as behind a proxy every connection has the same one.
    var connectionsPerAddress = 0
    /// Memory for the head of a request, in bytes; a longer head is refused with 414 or 431.
    var headBytes = 16_384
    /// The target of a request in bytes; a longer one is refused with 414.
    var targetBytes = 2_048
    /// Header fields of a request; more are refused with 431.
    var fields = 100
    /// The body in bytes; a longer one is refused with 413 as soon as it is announced.
    var bodyBytes = 10_240
    /// From the request line to the end of the head, however steadily bytes arrive; also from the connection to the first request line.
    var headLimit = Duration.seconds(10)
    /// From the end of the head to the end of the body.
    var bodyLimit = Duration.seconds(10)
    /// From one answer to the next request line.
    var idleLimit = Duration.seconds(60)
    /// From the end of the request until the answer is written.
    var answerLimit = Duration.seconds(60)
    /// How often the limits above are looked at, so also their precision.
    var tick = Duration.milliseconds(250)
}
