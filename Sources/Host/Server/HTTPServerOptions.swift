/// Where a server listens and what it puts up with.
struct HTTPServerOptions: Sendable {
    /// The local address; the unspecified address means all.
    var address: IPAddress = .loopback
    /// The local port; 0 lets the system choose.
    var port: UInt16 = 8080
    /// Threads that read and write sockets; handlers run elsewhere.
    var threads = 2
    /// Open connections; for one more the one that has kept the host waiting longest is closed.
    var connections = 4_096
    /// Open connections from one address, or one block of IPv6; 0 is without limit, as behind a proxy every connection has the same one.
    var connectionsPerAddress = 0
    /// The largest answer in bytes; one connection never has more to read.
    var answerBytes = 16 << 20
    /// Bytes of answers that peers have not read, over all connections; for more the one that reads longest is closed.
    var unsentBytes = 64 << 20
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

    /// Places for connections for which others are being closed.
    var sparePlaces: Int { 64 * max(2, threads) + connections / 8 }

    /// Files that a listener with these limits may have open.
    var files: Int { connections + sparePlaces }

    /// The same with as many connections as so many files allow, and at least a few.
    func fitting(files: Int) -> HTTPServerOptions {
        var options = self
        options.connections = min(connections, max(16, (files - 64 * max(2, threads)) * 8 / 9))
        return options
    }
}
