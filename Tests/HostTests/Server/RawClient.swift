import Foundation
import Glibc

@testable import munim

/// Runs blocking work on a thread of its own, so that no test holds up the tasks of the server it talks to.
func offPool<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: body()) }
    }
}

/// A TCP connection that sends exactly the bytes it is given.
///
/// Its time limit only ends a test that would hang; it is far beyond what a busy machine needs.
final class RawClient: Sendable {
    /// One answer as it came.
    struct Answer: Sendable {
        var status = 0
        var head = ""
        var body: [UInt8] = []
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: Int32

    init?(port: Int, receiveBuffer: Int32? = nil, timeout: Int = 120) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var receiveBuffer { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size)) }
        var limit = timeval(tv_sec: timeout, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var on: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let connected = IPAddress.loopback.withSocketAddress(port: UInt16(port)) {
            connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        guard connected == 0 else { return nil }
    }

    deinit { close(socket) }

    /// Sends all of `bytes`; false when the other end is gone.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Says that nothing more will be sent (POSIX `SHUT_WR`).
    func finishSending() { shutdown(socket, 1) }

    /// The head of the next answer, or nil when the stream ends or nothing comes in time.
    func head() -> Answer? {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard let byte = receive(1).first else { return nil }
            bytes.append(byte)
        }
        var answer = Answer()
        answer.head = String(decoding: bytes, as: UTF8.self)
        answer.status = Int(answer.head.split(separator: " ").dropFirst().first ?? "") ?? 0
        return answer
    }

    /// The next answer with its body, or nil when the stream ends or nothing comes in time.
    func answer() -> Answer? {
        guard var answer = head() else { return nil }
        let length = answer.head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        var missing = length.flatMap { Int($0.split(separator: " ").last ?? "") } ?? 0
        while missing > 0 {
            let piece = receive(missing)
            guard !piece.isEmpty else { return nil }
            answer.body += piece
            missing -= piece.count
        }
        return answer
    }

    /// An answer whose head was read, with its body of so many bytes; nil when the stream ends before.
    func rest(of count: Int) -> Answer? {
        var answer = Answer()
        while answer.body.count < count {
            let piece = receive(min(65_536, count - answer.body.count))
            guard !piece.isEmpty else { return nil }
            answer.body += piece
        }
        return answer
    }

    /// Whether the other end closes, after whatever it still sends.
    func isClosed() -> Bool {
        while true {
            var byte: UInt8 = 0
            let count = recv(socket, &byte, 1, 0)
            if count == 0 { return true }
            if count < 0 { return errno == ECONNRESET || errno == EPIPE }
        }
    }

    /// Whether the other end closes within so many milliseconds; what it sends is dropped.
    func isClosed(within milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, milliseconds) > 0 {
            var bytes = [UInt8](repeating: 0, count: 4_096)
            if recv(socket, &bytes, bytes.count, 0) <= 0 { return true }
        }
        return false
    }

    private func receive(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let received = recv(socket, &bytes, count, 0)
        return Array(bytes.prefix(max(0, received)))
    }
}

/// Sends `pieces` on a new connection and returns the first answer.
func exchange(_ port: Int, _ pieces: [UInt8]...) async -> RawClient.Answer? {
    await offPool {
        guard let client = RawClient(port: port) else { return nil }
        for piece in pieces { client.send(piece) }
        return client.answer()
    }
}

/// A well-formed request.
func post(_ path: String = "/webhook", body: String = "{}", headers: String = "") -> [UInt8] {
    Array("POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)".utf8)
}

extension HTTPServerOptions {
    /// Limits of time that no test reaches, however busy the machine.
    static var patient: HTTPServerOptions {
        var options = HTTPServerOptions()
        options.headLimit = .seconds(3_600)
        options.bodyLimit = .seconds(3_600)
        options.idleLimit = .seconds(3_600)
        options.answerLimit = .seconds(3_600)
        return options
    }
}

/// Runs a server on a free port for as long as `body` runs; the default handler echoes the body.
func withServer<Result>(
    _ options: HTTPServerOptions = .patient, clock: HeldClock? = nil,
    handler: @escaping HTTPHandler = { HTTPResponse(status: 200, contentType: "text/plain", body: $0.body) },
    isolation: isolated (any Actor)? = #isolation, _ body: (Int, HTTPServer) async throws -> Result
) async throws -> Result {
    var options = options
    options.port = 0
    let server = HTTPServer(options: options, clock: clock ?? ContinuousClock() as any Clock<Duration>, handler: handler)
    let port = try server.start()
    let running = Task { await server.run() }
    do {
        let result = try await body(port, server)
        clock?.release()
        await server.stop(grace: .seconds(2))
        await running.value
        return result
    } catch {
        clock?.release()
        await server.stop(grace: .zero)
        await running.value
        throw error
    }
}
