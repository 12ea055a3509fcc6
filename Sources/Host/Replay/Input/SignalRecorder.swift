import Glibc
import MunimKit

/// Writes signals as they come, for a later replay: appends a line to a file and hands it to the system at once.
///
/// A line is written as one call, so that a process that dies leaves whole lines. Secrets must be masked before.
actor SignalRecorder {
    private let path: String
    private var descriptor: Int32 = -1
    private let executor = BlockingExecutor(label: "munim.recorder")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// A recorder for a file, which is created with the first signal and only ever grows.
    init(path: String) { self.path = path }

    /// Appends a body; throws a sentence when it cannot be written.
    func record(_ body: [UInt8], at: Instant) throws(PluginFault) {
        if descriptor < 0 { descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) }
        guard descriptor >= 0 else { throw PluginFault("the recording \(path) cannot be opened: \(String(cString: strerror(errno)))") }
        let line = Array(Self.line(body, at: at).utf8)
        var written = 0
        while written < line.count {
            let count = line[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw PluginFault("the recording \(path) cannot be written: \(String(cString: strerror(errno)))") }
            written += count
        }
    }

    /// Closes the file; a later signal opens it again.
    func close() {
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        descriptor = -1
    }

    /// The line of one signal, with its end. Bytes that are not UTF-8 are replaced, as such a body is no signal anyway.
    static func line(_ body: [UInt8], at: Instant) -> String {
        JSONValue.object(["at": .string(at.description), "body": .string(String(decoding: body, as: UTF8.self))]).encoded + "\n"
    }
}
