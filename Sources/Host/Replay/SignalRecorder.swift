import Glibc
import MunimKit
import Synchronization

/// Writes webhooks as they come, one JSON line each with arrival time and body, so that a day can be replayed.
final class SignalRecorder: Sendable {
    private let descriptor: Int32
    private let lock = Mutex(())

    /// Opens a file for adding lines, readable by its owner only.
    init(path: String) throws(PluginFault) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PluginFault("\(path) cannot be written: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// Adds one webhook; its secret is masked.
    func record(_ body: [UInt8], at: Instant) {
        let text = String(decoding: Redaction.masked(body), as: UTF8.self)
        let line = "{\"at\":\"\(at)\",\"body\":\(JSONText.quoted(text))}\n"
        lock.withLock { _ in Console.write(line, to: descriptor) }
    }
}
