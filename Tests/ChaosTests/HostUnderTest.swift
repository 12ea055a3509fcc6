import Foundation
import Glibc

/// A real host process on a folder of its own, to be killed and started again.
final class HostUnderTest: @unchecked Sendable {
    let folder: URL
    let port: UInt16
    private let lock = NSLock()
    private var child: Child?
    private var configuration: ChaosConfiguration

    init(_ configuration: ChaosConfiguration) throws {
        self.configuration = configuration
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("munim-chaos-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        port = try Self.ports.take()
        try configure { _ in }
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

    /// Changes the configuration of the next process.
    func configure(_ change: (inout ChaosConfiguration) -> Void) throws {
        change(&configuration)
        try configuration.text(port: port).write(to: folder.appendingPathComponent("plugins.yaml"), atomically: true, encoding: .utf8)
    }

    /// Starts the host and returns once it is ready, or once it is dead.
    func start(stopAt stopPoint: String? = nil, pauseAt pausePoint: String? = nil, waitingForReady: Bool = true) async throws {
        let points = [stopPoint.map { "MUNIM_STOP_AT=\($0)" }, pausePoint.map { "MUNIM_PAUSE_AT=\($0)" }].compactMap(\.self)
        let host = try spawn(["serve", "plugins.yaml"], points)
        lock.withLock { child = host }
        while waitingForReady, isRunning {
            if let answer = try? Exchange(port: port).get("/ready"), answer.status == 200 { return }
            try await Task.sleep(for: .milliseconds(3))
        }
    }

    /// Runs another command of the program beside the host; returns its exit code.
    func run(_ arguments: String...) async throws -> Int32 {
        try await spawn(arguments + ["--config", "plugins.yaml"]).end()
    }

    /// Runs a command of the program in the folder, with its output in the log.
    private func spawn(_ arguments: [String], _ variables: [String] = []) throws -> Child {
        let log = open(folder.appendingPathComponent("log.jsonl").path, O_WRONLY | O_APPEND | O_CLOEXEC)
        defer { close(log) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, log, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO)
        // A connection of another test that lives on in a child never ends for its other side.
        typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>?, Int32) -> Int32
        _ = CLibrary.function("posix_spawn_file_actions_addclosefrom_np", as: CloseFrom.self)?(&actions, 3)
        // The crash handler of the language would hold sockets and locks of a dying process.
        let environment = ["SWIFT_BACKTRACE=enable=no"] + variables
        var pid: pid_t = 0
        // The shell changes the folder and becomes the program, so the process id stays. A write beyond a limit must fail, not kill.
        let script = "trap '' XFSZ; cd \"$0\" && exec \"$@\""
        let command = ["sh", "-c", script, folder.path, Self.binary.path] + arguments
        let code = Self.withCStrings(command) { arguments in
            Self.withCStrings(environment) { posix_spawn(&pid, "/bin/sh", &actions, nil, arguments, $0) }
        }
        guard code == 0 else { throw ExchangeFault() }
        return Child(pid: pid)
    }

    var isRunning: Bool { lock.withLock { child.map { $0.poll() == nil } ?? false } }

    /// Ends the process as a power failure would.
    func kill() {
        guard isRunning, let child = lock.withLock({ child }) else { return }
        Glibc.kill(child.pid, SIGKILL)
        while child.poll() == nil { usleep(1_000) }
    }

    /// Waits for a process that ends by itself; returns its exit code, or −1 when a signal ended it.
    func waitForEnd() async throws -> Int32 { try await lock.withLock({ child })?.end() ?? -1 }

    /// Asks the process to stop; returns its exit code.
    func stop() async throws -> Int32 {
        guard isRunning, let child = lock.withLock({ child }) else { return -1 }
        Glibc.kill(child.pid, SIGTERM)
        Glibc.kill(child.pid, SIGCONT)
        return try await child.end()
    }

    /// Waits until the process stands at its pause point.
    func waitForPause() async throws { try await lock.withLock({ child })?.pause() }

    /// Lets a paused process go on.
    func resume() { if let pid = lock.withLock({ child?.pid }) { Glibc.kill(pid, SIGCONT) } }

    /// Lets the disk take no more bytes from the running process, or takes that back; false when the system refuses.
    func setDiskFull(_ isFull: Bool) -> Bool {
        typealias ChangeLimit = @convention(c) (pid_t, Int32, UnsafePointer<rlimit>?, UnsafeMutablePointer<rlimit>?) -> Int32
        guard let pid = lock.withLock({ child?.pid }), let change = CLibrary.function("prlimit", as: ChangeLimit.self) else { return false }
        var limit = rlimit(rlim_cur: isFull ? 0 : rlim_t.max, rlim_max: rlim_t.max)
        let sizeOfFiles: Int32 = 1
        return change(pid, sizeOfFiles, &limit, nil) == 0
    }

    private static func withCStrings<Result>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
        let pointers = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers)
    }

    private static var binary: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("munim")
    }

    private static let ports = Ports()
}

/// Functions that the C library has and its module does not show.
private enum CLibrary {
    static func function<Function>(_ name: String, as type: Function.Type) -> Function? {
        dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }
}

/// Ports for hosts, each given once: a host that is away for a moment must find its own again.
private final class Ports: @unchecked Sendable {
    private let lock = NSLock()
    // Below the ports that the system takes for connections by itself.
    private var next = UInt16(10_000 + getpid() % 20_000)

    func take() throws -> UInt16 {
        try lock.withLock {
            for _ in 0..<1_000 {
                next += 1
                if Self.isFree(next) { return next }
            }
            throw ExchangeFault()
        }
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = Exchange.loopback(port: port)
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
        }
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
        try send(
            "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
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
private final class Child: @unchecked Sendable {
    let pid: pid_t
    private let lock = NSLock()
    private var status: Int32?

    init(pid: pid_t) { self.pid = pid }

    /// The status of a process that has ended, nil while it runs.
    func poll() -> Int32? { look(0) }

    /// Waits for the end; returns the exit code, or −1 when a signal ended the process.
    func end() async throws -> Int32 {
        while true {
            if let status = poll() { return status & 0x7F == 0 ? (status >> 8) & 0xFF : -1 }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Waits until the process is paused, or has ended.
    func pause() async throws { while look(WUNTRACED) == nil { try await Task.sleep(for: .milliseconds(2)) } }

    private func look(_ options: Int32) -> Int32? {
        lock.withLock {
            guard status == nil else { return status }
            var changed: Int32 = 0
            guard waitpid(pid, &changed, WNOHANG | options) == pid else { return nil }
            if changed & 0xFF != 0x7F { status = changed }
            return changed
        }
    }
}
