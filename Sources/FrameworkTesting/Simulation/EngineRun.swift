public import MunimKit
import Synchronization

/// The real engine on one thread between a model store and a model broker, on virtual time: one seed is one order of all its jobs.
///
/// Its process can be killed between any two jobs; another one starts a second later on what the models have kept. Senders send again what was not
/// answered. The oracle looks at every commit and every order.
public final class EngineRun {
    /// What a run is made of.
    public struct Plan: Sendable {
        /// All choices follow from it; nil runs jobs in order, without any latency, so that one event follows from the other.
        public var seed: UInt64?
        /// The jobs after which the process is killed, counted over the run.
        public var deaths: [Int] = []
        /// When the process is asked to end, counted from the start of the run; another one starts eight seconds later.
        public var stops: [Span] = []
        /// Outcomes of the first orders; the others are filled.
        public var outcomes: [ModelBroker.Outcome] = []
        /// How many in a thousand commits are lost, how many not answered, and how many reads fail.
        public var troubles = 0
        /// The longest time in milliseconds that a call or its answer takes.
        public var longest = 120

        /// A plan.
        public init(seed: UInt64?) { self.seed = seed }
    }

    private enum Step {
        case start
        case stop
        case startAfterStop
        case send(Int, Signal, attempt: Int)
        case ask(OperatorCommand)
    }

    private struct Process {
        let executor: SeededExecutor
        let engine: Engine
        let inbox: Inbox
    }

    /// What tasks tell the run.
    private final class Notes: Sendable {
        let answered = Mutex<Set<Int>>([])
        let faults = Mutex<[String]>([])
        /// Whether the process that runs has given up at its start, as a host does that cannot read its records.
        let hasGivenUp = Mutex(false)
        let oracle: Mutex<Oracle>

        init(policy: Policy) { oracle = Mutex(Oracle(policy: policy)) }
    }

    private let script: EngineScript
    private let plan: Plan
    private let sink: (any TraceSink)?
    private let clock: VirtualClock
    private let database: ModelDatabase
    private let broker: ModelBrokerPlugin
    private let notes: Notes
    private var agenda = Schedule<Step>()
    private var process: Process?
    private var lives = 0
    private var jobs = 0
    private var deaths: [Int]
    private var hash = FNV1a()

    /// A run that has not begun; `sink` sees the events of all processes.
    public init(_ script: EngineScript, _ plan: Plan, sink: (any TraceSink)? = nil) {
        self.script = script
        self.plan = plan
        self.sink = sink
        deaths = plan.deaths.sorted()
        let clock = VirtualClock(script.start)
        let notes = Notes(policy: script.policy)
        let line = plan.seed.map { ModelLine(clock: clock, seed: $0 &+ 1, longest: plan.longest) }
        let database = ModelDatabase(clock: clock, line: line, troubles: (plan.seed ?? 0, plan.troubles)) { transaction, store, at in
            notes.oracle.withLock { $0.committed(transaction, by: "engine", store, at: at) }
        }
        var watch = ModelBrokerPlugin.Watch()
        watch.sends = { request, at in
            notes.oracle.withLock { $0.sends(request, by: "engine", database.store, at: at, sinceGate: .zero) }
        }
        watch.reaches = { request, model, at in notes.oracle.withLock { $0.reaches(request, model, database.store, at: at) } }
        var model = ModelBroker()
        model.funds = EngineScript.funds
        model.script = plan.outcomes
        broker = ModelBrokerPlugin(model, clock: clock, line: line, pushes: plan.seed != nil, watch: watch)
        self.clock = clock
        self.notes = notes
        self.database = database
    }

    /// What is left in the books.
    public var books: EngineBooks { EngineBooks(database.store, broker.model, at: clock.now()) }
    /// Broken promises, and what else must not be.
    public private(set) var breaches: [String] = []
    /// A hash over the order of all jobs and over time.
    public var jobHash: UInt64 { hash.value }
    /// How many jobs ran.
    public var jobCount: Int { jobs }
    /// How many processes there were.
    public var processCount: Int { lives }
    /// Tags of all orders that came to the broker, in order.
    public var sentTags: [Tag] { broker.model.requests.map(\.tag) }
    /// Signals of the script to which no process answered.
    public var unanswered: Int {
        let signals = script.acts.indices.filter { if case .signal = script.acts[$0].act { true } else { false } }
        return notes.answered.withLock { answered in signals.count { !answered.contains($0) } }
    }

    /// Carries the script out in the thread of the caller, until everything is at rest and the last process has ended.
    public func run() {
        start()
        for (number, (at, act)) in script.acts.enumerated() {
            switch act {
            case .signal(let signal): agenda.add(.send(number, signal, attempt: 1), at: at)
            case .command(let command): agenda.add(.ask(command), at: at)
            }
        }
        for span in plan.stops { agenda.add(.stop, at: script.start + span) }
        let end = (script.acts.last?.at ?? script.start) + .minutes(1)
        run(until: end)
        while clock.now() < end + .minutes(30), !isAtRest { run(until: clock.now() + .seconds(20)) }
        let rest = Oracle.atRest(database.store, broker.model, at: clock.now())
        close(rest: rest)
    }

    private var isAtRest: Bool { Oracle.atRest(database.store, broker.model, at: clock.now()).isEmpty }

    private func close(rest: [String]) {
        deaths = []
        guard let process else { return }
        spawn { await process.engine.stop(grace: .seconds(5)) }
        run(until: clock.now() + .seconds(10))
        expectEnd(of: process.engine)
        breaches = notes.oracle.withLock(\.breaches) + notes.faults.withLock { $0 } + rest
    }

    private func expectEnd(of engine: Engine) {
        if !engine.condition.hasEnded { notes.faults.withLock { $0.append("the engine did not end within its grace") } }
    }

    // MARK: - Jobs and time

    private func run(until end: Instant) {
        while true {
            while runJob() {}
            if clock.leap(until: min(end, agenda.next ?? end)) {
                hash.combine(UInt64(bitPattern: clock.now().microseconds))
                continue
            }
            guard let next = agenda.next, next <= end, let (_, step) = agenda.take() else { return }
            perform(step)
        }
    }

    private func runJob() -> Bool {
        guard let executor = process?.executor, executor.runNext() else { return false }
        jobs += 1
        hash.combine(executor.hash)
        if let death = deaths.first, death <= jobs {
            deaths.removeFirst()
            die()
        } else if notes.hasGivenUp.withLock({ $0 }) {
            die()
        }
        return true
    }

    private func perform(_ step: Step) {
        switch step {
        case .start: start()
        case .stop:
            guard let engine = process?.engine else { return }
            spawn { await engine.stop(grace: .seconds(5)) }
            agenda.add(.startAfterStop, at: clock.now() + .seconds(8))
        case .startAfterStop:
            // Whoever was killed meanwhile comes back by itself.
            guard let process, process.engine.condition.isStopping else { return }
            expectEnd(of: process.engine)
            process.executor.kill()
            start()
        case .ask(let command):
            guard let engine = process?.engine else { return }
            spawn { _ = try? await engine.command(command, by: "tester", waiting: .seconds(3)) }
        case .send(let number, let signal, let attempt):
            guard attempt <= 20, notes.answered.withLock({ !$0.contains(number) }) else { return }
            send(number, signal)
            agenda.add(.send(number, signal, attempt: attempt + 1), at: clock.now() + .seconds(5))
        }
    }

    private func send(_ number: Int, _ signal: Signal) {
        guard let inbox = process?.inbox else { return }
        let record = SignalRecord(of: signal, at: clock.now())
        let notes = notes
        spawn {
            if case .unavailable = await inbox.submit(record, waiting: .seconds(3)) { return }
            notes.answered.withLock { _ = $0.insert(number) }
        }
    }

    // MARK: - Processes

    private func start() {
        lives += 1
        notes.hasGivenUp.withLock { $0 = false }
        let random = SeededEntropy(seed: UInt64(lives))
        let engine = Engine(
            Engine.Parts(
                policy: script.policy, tradedInstruments: script.tradedInstruments, store: database, broker: broker, alerts: [],
                incarnation: Incarnation("P\(lives)"), clock: clock, random: random, trace: sink))
        process = Process(
            executor: SeededExecutor(seed: plan.seed.map { $0 &+ UInt64(lives) &* 1_000_003 }), engine: engine,
            inbox: Inbox(store: database, engine: engine, clock: clock))
        let notes = notes
        spawn {
            do { try await engine.run() } catch { notes.hasGivenUp.withLock { $0 = true } }
        }
    }

    private func die() {
        process?.executor.kill()
        process = nil
        agenda.add(.start, at: clock.now() + .seconds(1))
    }

    private func spawn(_ work: @escaping @Sendable () async -> Void) {
        guard let executor = process?.executor else { return }
        Task(executorPreference: executor) { await work() }
    }
}

/// Entropy from a seed, in the order in which it is asked for.
final class SeededEntropy: RandomSource {
    private let random: Mutex<SplitMix64>

    init(seed: UInt64) { random = Mutex(SplitMix64(state: seed)) }

    func entropy() -> Entropy { random.withLock { Entropy(high: $0.next(), low: $0.next()) } }
}

/// Keeps every event and its effects.
public final class TraceList: TraceSink {
    private let kept = Mutex<[TraceLine]>([])

    /// An empty list.
    public init() {}

    public func record(_ stimulus: Stimulus, _ effects: [Effect]) {
        kept.withLock { $0.append(TraceLine(stimulus: stimulus, effects: effects)) }
    }

    /// All lines, in order.
    public var lines: [TraceLine] { kept.withLock { $0 } }
}
