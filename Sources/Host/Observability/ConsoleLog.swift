import FoundationEssentials
import Glibc
import MunimKit
import Synchronization

/// Writes lines of log to standard error: aligned for people on a terminal, one JSON object per line in a pipe.
///
/// Nobody who logs waits for who reads. Errors and alerts have rooms of their own, so that no flood of other lines takes it from them.
final class ConsoleLog: Log {
    private let clock: any MunimKit.Clock
    private let format: LineFormat
    private let least: Severity
    private let gathering: Gathering
    private let losses: Losses
    private let writer: LineWriter

    init(
        clock: any MunimKit.Clock, isTerminal: Bool = isatty(STDERR_FILENO) == 1, least: Severity = .info,
        to descriptor: Int32 = STDERR_FILENO, ownsDescriptor: Bool = false
    ) {
        let (format, gathering, losses) = (LineFormat(clock: clock, isTerminal: isTerminal), Gathering(), Losses())
        self.clock = clock
        self.format = format
        self.least = least
        self.gathering = gathering
        self.losses = losses
        writer = LineWriter(
            to: descriptor, ownsDescriptor: ownsDescriptor,
            notice: { format.text(LogLine(severity: .warning, message: "lines of log were lost", fields: [LogField("count", $0)])) },
            due: { gathering.lines.withLock { $0.due(at: clock.boot()) }.map(format.text) }, loss: { losses.add($0) })
    }

    func write(_ severity: Severity, _ message: String, _ fields: [LogField]) {
        guard severity >= least else { return }
        let line = LogLine(severity: severity, message: message, fields: fields)
        if LineGathering.concerns(line), !gathering.lines.withLock({ $0.admits(line, at: clock.boot()) }) { return }
        writer.put(format.text(line), severity >= .error ? .error : .ordinary)
    }

    func alert(_ severity: Severity, _ message: String, _ fields: [LogField]) -> Bool {
        writer.put(format.text(LogLine(severity: severity, message: message, fields: fields)), .alert)
    }

    /// Counts the lines that are lost, also those of before.
    func countLosses(in metrics: any Metrics) { losses.count(in: metrics) }

    /// Writes what waits, as far as somebody reads it within a second; nothing is written afterwards.
    func close() {
        for line in gathering.lines.withLock({ $0.rest() }) { writer.put(format.text(line)) }
        writer.close(within: 1_000)
    }
}

/// Lines that wait for others of their kind.
private final class Gathering: Sendable {
    let lines = Mutex(LineGathering())
}

/// Lines that nobody will read.
private final class Losses: Sendable {
    private let state = Mutex<(count: Int, metrics: (any Metrics)?)>((0, nil))

    func add(_ count: Int) {
        let metrics = state.withLock { state in
            if state.metrics == nil { state.count += count }
            return state.metrics
        }
        metrics?.add(Int64(count), to: .logLinesLost, label: nil)
    }

    func count(in metrics: any Metrics) {
        let before = state.withLock { state in
            state.metrics = metrics
            return state.count
        }
        metrics.add(Int64(before), to: .logLinesLost, label: nil)
    }
}

/// How a line of log looks.
struct LineFormat: Sendable {
    let clock: any MunimKit.Clock
    let isTerminal: Bool

    /// The line without its end.
    func text(_ line: LogLine) -> String {
        isTerminal ? readable(line.severity, line.message, line.fields) : encoded(line.severity, line.message, line.fields)
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
