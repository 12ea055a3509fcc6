/// What time it is. The only source of time in the process.
public protocol Clock: Sendable {
    /// The wall clock in UTC; other processes may have another time.
    func now() -> Instant
    /// Time since an arbitrary start that never jumps and counts time spent suspended.
    func boot() -> Span
    /// The machine's boot and this clock's time at it, by which times of two processes compare; nil where the machine does not tell.
    var machine: MachineTime? { get }
    /// How far the machine's wall clock has gone ahead of this one, because somebody set it; negative when it was set back.
    func drift() -> Span
    /// Returns when the wall clock has reached `instant`, or throws when the task is cancelled.
    func sleep(until instant: Instant) async throws
}

/// A machine's life between two boots, and what time it was by one process's clock when it began.
public struct MachineTime: Hashable, Codable, Sendable {
    /// Names the boot; two processes with the same one share a boot clock.
    public var boot: String
    /// The process's wall clock when the boot clock was zero.
    public var origin: Instant
    /// Creates it.
    public init(boot: String, origin: Instant) {
        self.boot = boot
        self.origin = origin
    }

    /// A time that another process of the same boot recorded, by this process's clock; nil for one of another boot.
    public func translated(_ recorded: Instant, from other: MachineTime) -> Instant? {
        boot == other.boot ? origin + (recorded - other.origin) : nil
    }
}

extension Clock {
    /// Unknown, so that times of other processes do not compare.
    public var machine: MachineTime? { nil }
    /// A clock that nobody can set.
    public func drift() -> Span { .zero }
}

/// Where unpredictable numbers come from. The only source of randomness in the process.
public protocol RandomSource: Sendable {
    /// 128 bits that an outsider cannot guess.
    func entropy() -> Entropy
}

/// 128 unpredictable bits, handed to the core with each event so that the core itself stays deterministic.
public struct Entropy: Hashable, Codable, Sendable {
    /// The upper half.
    public var high: UInt64
    /// The lower half.
    public var low: UInt64
    /// Creates the bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// How much a line of log or an alert matters.
public enum Severity: String, Codable, CaseIterable, Comparable, Sendable {
    case debug, info, warning, error, critical
    /// Ordered by weight.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// One named value in a line of log.
public struct LogField: Hashable, Codable, Sendable {
    /// The name.
    public var name: String
    /// The value as text; never a secret.
    public var value: String
    /// Creates a field.
    public init(_ name: String, _ value: some CustomStringConvertible) {
        self.name = name
        self.value = value.description
    }
}

/// Where lines of log go.
public protocol Log: Sendable {
    /// Writes one line; returns at once and never fails.
    func write(_ severity: Severity, _ message: String, _ fields: [LogField])
    /// Writes one line that a person must see, in room that no other line takes; answers false when there is none, so that it is tried again.
    func alert(_ severity: Severity, _ message: String, _ fields: [LogField]) -> Bool
}

extension Log {
    /// A log that always has room.
    public func alert(_ severity: Severity, _ message: String, _ fields: [LogField]) -> Bool {
        write(severity, message, fields)
        return true
    }
    /// Writes one line without or with a few fields.
    public func callAsFunction(_ severity: Severity, _ message: String, _ fields: LogField...) { write(severity, message, fields) }
}

/// Where counts and durations go.
public protocol Metrics: Sendable {
    /// Adds to a counter.
    func add(_ count: Int64, to counter: Metric, label: String?)
    /// Sets a gauge.
    func set(_ value: Int64, of gauge: Metric, label: String?)
    /// Records a duration in a histogram.
    func record(_ span: Span, in histogram: Metric, label: String?)
}

/// Every metric of the process, in one list, so that an operator reads them in a minute.
public enum Metric: String, CaseIterable, Sendable {
    case signalsReceived = "signals_received_total"
    case signalsDuplicate = "signals_duplicate_total"
    case signalsConflicting = "signals_conflicting_total"
    case requestsRefused = "requests_refused_total"
    case operatorsRefused = "operator_requests_refused_total"
    case verdicts = "verdicts_total"
    case ordersSent = "orders_sent_total"
    case ordersUnknown = "orders_unknown_total"
    case commits = "commits_total"
    case commitFailures = "commit_failures_total"
    case alerts = "alerts_total"
    case acknowledgement = "signal_acknowledgement_seconds"
    case verdictLatency = "signal_verdict_seconds"
    case commitLatency = "commit_seconds"
    case openPositions = "open_positions"
    case waitingSignals = "waiting_signals"
    case closedEquity = "closed_equity"
    case tradingStopped = "trading_stopped"
    case logLinesLost = "log_lines_lost_total"
}

/// A log that keeps nothing.
public struct SilentLog: Log {
    /// Creates the log.
    public init() {}
    /// Drops the line.
    public func write(_ severity: Severity, _ message: String, _ fields: [LogField]) {}
}

/// Metrics that keep nothing.
public struct NoMetrics: Metrics {
    /// Creates the metrics.
    public init() {}
    /// Drops the count.
    public func add(_ count: Int64, to counter: Metric, label: String?) {}
    /// Drops the value.
    public func set(_ value: Int64, of gauge: Metric, label: String?) {}
    /// Drops the time.
    public func record(_ span: Span, in histogram: Metric, label: String?) {}
}
