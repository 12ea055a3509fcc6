/// A store that answers at once; an engine on virtual time commits to it.
public protocol ImmediateStore {
    /// As ``RecordStore/commit(_:)``.
    mutating func commit(_ transaction: Transaction) throws(StorageError) -> [Bool]
}

/// A broker that answers at once.
public protocol ImmediateBroker {
    /// As ``BrokerPlugin/place(_:)``.
    mutating func place(_ request: OrderRequest, at: Instant) -> PlaceOutcome
    /// As ``BrokerPlugin/cancel(_:)``.
    mutating func cancel(_ order: BrokerOrderID, at: Instant) -> CancelOutcome
    /// As ``BrokerPlugin/book(leavingOut:)``, for the day of `at`; nil when the read fails.
    mutating func book(at: Instant, leavingOut settled: EndedTags) -> OrderBook?
    /// What the account holds; nil when the read fails.
    mutating func holdings(at: Instant) -> [BrokerPosition]?
    /// Takes note of a price that the host heard.
    mutating func observe(_ observation: PriceObservation)
    /// Quotes of the contracts of these structures, and the account's money.
    mutating func survey(_ request: SurveyRequest, at: Instant) -> Survey
}

/// Performs what the shell asks for on virtual time, in order in one thread, for replays and for tests that die at a chosen step.
///
/// Time moves only to the next event or alarm. The same events with the same seed give the same run, bit for bit.
public struct VirtualEngine<Store: ImmediateStore, Broker: ImmediateBroker> {
    /// The process around the machine.
    public private(set) var shell: Shell
    /// Where it commits.
    public var store: Store
    /// Whom it trades with.
    public var broker: Broker
    /// The virtual time.
    public private(set) var now: Instant
    /// How many effects were performed, commits included.
    public private(set) var performed = 0
    /// Verdicts since the start, when they are collected.
    public var onVerdict: ((SignalRecord) -> Void)?
    /// Alerts since the start, when they are collected.
    public var onAlert: ((Alert) -> Void)?
    /// Answers to operators, when they are collected.
    public var onAnswer: ((OperatorAnswer) -> Void)?
    /// Sees every event and its effects, when somebody wants to know.
    public var trace: (any TraceSink)?
    /// Asked before and after each effect; answering true ends the process there, as kill -9 would.
    public var dies: ((_ step: Int, _ effect: Effect, _ isDone: Bool) -> Bool)?
    /// Shown both books after each effect, for checks that hold at every moment.
    public var inspects: ((_ store: Store, _ broker: Broker, _ effect: Effect, _ at: Instant) -> Void)?
    /// Whether the process has ended.
    public private(set) var isDead = false
    /// Whether the shell waits for rows, which whoever runs the engine reads.
    public private(set) var awaitsRows = false

    private var alarms: [(at: Instant, input: Shell.Input, generation: Int)] = []
    private var random: SplitMix64

    /// A process that has not begun.
    public init(_ parts: Shell.Parts, store: Store, broker: Broker, at: Instant, seed: UInt64) {
        shell = Shell(parts)
        self.store = store
        self.broker = broker
        now = at
        random = SplitMix64(state: seed)
    }

    /// Begins from these rows.
    public mutating func start(from snapshot: Snapshot = Snapshot()) {
        var answers: [Shell.Input] = []
        perform(shell.start(), &answers)
        give(rows: snapshot)
    }

    /// Gives the rows that are waited for.
    public mutating func give(rows snapshot: Snapshot) {
        awaitsRows = false
        give(.loaded(snapshot, lease: nil))
    }

    /// Moves time to `instant`, ringing every alarm on the way.
    public mutating func advance(to instant: Instant) {
        while !isDead, let next = alarms.first, next.at <= instant {
            alarms.removeFirst()
            now = max(now, next.at)
            if next.generation == shell.generation { give(next.input) }
        }
        if !isDead { now = max(now, instant) }
    }

    /// Hands one event to the shell and performs everything that follows from it.
    public mutating func handle(_ event: Event) { give(.event(event)) }

    private mutating func give(_ input: Shell.Input) {
        var inputs = [input]
        var next = 0
        while next < inputs.count, !isDead {
            perform(shell.take(inputs[next], at: moment), &inputs)
            next += 1
            while !isDead, let requests = nextBatch() { perform(requests, &inputs) }
        }
    }

    private var moment: Moment { Moment(wall: now, boot: now - Instant(microseconds: 0)) }

    private mutating func nextBatch() -> [Shell.Request]? {
        let (moment, trace) = (moment, trace)
        var random = random
        defer { self.random = random }
        return shell.next(
            at: moment,
            entropy: {
                let high = random.next()
                return Entropy(high: high, low: random.next())
            }, told: { trace?.record($0, $1) })
    }

    private mutating func perform(_ requests: [Shell.Request], _ answers: inout [Shell.Input]) {
        for request in requests where !isDead { perform(request, &answers) }
    }

    private mutating func perform(_ request: Shell.Request, _ answers: inout [Shell.Input]) {
        switch request {
        case .commit(let transaction):
            let failure = commit(transaction)
            if !isDead { perform(shell.take(.committed(failure), at: moment), &answers) }
        case .perform(let effects, _):
            for effect in effects where !isDead { perform(effect, &answers) }
        case .load: awaitsRows = true
        case .wake(let alarm, let span): schedule(alarm.input, at: now + span)
        case .noteEpoch, .noteRetirement, .noteFailure: break
        case .askForLease, .readLease, .claim, .findWaiting:
            preconditionFailure("a process that is alone asks for no lease, and one that is told of every signal looks for none")
        }
    }

    /// Why a commit failed; nil when it did not, or when the process died of it.
    private mutating func commit(_ transaction: Transaction) -> StorageError? {
        let effect = Effect.commit(transaction)
        if ends(at: effect, isDone: false) { return nil }
        do throws(StorageError) { _ = try store.commit(transaction) } catch { return error }
        finish(effect)
        return nil
    }

    private mutating func perform(_ effect: Effect, _ answers: inout [Shell.Input]) {
        if ends(at: effect, isDone: false) { return }
        if let event = answer(to: effect) { answers.append(.event(event)) }
        finish(effect)
    }

    private mutating func finish(_ effect: Effect) {
        performed += 1
        inspects?(store, broker, effect, now)
        _ = ends(at: effect, isDone: true)
    }

    private mutating func ends(at effect: Effect, isDone: Bool) -> Bool {
        isDead = dies?(isDone ? performed - 1 : performed, effect, isDone) ?? false
        return isDead
    }

    private mutating func answer(to effect: Effect) -> Event? {
        switch effect {
        case .commit: break
        case .observe(let observation): broker.observe(observation)
        case .survey(let request): return .surveyed(broker.survey(request, at: now))
        case .place(let request): return .placed(request.tag, broker.place(request, at: now))
        case .cancel(let tag, let order): return .cancelAnswered(tag, broker.cancel(order, at: now))
        case .readBook(let settled): return .bookRead(BookReading(startedAt: now, book: broker.book(at: now, leavingOut: settled)))
        case .readPositions: return .positionsRead(PositionsReading(startedAt: now, positions: broker.holdings(at: now)))
        case .wake(let alarm, let at): schedule(.event(.woke(alarm)), at: at)
        case .alert(let alert): onAlert?(alert)
        case .conclude(let record): onVerdict?(record)
        case .answer(let answer): onAnswer?(answer)
        }
        return nil
    }

    private mutating func schedule(_ input: Shell.Input, at: Instant) {
        let index = alarms.firstIndex { $0.at > at } ?? alarms.endIndex
        alarms.insert((at, input, shell.generation), at: index)
    }
}
