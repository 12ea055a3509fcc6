import MunimKit

/// One process of the host: its shell, its clocks and its lines.
struct SimulatedProcess {
    /// Work that waits for the process.
    enum Work {
        /// Something for the shell.
        indirect case input(Shell.Input)
        indirect case inboxAnswered(Message, InboxAnswer)
        indirect case contradicted(Message, ConflictRecord, isKept: Bool)
        /// Whatever was in flight when it was asked to end has had its time.
        case stopped
        /// An effect whose commit is done; `gate` is the boot time at which it was.
        indirect case perform(Effect, gate: Span)
    }

    /// What the database said of a signal at the door.
    enum InboxAnswer {
        case inserted(SignalRecord)
        case known(SignalRecord?)
        case failed
    }

    let number: Int
    /// How often it was started; what belongs to an earlier life reaches nobody.
    var life = 0 { didSet { incarnation = Self.incarnation(number, life: life) } }
    /// Its name in this life.
    private(set) var incarnation: Incarnation
    var isUp = false
    var pausedUntil: Instant?
    /// What came while it was paused, in order.
    var held: [(work: Work, generation: Int?)] = []
    /// How far its machine's clock is from the true time; a process keeps the time that it began with.
    var machineSkew: Span = .zero
    /// How far its own wall clock is from the true time.
    var skew: Span = .zero
    /// How many millionths faster than the true time its clocks run.
    var drift: Int64 = 0
    /// Whether it was asked to end: it takes no signals and sends no more.
    var isStopping = false
    /// Until when nothing that it asks the database is answered.
    var databaseCutUntil: Instant?
    /// Until when it does not reach the broker.
    var brokerCutUntil: Instant?
    /// When it started, for its boot clock.
    var startedAt = Instant(microseconds: 0)
    /// What runs in it; nil while it is down.
    private(set) var running: RunningShell?
    /// When its last batch was answered well.
    var answeredAt: Instant?
    /// The epoch in which it read the rows that it decides from.
    var epoch: Int64 = 0

    /// Whether it decides.
    var decides: Bool { running?.shell.decides ?? false }

    /// Whether it decides and has compared the broker's book.
    var isReady: Bool { running?.shell.isReady ?? false }

    /// Counts times of deciding.
    var generation: Int { running?.shell.generation ?? 0 }

    /// Begins to run.
    mutating func begin(_ shell: Shell) { running = RunningShell(shell) }

    init(number: Int) {
        self.number = number
        incarnation = Self.incarnation(number, life: 0)
    }

    static func incarnation(_ number: Int, life: Int) -> Incarnation { Incarnation("I\(number + 1)L\(life)") }

    /// Whether this process has this name, or had it in an earlier life.
    func was(_ incarnation: Incarnation) -> Bool { incarnation.text.hasPrefix("I\(number + 1)L") }

    /// Forgets everything, as a death does.
    mutating func forget() {
        held = []
        pausedUntil = nil
        isStopping = false
        running = nil
        answeredAt = nil
    }
}

/// A shell that is changed where it lies, because it is large.
final class RunningShell {
    var shell: Shell

    init(_ shell: Shell) { self.shell = shell }
}

/// A webhook on its way, the same for every time that it is sent.
struct Message {
    let number: Int
    let record: SignalRecord
    var attempt = 1
}
