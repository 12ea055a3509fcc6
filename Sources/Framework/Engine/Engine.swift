import Synchronization

/// Performs what the shell of one account asks for, with tasks: commits, calls to the broker, leases, times. It decides nothing.
///
/// One task owns the shell and gives it what happens, in order; whatever waits for the world outside runs beside it.
public final class Engine: Sendable {
    /// What an engine works with.
    public struct Parts: Sendable {
        /// The numbers to decide with.
        public var policy: Policy
        /// The instruments.
        public var tradedInstruments: [TradedInstrument]
        /// Where records are kept.
        public var store: any RecordStore
        /// Whom orders go to.
        public var broker: any BrokerPlugin
        /// Who grants the lease by which one of several processes decides; nil where storage serves one process alone.
        public var coordination: (any CoordinationPlugin)?
        /// How long leases last.
        public var times = LeaseTimes()
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
            policy: Policy, tradedInstruments: [TradedInstrument], store: any RecordStore, broker: any BrokerPlugin,
            coordination: (any CoordinationPlugin)? = nil, alerts: [any AlertPlugin], incarnation: Incarnation, clock: any Clock,
            random: any RandomSource, log: any Log = SilentLog(),
            metrics: any Metrics = NoMetrics(), trace: (any TraceSink)? = nil, stopPoints: (any StopPointObserver)? = nil
        ) {
            self.policy = policy
            self.tradedInstruments = tradedInstruments
            self.store = store
            self.broker = broker
            self.coordination = coordination
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
        /// Events that wait for a commit.
        var waitingEvents = 0
        /// Until when orders may leave, by the boot clock.
        var sendsUntil = Span.zero
        /// Whether the lane has heard of the stop, so that it starts no more calls.
        var hasHeardOfStop = false
        /// Whether the time for a stop is over, so that the lane does not wait for the storage any more.
        var isOutOfTime = false

        /// Whether nothing is left to wait for before the mailbox is closed.
        var isCalm: Bool { hasEnded || hasHeardOfStop && callsInFlight == 0 }
    }

    /// Something for the task that owns the shell.
    private enum Errand: Sendable {
        case input(Shell.Input, generation: Int?)
        /// Nothing more will come: the task ends when what waits is committed.
        case end
    }

    let parts: Parts
    let verdicts = Waiters<Fingerprint, SignalRecord>()
    private let answers = Waiters<String, OperatorAnswer>()
    private let errands = Mailbox<Errand>()
    private let state = Mutex(Condition())
    private let published = Mutex<AccountView?>(nil)
    private let delivery: AlertDelivery
    private let requestCount = Atomic<Int>(0)

    /// An engine that has not started.
    public init(_ parts: Parts) {
        self.parts = parts
        delivery = AlertDelivery(store: parts.store, plugins: parts.alerts, clock: parts.clock, log: parts.log)
    }

    /// How the engine is doing now.
    public var condition: Condition { state.withLock { $0 } }

    /// The account after the last commit; nil while this process does not decide.
    public var accountView: AccountView? { published.withLock { $0 } }

    /// Whether a signal may be stored now.
    public var acceptsSignals: Bool { state.withLock { !$0.isStopping && !$0.hasEnded && $0.storageFailure == nil } }

    /// Events that wait for the lane.
    public var waitingEvents: Int { errands.count + state.withLock(\.waitingEvents) }

    /// Hands an event to the lane.
    public func submit(_ event: Event) { give(.event(event)) }

    private func give(_ input: Shell.Input, of generation: Int? = nil) { errands.put(.input(input, generation: generation)) }

    /// What came of a command.
    public enum CommandOutcome: Sendable {
        /// It was obeyed, declined or let expire, now or before.
        case answered(OperatorAnswer)
        /// Another command was given under its name.
        case conflict(CommandRecord)
        /// It is stored and not answered yet.
        case waiting
    }

    /// Stores a command and waits up to `span` for its answer; throws when it cannot be stored.
    ///
    /// - Parameter id: names the command once for ever, so that what is asked for again is answered and not done again; nil for a new name.
    public func command(
        _ command: OperatorCommand, by principal: String, id: CommandID? = nil, waiting span: Span
    ) async throws(StorageError) -> CommandOutcome {
        let id = id ?? CommandID("\(parts.incarnation)-\(requestCount.add(1, ordering: .relaxed).newValue)")
        let record = CommandRecord(id: id, command: command, principal: principal, at: parts.clock.now())
        let deadline = parts.clock.now() + span
        let ticket = answers.register(id.text)
        defer { answers.drop(ticket) }
        try await keep(record, until: deadline)
        guard let stored = try await stored(id) else { throw .unavailable("the stored command cannot be read back") }
        guard stored.command == record.command, stored.principal == principal else { return .conflict(stored) }
        if let outcome = stored.outcome { return .answered(outcome) }
        submit(.commanded(stored))
        return try await answer(to: id, ticket, until: deadline)
    }

    /// Stores a command unless it is there; asks again, as long as there is time, while nobody knows whether that was done.
    private func keep(_ record: CommandRecord, until deadline: Instant) async throws(StorageError) {
        var transaction = Transaction()
        transaction.insertIfAbsent(record)
        while true {
            do throws(StorageError) {
                _ = try await parts.store.commit(transaction)
                return
            } catch {
                guard case .uncertain = error, parts.clock.now() < deadline, !Task.isCancelled else { throw error }
                try? await parts.clock.sleep(until: min(deadline, parts.clock.now() + .milliseconds(100)))
            }
        }
    }

    /// Waits for an answer of this process, and looks now and then for one of another that decides.
    private func answer(
        to id: CommandID, _ ticket: Waiters<String, OperatorAnswer>.Ticket, until deadline: Instant
    ) async throws(StorageError) -> CommandOutcome {
        while true {
            let isDecider = accountView != nil
            let next = isDecider ? deadline : min(deadline, parts.clock.now() + .milliseconds(250))
            if let answer = await answers.next(of: ticket, until: next, clock: parts.clock) { return .answered(answer) }
            if let outcome = try await stored(id)?.outcome { return .answered(outcome) }
            guard parts.clock.now() < deadline, !Task.isCancelled else { return .waiting }
        }
    }

    private func stored(_ id: CommandID) async throws(StorageError) -> CommandRecord? {
        try await parts.store.fetch(Query<CommandRecord>(.equal("command_id", id), limit: 1)).first
    }

    /// Loads, recovers and works until ``stop(grace:)``; throws when the records cannot be read.
    public func run() async throws(StorageError) {
        let rows = try await read()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.delivery.run() }
            group.addTask { await self.followBroker() }
            await walk(rows, &group)
            await parts.coordination?.release(Shell.lease, holder: parts.incarnation)
            delivery.close()
            group.cancelAll()
        }
        state.withLock { $0.hasEnded = true }
        published.withLock { $0 = nil }
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
        errands.put(.end)
    }

    // MARK: - What the inbox tells

    func note(storageFailure error: StorageError) {
        parts.log(.error, "a signal could not be stored", LogField("why", error))
    }

    /// Tells people of a conflict that is stored with its alert.
    func raise(_ conflict: Alert) {
        parts.metrics.add(1, to: .signalsConflicting, label: nil)
        delivery.send(conflict)
    }

    // MARK: - The lane

    private var begun: Shell {
        Shell(
            Shell.Parts(
                policy: parts.policy, broker: parts.broker.traits, tradedInstruments: parts.tradedInstruments,
                incarnation: parts.incarnation,
                machine: parts.clock.machine, instances: parts.coordination == nil ? .one : .several(parts.times),
                othersHaveEnded: parts.coordination == nil))
    }

    private var moment: Moment { Moment(wall: parts.clock.now(), boot: parts.clock.boot()) }

    private func walk(_ rows: Rows, _ group: inout DiscardingTaskGroup) async {
        var shell = begun
        var isEnding = false
        for request in shell.start() {
            // What was read before the lane began is what it asks for first.
            if case .load = request {
                give(.loaded(rows.snapshot, lease: rows.lease))
            } else {
                await perform(request, of: shell.generation, &group)
            }
        }
        await errands.walk(limit: 256) { batch in
            for errand in batch {
                switch errand {
                case .end: isEnding = true
                case .input(let input, let generation):
                    if isEnding, let failure = input.failure { return giveUp(on: failure) }
                    for request in shell.take(input, of: generation, at: moment) { await perform(request, of: shell.generation, &group) }
                }
            }
            while let requests = shell.next(at: moment, entropy: parts.random.entropy, told: { parts.trace?.record($0, $1) }) {
                for request in requests { await perform(request, of: shell.generation, &group) }
            }
            note(shell)
            if isEnding, shell.isAtRest { errands.close() }
        }
    }

    private func note(_ shell: Shell) {
        state.withLock { state in
            state.isRecovered = shell.isReady
            state.hasHeardOfStop = shell.hasHeardOfStop
            state.storageFailure = shell.storageFailure?.description
            state.waitingEvents = shell.waitingEvents
            state.sendsUntil = shell.sendsUntil
        }
        published.withLock { $0 = shell.view }
    }

    /// Ends a lane whose time is over.
    private func giveUp(on failure: String) {
        parts.log(
            .critical, "the host ends before its records could be written; the next process finds out", LogField("why", failure))
        errands.close()
    }

    // MARK: - Requests of the shell

    private func perform(_ request: Shell.Request, of generation: Int, _ group: inout DiscardingTaskGroup) async {
        switch request {
        case .askForLease: group.addTask { await self.askForLease() }
        case .readLease(let after): group.addTask { if await self.waits(after) { self.give(await self.foundLease()) } }
        case .claim(let lease, let isFirst): group.addTask { self.give(.claimed(await self.claim(lease, isFirst: isFirst))) }
        case .load(let after):
            group.addTask {
                guard await self.waits(after) else { return }
                let rows = try? await self.read()
                self.give(rows.map { .loaded($0.snapshot, lease: $0.lease) } ?? .unloaded, of: generation)
            }
        case .findWaiting: group.addTask { self.give(.found(await self.waitingRows()), of: generation) }
        case .commit(let transaction): group.addTask { self.give(.committed(await self.commit(transaction)), of: generation) }
        case .perform(let effects, let gate):
            for effect in effects {
                if case .observe(let observation) = effect {
                    await observe(observation)
                } else {
                    perform(effect, gate, of: generation, &group)
                }
            }
        case .wake(let alarm, let after):
            group.addTask { if await self.waits(after) { self.give(alarm.input, of: alarm.outlivesGeneration ? nil : generation) } }
        case .noteEpoch(_, let isAnew): if isAnew { delivery.sweep() }
        case .noteRetirement: parts.log(.warning, "this process decides no more")
        case .noteFailure(let error): parts.log(.error, "a commit failed", LogField("why", error))
        }
    }

    /// Waits; answers false when the lane has ended meanwhile.
    private func waits(_ span: Span) async -> Bool {
        span <= .zero ? !Task.isCancelled : (try? await parts.clock.sleep(until: parts.clock.now() + span)) != nil
    }

    private struct Rows: Sendable {
        let snapshot: Snapshot
        let lease: LeaseRecord?
    }

    private func read() async throws(StorageError) -> Rows {
        // First, so that rows which were read in an epoch are not older than it.
        let lease = parts.coordination == nil ? nil : try await readLease()
        let snapshot = try await Snapshot.read(
            from: parts.store, instruments: parts.tradedInstruments.map(\.name), at: parts.clock.now(),
            entryMemory: parts.policy.entryMemory)
        return Rows(snapshot: snapshot, lease: lease)
    }

    private func readLease() async throws(StorageError) -> LeaseRecord? {
        try await parts.store.fetch(Query<LeaseRecord>(.equal("name", Shell.lease), limit: 1)).first
    }

    private func foundLease() async -> Shell.Input {
        do throws(StorageError) { return .leaseRead(try await readLease()) } catch { return .leaseUnread }
    }

    private func askForLease() async {
        let askedAt = parts.clock.boot()
        guard let coordination = parts.coordination else { return }
        do {
            let lease = try await coordination.acquire(Shell.lease, holder: parts.incarnation, for: parts.times.span)
            give(.leaseAnswered(isGranted: lease != nil, askedAt: askedAt))
        } catch {
            parts.log(.warning, "the lease could not be asked for", LogField("why", "\(error)"))
        }
    }

    private func claim(_ lease: LeaseRecord, isFirst: Bool) async -> LeaseRecord? {
        var transaction = Transaction()
        if isFirst { transaction.insert(lease) } else { transaction.update(lease) }
        return (try? await parts.store.commit(transaction)) == nil ? nil : lease
    }

    private func waitingRows() async -> WaitingRows {
        WaitingRows(
            signals: (try? await parts.store.fetch(.undecided)) ?? [], commands: (try? await parts.store.fetch(.waiting)) ?? [])
    }

    private func commit(_ transaction: Transaction) async -> StorageError? {
        announce(transaction, isDone: false)
        do throws(StorageError) { _ = try await parts.store.commit(transaction) } catch { return error }
        announce(transaction, isDone: true)
        return nil
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

    private func perform(_ effect: Effect, _ gate: Span, of generation: Int, _ group: inout DiscardingTaskGroup) {
        func answer(_ event: @escaping @Sendable () async -> Event?) {
            group.addTask { if let event = await event() { self.give(.event(event), of: generation) } }
        }
        switch effect {
        case .commit, .observe: preconditionFailure("performed by the lane itself, before what follows")
        case .survey(let request): answer { .surveyed(await self.survey(request)) }
        case .place(let request):
            state.withLock { $0.callsInFlight += 1 }
            answer {
                defer { self.state.withLock { $0.callsInFlight -= 1 } }
                return .placed(request.tag, await self.place(request, gate: gate))
            }
        case .cancel(let tag, let order): answer { .cancelAnswered(tag, await self.parts.broker.cancel(order)) }
        case .readBook(let settled): answer { .bookRead(await self.readBook(leavingOut: settled)) }
        case .readPositions: answer { .positionsRead(await self.readPositions()) }
        case .wake(let alarm, let at): answer { (try? await self.parts.clock.sleep(until: at)) == nil ? nil : .woke(alarm) }
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

    /// The last look before the first byte: a process that was paused since the gate, or whose lease ends, sends nothing (I26).
    private func place(_ request: OrderRequest, gate: Span) async -> PlaceOutcome {
        parts.stopPoints?.reach(.beforePlace)
        let now = parts.clock.boot()
        guard now - gate < .milliseconds(500), now <= state.withLock(\.sendsUntil) else {
            return .notSent("the process was paused between the gate and the call, or its lease ends")
        }
        parts.metrics.add(1, to: .ordersSent, label: nil)
        let outcome = await parts.broker.place(request)
        if case .unknown = outcome { parts.metrics.add(1, to: .ordersUnknown, label: nil) }
        parts.stopPoints?.reach(.afterPlace)
        return outcome
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

extension Shell.Input {
    /// Why rows could not be written or read; nil where they could.
    fileprivate var failure: String? {
        switch self {
        case .committed(let error): error?.description
        case .unloaded, .leaseUnread: "the rows cannot be read"
        case .claimed(nil): "the next epoch cannot be written"
        default: nil
        }
    }
}
