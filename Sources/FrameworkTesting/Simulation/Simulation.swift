public import MunimKit

/// N processes, one database, one lease service, one broker and one sender in a single thread on virtual time.
///
/// The processes run the real core; the shell, the database, the lease service, the broker and the sender are models. One seed is one run, bit for
/// bit. Every promise that can be checked is checked after every event.
public final class Simulation {
    /// What a run is made of.
    public struct Plan: Sendable {
        /// All choices follow from it.
        public var seed: UInt64
        /// How many signals are sent.
        public var signals: Int
        /// How many processes there are.
        public var instances: Int
        /// Which faults may be drawn.
        public var faults: [Fault]
        /// What is sent and asked for instead of what the seed draws; nil for that.
        public var scenario: Scenario?
        /// Chosen deaths besides the drawn ones, one after the other.
        public var deaths: [Death] = []
        /// Who goes on after a chosen death.
        public var recovery = Recovery.both
        /// What the run has of the run of its seed; nil for everything.
        public var reduction: Reduction?
        /// A judge of its own at rest, for tests: a broken promise with its number, or nil.
        var judge: (@Sendable (RunEvidence) -> String?)?
        /// How many events are handled at most; nil for all.
        public var until: Int?
        /// Whether choices follow from the seed as they did when the oldest seeds were kept; see ``Chance/mixed(_:)``.
        public var isOfOld = false
        #if DEBUG || MUTANTS
            /// The bug that is built in; nil for none.
            public var mutant: Mutant?
        #endif

        /// A plan.
        public init(seed: UInt64, signals: Int = 100, instances: Int = 3, faults: [Fault] = Fault.allCases) {
            self.seed = seed
            self.signals = signals
            self.instances = instances
            self.faults = faults
        }
    }

    /// A death at a chosen step of a run.
    public struct Death: Hashable, Sendable {
        /// The step, counted over all calls and commits of all processes since the beginning or the death before.
        public var step: Int
        /// Whether the step is still done.
        public var isDone: Bool

        /// A death.
        public init(step: Int, isDone: Bool) {
            self.step = step
            self.isDone = isDone
        }
    }

    /// Who goes on after a chosen death.
    public enum Recovery: String, CaseIterable, Codable, Sendable {
        /// The same instance, after a second.
        case restart
        /// Another instance; the dead one stays down.
        case takeover
        /// Both.
        case both
    }

    /// What came of a run.
    public struct Outcome: Sendable {
        /// The seed that repeats it.
        public var seed: UInt64
        public var signals = 0
        public var events = 0
        public var steps = 0
        public var faults: [Fault: Int] = [:]
        public var marks: Set<String> = []
        public var breaches: [String] = []
        public var trace: UInt64 = 0
        public var verdicts: [String: Int] = [:]
        /// Virtual time from the first signal to rest.
        public var span: Span = .zero
        /// How many chosen deaths happened.
        public var deaths = 0
        /// Virtual time from the last chosen death to rest.
        public var recovery: Span?
    }

    /// What carries much is boxed; most actions are heartbeats and carry little.
    enum Action {
        indirect case arrive(Message)
        indirect case giveUp(Message)
        case process(Int, life: Int, generation: Int?, SimulatedProcess.Work)
        indirect case database(DatabaseCall)
        case lease(process: Int, life: Int, askedAt: Span)
        indirect case broker(BrokerCall)
        case report(BrokerOrderID)
        indirect case stranger(OrderReport)
        case start(Int)
        case resume(Int)
        indirect case person(OperatorCommand)
        indirect case act(Scenario.Act)
        case databaseUp
        case brokerUp
        case chooseFault
        /// A death that was planned for one life of a process.
        case end(Int, life: Int)
    }

    let plan: Plan
    let stage: SimulationStage
    /// How the run shares its choices with the run that it is a part of.
    var use: TapeUse?
    /// Everything that the sender knows of, configured or not.
    let senderStage: SimulationStage
    /// Whether one process is alone with its database, without lease and epochs.
    let isAlone: Bool
    var now: Instant
    var schedule = Schedule<Action>()
    var chance: Chance
    /// Choices about ``Fault/later``, which do not shift the others.
    var later: Chance
    /// Choices about ``Fault/days``.
    var days: Chance
    /// Choices about ``Fault/machines``.
    var machines: Chance
    /// Choices about ``Fault/market``, ``Fault/operators`` and ``Fault/crashes``.
    var trials: Chance
    var mix: FaultMix
    var processes: [SimulatedProcess]
    var store = ModelStore()
    var isDatabaseDown = false
    /// Commits after one without an answer that are more likely to fail as well.
    var storm = 0
    /// Commits that the database spoils one after the other.
    var flaps = 0
    /// Until when the disk of the database has no space.
    var fullUntil: Instant?
    /// What a replica that lags behind shows.
    var replica: ModelStore?
    var broker = ModelBroker()
    var isBrokerDown = false
    /// Until when nobody has logged in at the broker.
    var sessionEndedUntil: Instant?
    var leases = ModelLeases()
    /// Which database it is: one that was put back answers nobody who asked the one before.
    var databaseNumber = 0
    /// A moment to which somebody may put the rows back.
    var past: Past?
    /// Orders that the rows have lost, with their instruments, and when that was last.
    var lost: [Tag: InstrumentName] = [:]
    var restoredAt: Instant?
    /// Orders that rows which were put back show unsent, though they had left.
    var suspects: Set<Tag> = []
    /// Until when every process dies soon after its start.
    var crashLoopUntil: Instant?
    /// Until when the broker's book shows nothing and reports nothing, by the script.
    var silentUntil: Instant?
    /// Whether the script's next signal ends every process that decides it.
    var isNextPoisoned = false
    /// What counted a signal while no row could tell whether it was being decided: the door, or processes that ended.
    var untold: [Fingerprint: Set<String>] = [:]
    /// Signals that end every process which decides them, and how many they ended.
    var poisons: [Fingerprint: Int] = [:]
    /// When somebody began to decide from the rows.
    var begins: [Instant] = []
    var oracle: Oracle
    var outcome: Outcome
    /// What the judges at rest need besides the rows: see ``RunEvidence``.
    var trail: [any Record] = []
    /// Whether faults may still happen.
    var isSafe = true
    /// How many webhooks were planned, copies included; each has its number.
    var messages = 0
    /// Webhooks whose sender still waits or will try again.
    var unanswered: Set<Int> = []
    /// The attempt at which a webhook is that was sent more than once.
    var attempts: [Int: Int] = [:]
    /// Whether every effect is told to ``onLine``.
    var onLine: ((Instant, String) -> Void)?
    /// When everybody fell asleep until a next morning.
    var bedtimes: [Instant] = []
    /// Webhooks that a process has read and not answered.
    var atDoor: [Int: (process: Int, isStored: Bool)] = [:]
    /// Orders on their way to the broker.
    var underWay: Set<Tag> = []
    /// When a deciding process died last.
    var lastDeathAt: Instant?
    /// Steps since the last chosen death.
    var steps = 0
    var diedAt: Instant?
    /// Parts of the script that are done.
    var acts = 0
    lazy var lastActAt = now
    /// The last signal of the script.
    var lastSent: Signal?
    /// What becomes of the next orders, by the script.
    var expected: [ModelBroker.Outcome] = []

    /// A world in which nothing has happened.
    public convenience init(_ plan: Plan) { self.init(plan, use: nil) }

    init(_ plan: Plan, use: TapeUse?) {
        self.plan = plan
        outcome = Outcome(seed: plan.seed)
        self.use = use
        let seed = plan.isOfOld ? plan.seed : Chance.mixed(plan.seed)
        var chance = Chance(seed: seed)
        var stage = plan.scenario.map(SimulationStage.init(of:)) ?? SimulationStage(&chance)
        #if DEBUG || MUTANTS
            stage.policy.mutant = plan.mutant
        #endif
        var later = Chance(seed: seed ^ 0x6C61_7465)
        mix = FaultMix.drawn(from: plan.faults, &chance, later: &later)
        // A market in which orders wait for minutes is a quiet one: otherwise an exit outranks whatever waits.
        if mix.rate(.fillVerySlow) > 0, later.happens(500) { stage.pace = later.pick([.seconds(30), .seconds(60)]) }
        var days = Chance(seed: seed ^ 0x6461_7973)
        mix.addDays(from: plan.faults, &days)
        if mix.rate(.contractEnds) > 0 {
            stage.move(toTheEndOfAContract: &days)
            outcome.faults[.contractEnds] = 1
            outcome.marks.insert("fault \(Fault.contractEnds.rawValue)")
        }
        var machines = Chance(seed: seed ^ 0x6D61_6368)
        mix.addMachines(from: plan.faults, &machines)
        var worlds = Chance(seed: seed ^ 0x776F_726C)
        mix.addWorlds(from: plan.faults, &worlds)
        stage.become(mix, &worlds)
        for fault in Fault.worlds where mix.has(fault) && fault != .fundsScarce {
            outcome.faults[fault] = 1
            outcome.marks.insert("fault \(fault.rawValue)")
        }
        if mix.has(.expiryNears) { broker.carry = Price(units: Int64(worlds.pick([0, 5, -3, 20])) * 10_000) }
        var caps = Chance(seed: seed ^ 0x6361_7073)
        mix.addCaps(from: plan.faults, &caps)
        if mix.has(.decisionsCapped) {
            stage.cap(&caps)
            outcome.faults[.decisionsCapped] = 1
            outcome.marks.insert("fault \(Fault.decisionsCapped.rawValue)")
        }
        var trials = Chance(seed: seed ^ 0x7472_6961)
        mix.addTrials(from: plan.faults, &trials)
        now = stage.start
        self.days = days
        self.machines = machines
        self.trials = trials
        senderStage = stage
        if let instruments = plan.reduction?.instruments { stage.tradedInstruments.removeAll { !instruments.contains($0.name) } }
        self.stage = stage
        self.later = later
        isAlone = mix.has(.processAlone) || plan.scenario?.isAlone ?? false
        let instances = isAlone ? 1 : plan.reduction?.instances ?? plan.instances
        processes = (0..<instances).map { SimulatedProcess(number: $0) }
        self.chance = chance
        oracle = Oracle(policy: stage.policy, rate: stage.traits.rate, tradedInstruments: stage.tradedInstruments, isAlone: instances == 1)
        oracle.hasLooks = true
        store.readsThroughText = false
    }

    /// Carries the plan out; `line` is told every event in words.
    public func run(line: ((Instant, String) -> Void)? = nil) async -> Outcome {
        if plan.reduction != nil, use == nil { use = TapeUse(await Self.record(plan).tape, isRecording: false) }
        onLine = line
        for index in processes.indices { add(.start(index), after: .milliseconds(Int64(index) * 7)) }
        if let scenario = plan.scenario { plan(scenario) } else { sendAll() }
        if !mix.present.isEmpty { add(.chooseFault, after: .seconds(1)) }
        if !plan.deaths.isEmpty || (plan.scenario != nil && mix.present.isEmpty) { await play() }
        await handle { self.hasActs || !self.unanswered.isEmpty || self.hasFaultsAhead }
        let end = now
        isSafe = false
        calm()
        await settle(after: .minutes(3), until: end + .minutes(30))
        // What waits for a session or for another day's orders has until then; meanwhile everything sleeps.
        for day in 0..<12 where !isAtRest && (day < 2 || oracle.isDayUsedUp(at: now)) {
            for breach in Oracle.stuck(store, at: now) + halves { oracle.breach("rest", breach) }
            leap(to: TradingDay(of: now).advanced(by: min(day, 1)))
            await settle(after: .minutes(3), until: now + .minutes(30))
        }
        finish(from: stage.start)
        return outcome
    }

    /// Goes on until everything has come to rest, which is looked at every now and then because it costs a walk over all rows.
    func settle(after least: Span, until bound: Instant) async {
        var next = now + least
        while now < bound, now < next || !isAtRest, goesOn, !schedule.isEmpty {
            next = max(next, now + .seconds(20))
            await handle { self.now < next }
        }
    }

    /// The night: nobody does anything until an instrument opens, as when machines are suspended.
    func leap(to day: TradingDay) {
        let bedtime = now
        if hasOrdersOut { mark(.c36) }
        now = morning(atOrAfter: max(now, day.instant(at: TimeOfDay(secondsSinceMidnight: 0))))
        bedtimes.append(bedtime)
        oracle.slept(until: now)
        say("everybody slept until now")
    }

    /// Whether there is anything more to learn.
    private var goesOn: Bool { oracle.breaches.isEmpty && plan.until.map { outcome.events < $0 } ?? true }

    func handle(while goes: () -> Bool) async {
        while goes(), goesOn, let (at, action) = schedule.take() {
            now = max(now, at)
            outcome.events += 1
            // Others want their turn as well: a run holds its thread for seconds.
            if outcome.events % 4_096 == 0 { await Task.yield() }
            enter(action)
            await perform(action)
        }
    }

    /// Plays the whole run of a plan and keeps what it drew.
    static func record(_ plan: Plan) async -> (outcome: Outcome, tape: Tape) {
        var whole = plan
        whole.reduction = nil
        let tape = Tape()
        return (await Simulation(whole, use: TapeUse(tape, isRecording: true)).run(), tape)
    }

    private func perform(_ action: Action) async {
        switch action {
        case .arrive(let message): arrive(message)
        case .giveUp(let message): giveUp(message)
        case .process(let index, let life, let generation, let work): hand(work, to: index, life: life, generation: generation)
        case .database(let call): await reach(call)
        case .lease(let index, let life, let askedAt): reachLeases(index, life, askedAt)
        case .broker(let call): reach(call)
        case .report(let order): push(order)
        case .stranger(let report): push(report)
        case .start(let index): start(index)
        case .resume(let index): resume(index)
        case .person(let command): ask(command)
        case .act(let act): perform(act)
        case .databaseUp:
            isDatabaseDown = false
            oracle.isReadableSince = now
        case .brokerUp: isBrokerDown = false
        case .chooseFault: chooseFault()
        case .end(let index, let life): dieInLoop(index, life)
        }
    }

    // MARK: - What every part uses

    func add(_ action: Action, after span: Span) { schedule.add(action, at: now + max(.zero, span)) }

    /// Whether a fault happens now; counts it.
    func happens(_ fault: Fault) -> Bool {
        guard isSafe else { return false }
        let rate = mix.rate(fault)
        guard rate > 0 else { return false }
        guard isDrawn(fault, rate), isOnTape(fault) else { return false }
        note(fault)
        return true
    }

    private func isDrawn(_ fault: Fault, _ rate: Int) -> Bool {
        switch fault.group {
        case .first: chance.happens(rate)
        case .later: later.happens(rate)
        case .days: days.happens(rate)
        case .machines: machines.happens(rate)
        case .worlds, .market, .operators, .crashes, .caps: trials.happens(rate)
        }
    }

    func note(_ fault: Fault) {
        outcome.faults[fault, default: 0] += 1
        outcome.marks.insert("fault \(fault.rawValue)")
        say("fault: \(fault.rawValue)")
    }

    func say(_ text: @autoclosure () -> String) { onLine?(now, text()) }

    /// Brings the trace up to something that happened.
    func trace(_ kind: UInt8, _ text: String, _ number: Int = 0) {
        var hash = FNV1a(outcome.trace ^ UInt64(kind) ^ UInt64(bitPattern: now.microseconds) &* 0x9E37_79B9_7F4A_7C15)
        hash.combine(text)
        hash.combine(UInt64(truncatingIfNeeded: number))
        outcome.trace = hash.value
    }

    /// Whether nothing is left to do.
    var isAtRest: Bool {
        disown()
        return unanswered.isEmpty && Oracle.atRest(store, broker, at: now, bedtimes: bedtimes, seen: oracle.looks.seen).isEmpty
    }

    /// Faults end: everything that is down comes back, or at least somebody does.
    private func calm() {
        enterCalm()
        isDatabaseDown = false
        isBrokerDown = false
        fullUntil = nil
        sessionEndedUntil = nil
        flaps = 0
        crashLoopUntil = nil
        broker.distance = [:]
        broker.funds = nil
        broker.bookMood = .honest
        broker.positionsMood = .honest
        broker.quotes = true
        broker.usual = .fill
        let survivor = chance.below(processes.count)
        for index in processes.indices {
            processes[index].machineSkew = .zero
            // Clocks are right again for whoever starts with them.
            if processes[index].skew != .zero || processes[index].drift != 0 { kill(index) }
            processes[index].databaseCutUntil = nil
            processes[index].brokerCutUntil = nil
            if processes[index].pausedUntil != nil { resume(index) }
            if !processes[index].isUp, index == survivor || chance.happens(500) { start(index) }
        }
        if !processes.contains(where: \.isUp) { start(survivor) }
        add(.person(.resume(reason: "the faults are over")), after: .seconds(5))
    }

    private func finish(from start: Instant) {
        disown()
        if oracle.breaches.isEmpty, plan.until == nil {
            for breach in Oracle.atRest(store, broker, at: now, bedtimes: bedtimes, seen: oracle.looks.seen) {
                oracle.breach("rest", breach)
            }
            judgeAtRest()
        }
        outcome.breaches = oracle.breaches
        tellEnd()
        outcome.marks.formUnion(oracle.marks)
        outcome.span = now - start
        for signal in store.all(SignalRecord.self) {
            outcome.verdicts[signal.status.rawValue + (signal.reason.map { ": \($0)" } ?? ""), default: 0] += 1
        }
    }
}
