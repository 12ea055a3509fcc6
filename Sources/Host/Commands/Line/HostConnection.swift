import Glibc
import MunimKit

/// Requests to the host that runs on this machine, one connection each; waiting holds no thread that others need.
actor HostConnection {
    /// An answer.
    struct Answer: Sendable {
        /// Its status.
        let status: Int
        /// Its body.
        let body: [UInt8]

        /// The host's own sentence where it gives one, else the body as it is.
        var failure: CommandFailure {
            let failure = try? InterfaceCoding.decode(Failure.self, from: body)
            return .failed("the host answers \(status): \(failure?.message ?? String(decoding: body.prefix(1_000), as: UTF8.self))")
        }
    }

    private let executor = BlockingExecutor(label: "host connection")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let address: ListenAddress
    private let token: SharedSecret?
    /// How long one wait for the host may last, in seconds.
    private static let patience = 10
    /// Bytes of an answer.
    private static let limit = 16 << 20

    /// The host that a configuration describes; a listener for all addresses is reached on this machine's own.
    init(_ configuration: HTTPConfiguration, asOperator: Bool = false) {
        let listen = (asOperator ? configuration.admin : nil) ?? configuration.listen
        let isAny = listen.address.bytes.allSatisfy { $0 == 0 }
        let own = listen.address.isVersion6 ? IPAddress("::1") ?? .loopback : .loopback
        address = ListenAddress(address: isAny ? own : listen.address, port: listen.port)
        token = asOperator || !listen.isLoopback ? configuration.operatorToken : nil
    }

    /// Asks for `path`; nil when nothing listens there.
    func get(_ path: String) throws(CommandFailure) -> Answer? { try exchange("GET", path, body: []) }

    /// Sends `body` as JSON to `path`; nil when nothing listens there.
    func post(_ path: String, _ body: some Encodable & Sendable) throws(CommandFailure) -> Answer? {
        guard let bytes = try? InterfaceCoding.encode(body) else { throw .failed("the request cannot be written as JSON") }
        return try exchange("POST", path, body: bytes)
    }

    private func exchange(_ method: String, _ path: String, body: [UInt8]) throws(CommandFailure) -> Answer? {
        guard address.port != 0 else { return nil }
        let descriptor = socket(
            address.address.isVersion6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .failed("no socket can be opened: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        let size = socklen_t(address.address.isVersion6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
        guard address.address.withSocketAddress(port: address.port, { connect(descriptor, $0, size) }) == 0 else { return nil }
        try send(head(method, path, bodyCount: body.count) + body, to: descriptor)
        return try Self.answer(in: try receive(from: descriptor))
    }

    private func head(_ method: String, _ path: String, bodyCount: Int) -> [UInt8] {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: \(address)", "Connection: close"]
        if let token { lines.append("Authorization: Bearer \(token.reveal())") }
        if method == "POST" { lines += ["Content-Type: application/json", "Content-Length: \(bodyCount)"] }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private func send(_ bytes: [UInt8], to descriptor: Int32) throws(CommandFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw .failed("the host at \(address) does not take the request: \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(count)
        }
    }

    private func receive(from descriptor: Int32) throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= Self.limit {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .failed("the host at \(address) does not answer: \(String(cString: strerror(errno)))") }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            // Not everything that listens ends the connection when it is asked to.
            if Self.isWhole(bytes) { return bytes }
        }
        throw .failed("the host at \(address) answers more than \(Self.limit) bytes")
    }

    /// The answer in the bytes up to the end of the connection; throws when its length is not the one it announced.
    static func answer(in bytes: [UInt8]) throws(CommandFailure) -> Answer {
        let failure = CommandFailure.failed("what listens there does not speak HTTP, or broke off")
        guard let (lines, body) = parts(of: bytes) else { throw failure }
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else { throw failure }
        let length = announcedLength(in: lines)
        guard length == nil || length == body.count else { throw failure }
        return Answer(status: status, body: Array(body))
    }

    /// Whether the answer announced its length and has it.
    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        guard let (lines, body) = parts(of: bytes), let length = announcedLength(in: lines) else { return false }
        return body.count >= length
    }

    private static func parts(of bytes: [UInt8]) -> (lines: [Substring], body: ArraySlice<UInt8>)? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        return (lines, bytes[end.upperBound...])
    }

    private static func announcedLength(in lines: [Substring]) -> Int? {
        let line = lines.dropFirst().first { $0.lowercased().hasPrefix("content-length:") }
        return line.flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
    }
}

/// The person at the keyboard.
enum Operator {
    /// The name of the user who runs this process.
    static var name: String { getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "user \(getuid())" }
}
