import Synchronization

/// The shell around the core of one account: takes events in batches, commits what they lead to as one transaction, then performs the effects.
///
/// It decides nothing: every effect becomes exactly one event. One task walks the lane and owns the core; broker calls run beside it.
public final class Engine: Sendable {
    /// What an engine works with.
    public struct Parts: Sendable {
        /// The numbers to decide with.
        public var policy: Policy
        /// The instruments.
        public var desks: [Desk]
        /// Where records are kept.
        public var store: any RecordStore
        /// Whom orders go to.
        public var broker: any BrokerPlugin
        /// Who tells people.
        public var alerts: [any AlertPlugin]
        /// This process.
        public var incarnation: Incarnation
        /// Tells wall and boot time, and sleeps; a manual clock in tests.
        public var clock: any Clock
        /// Gives each event its entropy, so that a recorded run can be repeated.
        public var random: any RandomSource
        /// Takes lines for people; silent by default.
        public var log: any Log
        /// Takes counts and latencies; drops them by default.
        public var metrics: any Metrics
        /// Sees every event and its effects, when somebody wants to know.
        public var trace: (any TraceSink)?
        /// Sees every stop point, in test builds.
        public var stopPoints: (any StopPointObserver)?

        /// Puts the parts together.
        public init(
            policy: Policy, desks: [Desk], store: any RecordStore, broker: any BrokerPlugin, alerts: [any AlertPlugin],
            incarnation: Incarnation, clock: any Clock, random: any RandomSource, log: any Log = SilentLog(),
            metrics: any Metrics = NoMetrics(), trace: (any TraceSink)? = nil, stopPoints: (any StopPointObserver)? = nil
        ) {
            self.policy = policy
            self.desks = desks
            self.store = store
            self.broker = broker
            self.alerts = alerts
            self.incarnation = incarnation
            self.clock = clock
            self.random = random
            self.log = log
            self.metrics = metrics
            self.trace = trace
            self.stopPoints = stopPoints
        }
    }

    /// How the engine is doing.
    public struct Condition: Sendable {
        /// Whether the broker's book was compared, so that decisions are taken.
        public var isRecovered = false
        /// Whether the process is about to end.
        public var isStopping = false
        /// Why records cannot be written; nil when they can.
        public var storageFailure: String?
        /// Calls to the broker that have not answered.
        public var callsInFlight = 0
        /// Whether the lane has ended.
        public var hasEnded = false
        /// Whether the lane has heard of the stop, so that it starts no more calls.
        var hasHeardOfStop = false
        /// Whether the time for a stop is over, so that the lane does not wait for the storage any more.
        var isOutOfTime = false

        /// Whether nothing is left to wait for before the mailbox is closed.
        var isCalm: Bool { hasEnded || hasHeardOfStop && callsInFlight == 0 }
    }

    let parts: Parts
    let verdicts = Waiters<Fingerprint, SignalRecord>()
    private let answers = Waiters<String, OperatorAnswer>()
    private let mailbox = Mailbox<Event>()
    private let doubts = Mailbox<Fingerprint>()
    private let state = Mutex(Condition())
    private let delivery: AlertDelivery
    private let requestCount = Atomic<Int>(0)

    /// An engine that has not started.
    public init(_ parts: Parts) {
        self.parts = parts
        delivery = AlertDelivery(store: parts.store, plugins: parts.alerts, clock: parts.clock, log: parts.log)
    }

    /// How the engine is doing now.
    public var condition: Condition { state.withLock { $0 } }

    /// Whether a signal may be stored now.
    public var acceptsSignals: Bool { state.withLock { !$0.isStopping && !$0.hasEnded && $0.storageFailure == nil } }

    /// Events that wait for the lane.
    public var waitingEvents: Int { mailbox.count }

    /// Hands an event to the lane.
    public func submit(_ event: Event) { mailbox.put(event) }

    /// Asks for something on a person's behalf and waits for the answer; nil when none comes in time.
    public func command(_ command: OperatorCommand, by person: String, waiting span: Span) async -> OperatorAnswer? {
        let number = requestCount.add(1, ordering: .relaxed).newValue
        let id = "\(parts.incarnation)-\(number)"
        let ticket = answers.register(id)
        submit(.commanded(OperatorRequest(id: id, command: command, by: person)))
        return await answers.value(of: ticket, until: parts.clock.now() + span, clock: parts.clock)
    }

    /// Loads, recovers and works until ``stop(grace:)``; throws when the records cannot be read.
    public func run() async throws(StorageError) {
        let core = try await load()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.delivery.run() }
            group.addTask { await self.followBroker() }
            group.addTask { await self.settle(self.doubts) }
            mailbox.put(.started)
            await walk(core, &group)
            delivery.close()
            group.cancelAll()
        }
        state.withLock { $0.hasEnded = true }
    }

    /// Ends the lane: no new decisions or sends; calls in flight get up to `grace` to answer and be recorded.
    public func stop(grace: Span) async {
        state.withLock { $0.isStopping = true }
        submit(.stopping)
        let deadline = parts.clock.now() + grace
        while !condition.isCalm, parts.clock.now() < deadline {
            try? await parts.clock.sleep(until: min(deadline, parts.clock.now() + .milliseconds(5)))
        }
        state.withLock { $0.isOutOfTime = true }
        mailbox.close()
    }

    // MARK: - What the inbox tells

    /// A signal may have been stored although its sender was told otherwise: somebody has to look, because nobody tells the lane of it.
    func doubt(_ signal: Fingerprint) { doubts.put(signal) }

    func note(storageFailure error: StorageError) {
        parts.log(.error, "a signal could not be stored", LogField("why", error))
    }

    /// Tells people of a conflict that is stored with its alert.
    func raise(_ conflict: Alert) {
        parts.metrics.add(1, to: .signalsConflicting, label: nil)
        delivery.send(conflict)
    }

    // MARK: - The lane

    private func load() async throws(StorageError) -> Core {
        let now = parts.clock.now()
        let snapshot = try await Snapshot.read(
            from: parts.store, instruments: parts.desks.map(\.name), at: now, entryMemory: parts.policy.entryMemory)
        return Core(
            policy: parts.policy, broker: parts.broker.traits, desks: parts.desks, incarnation: parts.incarnation,
            term: Term(machine: parts.clock.machine), snapshot: snapshot,
            at: now)
    }

    private func walk(_ loaded: Core, _ group: inout DiscardingTaskGroup) async {
        var core = loaded
        await mailbox.walk(limit: 256) { batch in
            let effects = await decide(batch, &core)
            state.withLock { $0.isRecovered = core.isReady }
            for effect in effects {
                if case .observe(let observation) = effect { await observe(observation) } else { perform(effect, &group) }
            }
            if core.isStopping { state.withLock { $0.hasHeardOfStop = true } }
        }
    }

    /// Handles a batch until its writes are committed; answers the effects that may now be performed.
    private func decide(_ batch: [Event], _ core: inout Core) async -> [Effect] {
        var events = batch
        var failures: Int64 = 0
        while true {
            let before = core
            let (transaction, effects) = handle(events, &core)
            guard !transaction.isEmpty else {
                // Rows that were read anew may show that nothing is left to write.
                if failures > 0 { state.withLock { $0.storageFailure = nil } }
                return effects
            }
            do throws(StorageError) {
                announce(transaction, isDone: false)
                _ = try await parts.store.commit(transaction)
                announce(transaction, isDone: true)
                state.withLock { $0.storageFailure = nil }
                return effects
            } catch {
                failures += 1
                core.goBack(to: before)
                guard !state.withLock(\.isOutOfTime) else {
                    parts.log(
                        .critical, "the host ends before its records could be written; the next process finds out", LogField("why", error))
                    return []
                }
                await recover(from: error, &core, &events, failures)
            }
        }
    }

    private func handle(_ events: [Event], _ core: inout Core) -> (Transaction, [Effect]) {
        var transaction = Transaction()
        var effects: [Effect] = []
        for event in events {
            let stimulus = Stimulus(event, at: parts.clock.now(), entropy: parts.random.entropy())
            let next = core.handle(stimulus)
            parts.trace?.record(stimulus, next)
            for effect in next {
                if case .commit(let writes) = effect { transaction.append(writes) } else { effects.append(effect) }
            }
        }
        return (transaction, effects)
    }

    /// Goes back before the batch: on a conflict or an unknown outcome the rows are read anew, otherwise the same writes are tried later.
    private func recover(from error: StorageError, _ core: inout Core, _ events: inout [Event], _ failures: Int64) async {
        parts.log(.error, "a commit failed", LogField("why", error))
        switch error {
        case .conflict where failures <= 3: break
        case .conflict, .unavailable, .uncertain, .corrupt, .unsupported:
            state.withLock { $0.storageFailure = error.description }
            try? await parts.clock.sleep(until: parts.clock.now() + min(.seconds(5), .milliseconds(100 * failures)))
        }
        guard case .unavailable = error else {
            guard let fresh = try? await load() else { return }
            let previous = core
            core = fresh
            core.carryOn(from: previous)
            events = [.reloaded] + events.filter(\.survivesReload)
            delivery.sweep()
            return
        }
    }

    private func announce(_ transaction: Transaction, isDone: Bool) {
        guard let observer = parts.stopPoints else { return }
        for write in transaction.writes {
            guard let audit = write.record as? AuditRecord else { continue }
            observer.reach(
                isDone
                    ? .afterCommit(entity: audit.entity, state: audit.to) : .beforeCommit(entity: audit.entity, state: audit.to))
        }
    }

    // MARK: - Effects

    private func perform(_ effect: Effect, _ group: inout DiscardingTaskGroup) {
        switch effect {
        case .commit, .observe: preconditionFailure("performed by the lane itself, before what follows")
        case .survey(let request): group.addTask { self.submit(.surveyed(await self.survey(request))) }
        case .place(let request):
            let gate = parts.clock.boot()
            state.withLock { $0.callsInFlight += 1 }
            group.addTask { await self.place(request, gate: gate) }
        case .cancel(let tag, let order): group.addTask { self.submit(.cancelAnswered(tag, await self.parts.broker.cancel(order))) }
        case .readBook(let settled): group.addTask { self.submit(.bookRead(await self.readBook(leavingOut: settled))) }
        case .readPositions: group.addTask { self.submit(.positionsRead(await self.readPositions())) }
        case .wake(let alarm, let at):
            group.addTask {
                guard (try? await self.parts.clock.sleep(until: at)) != nil else { return }
                self.submit(.woke(alarm))
            }
        case .alert(let alert):
            parts.metrics.add(1, to: .alerts, label: alert.code)
            delivery.send(alert)
        case .conclude(let record):
            parts.metrics.add(1, to: .verdicts, label: record.status.rawValue)
            parts.metrics.record(parts.clock.now() - record.receivedAt, in: .verdictLatency, label: nil)
            verdicts.resolve(record.fingerprint, record)
        case .answer(let answer): answers.resolve(answer.id, answer)
        }
    }

    /// The last look before the first byte: a process that was paused since the gate sends nothing (I26).
    private func place(_ request: OrderRequest, gate: Span) async {
        defer { state.withLock { $0.callsInFlight -= 1 } }
        parts.stopPoints?.reach(.beforePlace)
        guard parts.clock.boot() - gate < .milliseconds(500) else {
            return submit(.placed(request.tag, .notSent("the process was paused between the gate and the call")))
        }
        parts.metrics.add(1, to: .ordersSent, label: nil)
        let outcome = await parts.broker.place(request)
        if case .unknown = outcome { parts.metrics.add(1, to: .ordersUnknown, label: nil) }
        parts.stopPoints?.reach(.afterPlace)
        submit(.placed(request.tag, outcome))
    }

    private func observe(_ observation: PriceObservation) async {
        guard let observer = parts.broker as? any ObservesPrices else { return }
        await observer.observe(observation)
    }

    private func survey(_ request: SurveyRequest) async -> Survey {
        for observation in request.observations { await observe(observation) }
        let contracts = request.observations.flatMap { $0.structure.legs.map(\.contract) }
        do throws(BrokerError) {
            let quotes = try await parts.broker.quotes(contracts)
            let funds = request.needsFunds ? try await parts.broker.funds() : nil
            return Survey(subject: request.subject, quotes: quotes, funds: funds)
        } catch {
            return Survey(subject: request.subject, quotes: [], funds: nil, failure: error.description)
        }
    }

    private func readBook(leavingOut settled: EndedTags) async -> BookReading {
        let started = parts.clock.now()
        do throws(BrokerError) {
            return BookReading(startedAt: started, book: try await parts.broker.book(leavingOut: settled))
        } catch {
            return BookReading(startedAt: started, book: nil, failure: error.description)
        }
    }

    private func readPositions() async -> PositionsReading {
        let started = parts.clock.now()
        do throws(BrokerError) { return PositionsReading(startedAt: started, positions: try await parts.broker.positions()) } catch {
            return PositionsReading(startedAt: started, positions: nil, failure: error.description)
        }
    }

    private func followBroker() async {
        for await report in parts.broker.updates() { submit(.reported(report)) }
    }
}

extension Event {
    /// Whether the event still means something after the rows were read anew.
    public var survivesReload: Bool {
        switch self {
        // Nothing was asked for as long as the commit of the start was not made, and nobody else asks for it.
        case .started: true
        case .reloaded: false
        // A signal without a verdict is among the rows that were just read.
        case .signal: false
        // A survey is asked for again by the decision that needs it.
        case .surveyed: false
        case .stopping, .placed, .cancelAnswered, .reported, .bookRead, .positionsRead, .woke, .commanded: true
        }
    }
}
