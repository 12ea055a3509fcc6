/// A store that answers at once; the lane of virtual time commits to it.
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

/// The shell on virtual time: performs effects in order in one thread, for replays and for tests that die at a chosen step.
///
/// Time moves only to the next event or alarm. The same events with the same seed give the same run, bit for bit.
public struct VirtualLane<Store: ImmediateStore, Broker: ImmediateBroker> {
    /// The machine.
    public private(set) var core: Core
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
    /// Asked before and after each effect; answering true ends the lane there, as kill -9 would.
    public var dies: ((_ step: Int, _ effect: Effect, _ isDone: Bool) -> Bool)?
    /// Shown both books after each effect, for checks that hold at every moment.
    public var inspects: ((_ store: Store, _ broker: Broker, _ effect: Effect, _ at: Instant) -> Void)?
    /// Whether the lane has ended.
    public private(set) var isDead = false

    private var alarms: [(at: Instant, number: Int, alarm: Alarm)] = []
    private var alarmCount = 0
    private var random: SplitMix64

    /// A lane around a machine.
    public init(core: Core, store: Store, broker: Broker, at: Instant, seed: UInt64) {
        self.core = core
        self.store = store
        self.broker = broker
        now = at
        random = SplitMix64(state: seed)
    }

    /// Moves time to `instant`, ringing every alarm on the way.
    public mutating func advance(to instant: Instant) throws(StorageError) {
        while !isDead, let next = alarms.first, next.at <= instant {
            alarms.removeFirst()
            now = max(now, next.at)
            try handle(.woke(next.alarm))
        }
        if !isDead { now = max(now, instant) }
    }

    /// Hands one event to the machine and performs everything that follows from it.
    ///
    /// When a commit throws, the lane has ended: the machine is ahead of its store, and only a new one from the stored rows may go on.
    public mutating func handle(_ event: Event) throws(StorageError) {
        var events = [event]
        var next = 0
        while next < events.count, !isDead {
            let stimulus = Stimulus(events[next], at: now, entropy: entropy())
            let effects = core.handle(stimulus)
            trace?.record(stimulus, effects)
            next += 1
            for effect in effects {
                if dies?(performed, effect, false) ?? false { return isDead = true }
                do throws(StorageError) { if let answer = try perform(effect) { events.append(answer) } } catch {
                    isDead = true
                    throw error
                }
                performed += 1
                inspects?(store, broker, effect, now)
                if dies?(performed - 1, effect, true) ?? false { return isDead = true }
            }
        }
    }

    private mutating func perform(_ effect: Effect) throws(StorageError) -> Event? {
        switch effect {
        case .commit(let transaction): _ = try store.commit(transaction)
        case .observe(let observation): broker.observe(observation)
        case .survey(let request): return .surveyed(broker.survey(request, at: now))
        case .place(let request): return .placed(request.tag, broker.place(request, at: now))
        case .cancel(let tag, let order): return .cancelAnswered(tag, broker.cancel(order, at: now))
        case .readBook(let settled): return .bookRead(BookReading(startedAt: now, book: broker.book(at: now, leavingOut: settled)))
        case .readPositions: return .positionsRead(PositionsReading(startedAt: now, positions: broker.holdings(at: now)))
        case .wake(let alarm, let at): schedule(alarm, at: at)
        case .alert(let alert): onAlert?(alert)
        case .conclude(let record): onVerdict?(record)
        case .answer(let answer): onAnswer?(answer)
        }
        return nil
    }

    private mutating func schedule(_ alarm: Alarm, at: Instant) {
        alarmCount += 1
        let index = alarms.firstIndex { $0.at > at } ?? alarms.endIndex
        alarms.insert((at, alarmCount, alarm), at: index)
    }

    /// The next bits: repeatable, and different for each event.
    private mutating func entropy() -> Entropy {
        Entropy(high: random.next(), low: random.next())
    }
}
