import MunimKit

/// One process of the host: what the shell holds in memory, and nothing of what it decides.
struct SimulatedProcess {
    /// Work that waits for the process.
    enum Work {
        /// A time of the tenure has come.
        case tick
        /// A time to look for signals that nobody handed over has come.
        case sweep
        case leaseAnswered(isGranted: Bool, askedAt: Span)
        /// The lease row as it is, or nil when it could not be read.
        indirect case leaseRead(LeaseRecord?, isKnown: Bool)
        indirect case claimed(LeaseRecord?)
        /// All rows, and whether the lease row still names this epoch.
        indirect case loaded(Snapshot?, lease: LeaseRecord?)
        indirect case committed(StorageError?)
        indirect case inboxAnswered(Message, InboxAnswer)
        indirect case contradicted(Message, ConflictRecord, isKept: Bool)
        case undecided([SignalRecord])
        indirect case event(Event)
        /// The same events are tried again on the same rows.
        case retryAsItWas
        /// The rows are read again, in the next epoch.
        case readAnew
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

    /// A batch whose commit is on its way.
    struct Batch {
        let before: Core
        let events: [Event]
        let effects: [Effect]
        let transaction: Transaction
    }

    let number: Int
    /// How often it was started; what belongs to an earlier life reaches nobody.
    var life = 0 { didSet { incarnation = Self.incarnation(number, life: life) } }
    /// Its name in this life.
    private(set) var incarnation: Incarnation
    var isUp = false
    var pausedUntil: Instant?
    /// What came while it was paused, in order.
    var held: [Work] = []
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
    var tenure: Tenure
    var core: Core?
    /// Counts cores, so that what belongs to an earlier one reaches nobody.
    var term = 0
    var mailbox: [Event] = []
    /// Signals that its core was given, so that a sweep hands over only others.
    var handed: Set<Fingerprint> = []
    var batch: Batch?
    var failures: Int64 = 0
    /// When its last batch was answered well.
    var answeredAt: Instant?
    /// The epoch in which it read the rows that it decides from.
    var epoch: Int64 = 0
    /// Claims of an epoch that failed one after the other.
    var claims: Int64 = 0
    /// Events that wait for the rows to be read anew.
    var reloading: [Event]?

    init(number: Int, tenure: Tenure) {
        self.number = number
        self.tenure = tenure
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
        tenure = Tenure(terms: tenure.terms)
        retire()
    }

    /// Forgets what belongs to deciding.
    mutating func retire() {
        core = nil
        term += 1
        mailbox = []
        handed = []
        batch = nil
        failures = 0
        answeredAt = nil
        claims = 0
        reloading = nil
    }
}

/// A webhook on its way, the same for every time that it is sent.
struct Message {
    let number: Int
    let record: SignalRecord
    var attempt = 1
}
