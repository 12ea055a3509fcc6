import FoundationEssentials
import Glibc
import MunimKit
import Synchronization

/// Writes lines of log to standard error: aligned for people on a terminal, one JSON object per line in a pipe.
final class ConsoleLog: Log {
    private let clock: any MunimKit.Clock
    private let isTerminal: Bool
    private let least: Severity
    private let lock = Mutex(())

    init(clock: any MunimKit.Clock, isTerminal: Bool = isatty(STDERR_FILENO) == 1, least: Severity = .info) {
        self.clock = clock
        self.isTerminal = isTerminal
        self.least = least
    }

    func write(_ severity: Severity, _ message: String, _ fields: [LogField]) {
        guard severity >= least else { return }
        let line = isTerminal ? readable(severity, message, fields) : encoded(severity, message, fields)
        lock.withLock { _ in Console.write(line + "\n", to: STDERR_FILENO) }
    }

    private func readable(_ severity: Severity, _ message: String, _ fields: [LogField]) -> String {
        let time = TimeOfDay(of: clock.now()).text
        let label = severity.rawValue.uppercased()
        let padding = String(repeating: " ", count: max(1, 9 - label.count))
        let details = fields.map { "  \($0.name)=\(Self.visible($0.value))" }.joined()
        return "\(time)  \(label)\(padding)\(Self.visible(message))\(details)"
    }

    private func encoded(_ severity: Severity, _ message: String, _ fields: [LogField]) -> String {
        let head = [("at", clock.now().description), ("severity", severity.rawValue), ("message", message)]
        let pairs = (head + fields.map { ($0.name, $0.value) }).map { "\(JSONText.quoted($0.0)):\(JSONText.quoted($0.1))" }
        return "{\(pairs.joined(separator: ","))}"
    }

    /// Control characters would let a message pretend to be further lines.
    private static func visible(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
        return String(JSONText.quoted(text).dropFirst().dropLast())
    }
}

/// Standard output and standard error.
enum Console {
    /// Writes all of `text`, however the system cuts it.
    static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
}
