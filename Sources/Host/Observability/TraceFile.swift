import Glibc
import MunimKit
import Synchronization

/// Writes each event of the lane with its effects as one line of JSON.
final class TraceFile: TraceSink {
    private let descriptor: Int32
    private let lock = Mutex(())

    /// Opens a file for adding lines, readable by its owner only.
    init(path: String) throws(PluginFault) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PluginFault("\(path) cannot be written: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    func record(_ stimulus: Stimulus, _ effects: [Effect]) {
        guard let line = try? TraceCoding.encoded(TraceLine(stimulus: stimulus, effects: effects)) else { return }
        lock.withLock { _ in Console.write(String(decoding: line, as: UTF8.self) + "\n", to: descriptor) }
    }
}
