public import MunimKit
import Synchronization

/// A log that keeps its lines for a test to read.
public final class RecordingLog: Log {
    /// One line.
    public struct Line: Hashable, Sendable {
        /// How much it matters.
        public var severity: Severity
        /// The message.
        public var message: String
        /// The named values.
        public var fields: [LogField]

        /// The value of a field, or nil.
        public func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    }

    private let kept = Mutex<[Line]>([])

    /// An empty log.
    public init() {}

    public func write(_ severity: Severity, _ message: String, _ fields: [LogField]) {
        kept.withLock { $0.append(Line(severity: severity, message: message, fields: fields)) }
    }

    /// All lines so far, oldest first.
    public var lines: [Line] { kept.withLock(\.self) }
}
