import Glibc
import MunimKit
import Synchronization

/// Writes webhooks that were believed and understood, one JSON line each with arrival time and body, so that a day can be replayed.
///
/// The body is encoded anew from what was understood, so that no spelling of a secret comes into the file. Nobody waits for the disk: what it does not
/// take is lost and counted.
final class SignalRecorder: Sendable {
    private let writer: LineWriter

    /// Opens a file for adding lines, readable by its owner only.
    convenience init(path: String, log: any Log) throws(PluginFault) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw PluginFault("\(path) cannot be written: \(String(cString: strerror(errno)))") }
        self.init(descriptor: descriptor, path: path, log: log)
    }

    /// Adds lines to an open file.
    init(descriptor: Int32, path: String, log: any Log) {
        let losses = Losses(path: path, log: log)
        writer = LineWriter(to: descriptor, ownsDescriptor: true, due: losses.due, loss: losses.add)
    }

    /// Webhooks that are missing in the file.
    var lostCount: Int { writer.lostCount }

    /// Adds one webhook.
    func record(_ webhook: ParsedWebhook, at: Instant) {
        writer.put("{\"at\":\"\(at)\",\"body\":\(JSONText.quoted(webhook.payload))}")
    }

    /// Writes what waits, as far as the disk takes it within a second.
    func close() { writer.close(within: 1_000) }
}

/// Says how many webhooks are missing in the recording, at most once a second.
private final class Losses: Sendable {
    private let path: String
    private let log: any Log
    private let count = Atomic<Int>(0)

    init(path: String, log: any Log) {
        self.path = path
        self.log = log
    }

    func add(_ more: Int) { count.add(more, ordering: .relaxed) }

    /// Asked by the writer once it has written what it could; has no line for the recording itself.
    func due() -> [String] {
        let lost = count.exchange(0, ordering: .relaxed)
        if lost > 0 { log(.error, "webhooks are missing in the recording", LogField("file", path), LogField("count", lost)) }
        return []
    }
}
