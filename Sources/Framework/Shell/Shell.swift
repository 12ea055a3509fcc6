/// The process around the core of one account, as a value without I/O: what waits, what is being committed, who decides, and what is looked for.
///
/// It takes ``Input``s and answers ``Request``s to the outside, which whoever runs it performs and decides nothing by: an engine with tasks, a simulation
/// with faults on virtual time. A request is performed before the next input is given, and all of them in order. After every input the caller asks for
/// ``next(at:entropy:told:)`` until there is nothing more to do.
public struct Shell: Sendable {
    /// What a shell works with.
    public struct Parts: Sendable {
        /// The numbers to decide with.
        public var policy: Policy
        /// What the broker can do.
        public var broker: BrokerTraits
        /// The instruments.
        public var tradedInstruments: [TradedInstrument]
        /// This process.
        public var incarnation: Incarnation
        /// The machine it runs on, where it tells.
        public var machine: MachineTime?
        /// How this process comes to decide.
        public var instances: Instances
        /// Whether every earlier process is proven to have ended when this one begins to decide.
        public var othersHaveEnded: Bool
        /// Whether ``Shell/view`` is made after each commit.
        public var publishes: Bool
        /// How often signals and commands that nobody announced are looked for; nil where whoever stores one tells of it.
        public var sweep: Span?

        /// Puts the parts together.
        public init(
            policy: Policy, broker: BrokerTraits, tradedInstruments: [TradedInstrument], incarnation: Incarnation, machine: MachineTime?,
            instances: Instances, othersHaveEnded: Bool, sweep: Span? = .seconds(1), publishes: Bool = true
        ) {
            self.policy = policy
            self.broker = broker
            self.tradedInstruments = tradedInstruments
            self.incarnation = incarnation
            self.machine = machine
            self.instances = instances
            self.othersHaveEnded = othersHaveEnded
            self.sweep = sweep
            self.publishes = publishes
        }
    }

    /// How a process comes to decide.
    public enum Instances: Sendable {
        /// Storage serves this process alone: it decides from the start, in one epoch for ever.
        case one
        /// One of several decides, by lease and epoch.
        case several(LeaseTimes)
    }

    /// Something that happened, as the shell hears of it.
    public enum Input: Sendable {
        /// Something for the core.
        case event(Event)
        /// A time to ask for the lease, or to renew it.
        case campaigned
        /// The lease service answered a question of that boot time.
        case leaseAnswered(isGranted: Bool, askedAt: Span)
        /// The lease row was read; nil when there is none.
        case leaseRead(LeaseRecord?)
        /// The lease row could not be read.
        case leaseUnread
        /// The next epoch was written; nil when it was not, for whatever reason.
        case claimed(LeaseRecord?)
        /// All rows were read, with the lease row as it was then.
        case loaded(Snapshot, lease: LeaseRecord?)
        /// The rows could not be read.
        case unloaded
        /// The commit that is on its way was answered; nil when it was made.
        case committed(StorageError?)
        /// The pause after a commit that failed is over.
        case retried
        /// The pause of an event that was put aside is over.
        case cameBack(EventSubject)
        /// A time to look for signals that nobody announced.
        case swept
        /// Signals without a verdict and commands without an answer that storage has.
        case found(WaitingRows)
    }

    /// A time that the shell asks for; each comes back as the input of its name.
    public enum Alarm: Hashable, Sendable {
        /// ``Input/campaigned``.
        case campaign
        /// ``Input/swept``.
        case sweep
        /// ``Input/retried``.
        case retry
        /// ``Input/cameBack(_:)``.
        case comeBack(EventSubject)
    }

    /// Something that is to be done outside.
    public enum Request: Sendable {
        /// Ask the lease service; answers ``Input/leaseAnswered(isGranted:askedAt:)``, or nothing.
        case askForLease
        /// Read the lease row after a pause; answers ``Input/leaseRead(_:)`` or ``Input/leaseUnread``.
        case readLease(after: Span)
        /// Write the next epoch, as a new row or in the place of the one that was read; answers ``Input/claimed(_:)``.
        case claim(LeaseRecord, isFirst: Bool)
        /// Read all rows after a pause; answers ``Input/loaded(_:lease:)`` or ``Input/unloaded``.
        case load(after: Span)
        /// Look for signals without a verdict and commands without an answer; answers ``Input/found(_:)``.
        case findWaiting
        /// Write all or nothing; answers ``Input/committed(_:)``. There is one at a time.
        case commit(Transaction)
        /// Perform effects of the core in order; none of them is a commit. `gate` is when they were released.
        case perform([Effect], gate: Span)
        /// Come back after a while.
        case wake(Alarm, after: Span)
        /// Know that the process decides from here on, in this epoch, or goes on in it after the rows were read anew.
        case noteEpoch(Int64, isAnew: Bool)
        /// Know that the process has stopped deciding.
        case noteRetirement
        /// Know that a commit failed.
        case noteFailure(StorageError)
    }

    /// A batch whose commit is on its way; a reference, so that looking at it copies nothing.
    final class Batch: Sendable {
        let events: [Event]
        let effects: [Effect]
        let transaction: Transaction

        init(events: [Event], effects: [Effect], transaction: Transaction) {
            self.events = events
            self.effects = effects
            self.transaction = transaction
        }
    }

    /// What keeps the core from its next batch.
    enum Hold: Sendable {
        /// A commit is on its way.
        case committing(Batch)
        /// The same events are tried again, after a pause, on the same rows.
        case pausing([Event])
        /// The rows are read anew, which these events wait for; what has left in that case is not known.
        case reading([Event])
    }

    let parts: Parts
    var leadership: Leadership?
    /// The machine that decides; nil while this process does not.
    var core: Core?
    /// How the machine comes back to what it was before the batch that is being committed.
    var journal = Journal()
    /// The account after the last commit; nil while this process does not decide.
    public internal(set) var view: AccountView?
    var viewKeeping = ViewKeeping()
    var mailbox: [Event] = []
    /// Signals and commands that the core was given, so that a sweep hands over only others.
    var handed = HandedEvents()
    var hold: Hold?
    var refused = RefusedEvents()
    /// Commits that failed one after the other.
    var failures: Int64 = 0
    /// Claims of an epoch that failed one after the other.
    var claims: Int64 = 0
    var isStopping = false
    /// Whether the broker's book was compared and what came of it is committed, so that decisions are taken.
    public internal(set) var isReady = false
    /// Whether the core has heard that the process is to end, and that is committed.
    public internal(set) var hasHeardOfStop = false
    /// Counts times of deciding, so that answers that belong to an earlier one reach nobody.
    public internal(set) var generation = 0
    /// Why the last commit failed, as long as it was not made good and people should know; nil when storage works.
    public internal(set) var storageFailure: StorageError?

    /// Events that are handled in one batch, at most.
    static let batchLimit = 256

    /// A process that has just begun.
    public init(_ parts: Parts) {
        self.parts = parts
        if case .several(let times) = parts.instances { leadership = Leadership(times: times) }
    }
}

// MARK: - What others may know

extension Shell {
    /// Whether a commit is on its way.
    public var isCommitting: Bool { pendingTransaction != nil }

    /// What is being committed.
    public var pendingTransaction: Transaction? {
        guard case .committing(let batch) = hold else { return nil }
        return batch.transaction
    }

    /// Events that the core has not handled, or whose commit is on its way.
    public var unfinishedEvents: [Event] {
        guard case .committing(let batch) = hold else { return mailbox }
        return mailbox + batch.events
    }

    /// Whether events wait for rows or for another try.
    public var isRecovering: Bool {
        switch hold {
        case .pausing, .reading: true
        case .committing, nil: false
        }
    }

    /// Whether nothing is being committed, and nothing waits.
    public var isAtRest: Bool { hold == nil && mailbox.isEmpty }

    /// Events that wait for the core.
    public var waitingEvents: Int { mailbox.count }

    /// Whether the core was given a signal, in this time of deciding.
    public func wasGiven(_ signal: Fingerprint) -> Bool { handed.contains(.signal(signal)) }

    /// Whether this process decides.
    public var decides: Bool { core != nil }

    /// Until when an order may leave, by the boot clock (I26); for ever where a process is alone.
    public var sendsUntil: Span { leadership.map(\.sendsUntil) ?? Span(microseconds: .max) }
}

/// What storage has that nobody has decided on or answered.
public struct WaitingRows: Sendable {
    /// Signals without a verdict, oldest first.
    public var signals: [SignalRecord]
    /// Commands without an answer, oldest first.
    public var commands: [CommandRecord]

    /// These rows.
    public init(signals: [SignalRecord] = [], commands: [CommandRecord] = []) {
        self.signals = signals
        self.commands = commands
    }

    /// Commands go first: one of them may stop what the signals would do.
    var events: [Event] { commands.map(Event.commanded) + signals.map(Event.signal) }
}

extension Query<SignalRecord> {
    /// What ``Shell/Request/findWaiting`` asks storage for: signals without a verdict, in the order in which they came.
    public static var undecided: Query {
        Query(.equal("processing_status", SignalStatus.accepted), order: [.ascending("received_at"), .ascending("fingerprint")])
    }
}

extension Shell.Alarm {
    /// What the shell hears when the time has come.
    public var input: Shell.Input {
        switch self {
        case .campaign: .campaigned
        case .sweep: .swept
        case .retry: .retried
        case .comeBack(let subject): .cameBack(subject)
        }
    }
}

extension Shell.Alarm {
    /// Whether the time matters also after this process has stopped deciding.
    public var outlivesGeneration: Bool {
        switch self {
        case .campaign, .sweep: true
        case .retry, .comeBack: false
        }
    }
}

extension Shell.Parts {
    var isAlone: Bool {
        if case .one = instances { true } else { false }
    }
}

/// Wall and boot time of one moment, as a shell is told them.
public struct Moment: Hashable, Sendable {
    /// By the wall clock.
    public var wall: Instant
    /// By the boot clock, which counts suspended time and never jumps.
    public var boot: Span

    /// A moment.
    public init(wall: Instant, boot: Span) {
        self.wall = wall
        self.boot = boot
    }
}
