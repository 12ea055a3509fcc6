import Foundation
import Glibc

/// A real host process on a folder of its own, to be killed and started again.
final class HostUnderTest: @unchecked Sendable {
    let folder: URL
    let port: UInt16
    private let lock = NSLock()
    private var child: Child?

    init(configuration: (UInt16) -> String) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("munim-chaos-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = try Self.freePort()
        try configuration(port).write(to: folder.appendingPathComponent("plugins.yaml"), atomically: true, encoding: .utf8)
        _ = FileManager.default.createFile(atPath: folder.appendingPathComponent("log.jsonl").path, contents: nil)
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The folder with the databases.
    var records: String { folder.appendingPathComponent("var").path }

    /// What the host wrote to its log.
    var log: String { (try? String(contentsOf: folder.appendingPathComponent("log.jsonl"), encoding: .utf8)) ?? "" }

    /// Starts the host and returns once it is ready, or once it is dead.
    func start(stopAt stopPoint: String? = nil, waitingForReady: Bool = true) throws {
        let log = open(folder.appendingPathComponent("log.jsonl").path, O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { close(log) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, log, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO)
        // The crash handler of the language would hold sockets and locks of a dying process.
        let environment = ["SWIFT_BACKTRACE=enable=no", "MUNIM_STOP_AT=\(stopPoint ?? "")"]
        var pid: pid_t = 0
        // The shell only changes the folder and becomes the host, so the process id stays.
        let command = ["sh", "-c", "cd \"$1\" && exec \"$2\" serve plugins.yaml", "sh", folder.path, Self.binary.path]
        let code = Self.withCStrings(command) { arguments in
            Self.withCStrings(environment) { posix_spawn(&pid, "/bin/sh", &actions, nil, arguments, $0) }
        }
        guard code == 0 else { throw ExchangeFault() }
        lock.withLock { child = Child(pid: pid) }
        while waitingForReady, isRunning {
            if let answer = try? Exchange(port: port).get("/ready"), answer.status == 200 { return }
            usleep(3_000)
        }
    }

    var isRunning: Bool { lock.withLock { child.map { $0.poll() == nil } ?? false } }

    /// Ends the process as a power failure would.
    func kill() {
        guard isRunning, let pid = lock.withLock({ child?.pid }) else { return }
        Glibc.kill(pid, SIGKILL)
        _ = waitForEnd()
    }

    /// Waits for a process that ends by itself; returns its exit code, or −1 when a signal ended it.
    @discardableResult
    func waitForEnd() -> Int32 {
        while true {
            if let status = lock.withLock({ child?.poll() }) { return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1 }
            usleep(2_000)
        }
    }

    /// Asks the process to stop; returns its exit code.
    func stop() -> Int32 {
        guard isRunning, let pid = lock.withLock({ child?.pid }) else { return -1 }
        Glibc.kill(pid, SIGTERM)
        return waitForEnd()
    }

    private static func withCStrings<Result>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
        let pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers)
    }

    private static var binary: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("munim")
    }

    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = Exchange.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard code else { throw ExchangeFault() }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// The connection was refused, cut or ended early.
struct ExchangeFault: Error {}

/// One request over a connection of its own.
struct Exchange {
    let port: UInt16

    func get(_ path: String) throws -> (status: Int, body: String) {
        try send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    }

    func post(_ path: String, _ body: String) throws -> (status: Int, body: String) {
        try send("POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return address
    }

    private func send(_ request: String) throws -> (status: Int, body: String) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = Self.loopback(port: port)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
        let bytes = Array(request.utf8)
        guard isConnected, Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { throw ExchangeFault() }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
        }
        let text = String(decoding: received, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3)) else { throw ExchangeFault() }
        return (status, String(text[end.upperBound...]))
    }
}

/// A child process, collected once.
private final class Child {
    let pid: pid_t
    private var status: Int32?

    init(pid: pid_t) { self.pid = pid }

    /// The status of a process that has ended, nil while it runs.
    func poll() -> Int32? {
        guard status == nil else { return status }
        var ended: Int32 = 0
        if waitpid(pid, &ended, WNOHANG) == pid { status = ended }
        return status
    }
}
