import MunimKit

/// What a run drew, by what it was drawn for, so that a smaller run draws the same for everything that both have.
///
/// A run draws everything from one sequence. Without a tape the first thing that is left out would shift all choices behind it, and the smaller run
/// would be another one.
final class Tape {
    /// What is drawn for.
    enum Moment: Hashable {
        case signal(Int)
        /// Something that happens at its time; the kind and a count tell what happens at the same time apart.
        case event(Instant, kind: Int, count: Int)
        case order(IntentID, positionPlan: Int, leg: Int, attempt: Int, slice: Int)
        /// A commit by what it writes; the same may be tried again.
        case commit(UInt64, count: Int)
        case calm

        /// Begins the choices of a moment that the tape does not have.
        func hash(_ seed: UInt64) -> UInt64 {
            var hash = FNV1a(seed)
            switch self {
            case .signal(let number): hash.combine(UInt64(number))
            case .event(let at, let kind, let count):
                for number in [UInt64(bitPattern: at.microseconds), UInt64(kind), UInt64(count)] { hash.combine(number) }
            case .order(let intent, let positionPlan, let leg, let attempt, let slice):
                hash.combine(intent.text)
                for number in [positionPlan, leg, attempt, slice] { hash.combine(UInt64(number)) }
            case .commit(let writes, let count): for number in [writes, UInt64(count)] { hash.combine(number) }
            case .calm: break
            }
            return hash.value
        }
    }

    /// One fault that happened.
    struct Occurrence {
        let fault: Fault
        let at: Instant
    }

    /// Where the sequences of a run are.
    struct Draws {
        let chance: Chance
        let later: Chance
        let days: Chance
        let machines: Chance
        let trials: Chance
    }

    private struct Place: Hashable {
        let moment: Moment
        let fault: Fault
        let count: Int
    }

    private var draws: [Moment: Draws] = [:]
    private var numbers: [Place: Int] = [:]
    /// The faults that happened; each is called by its place, counted from 1.
    private(set) var occurrences: [Occurrence] = []
    /// When troubles of machines and people were drawn.
    private var troubleTimes: [Instant] = []

    /// The signals of the whole run.
    var signals: [Signal] = []

    func note(_ moment: Moment, _ draws: Draws) { self.draws[moment] = draws }

    func draws(for moment: Moment) -> Draws? { draws[moment] }

    func note(_ fault: Fault, _ count: Int, in moment: Moment, at: Instant) {
        occurrences.append(Occurrence(fault: fault, at: at))
        numbers[Place(moment: moment, fault: fault, count: count)] = occurrences.count
    }

    /// The number of a fault that happened at the same place; nil for one that did not.
    func number(_ fault: Fault, _ count: Int, in moment: Moment) -> Int? { numbers[Place(moment: moment, fault: fault, count: count)] }

    /// When the faults ended.
    var calmAt: Instant?

    func noteTroubles(at: Instant) { troubleTimes.append(at) }

    func nextTroubles(after: Instant) -> Instant? { troubleTimes.first { $0 > after } }
}

/// How a run uses a tape.
struct TapeUse {
    let tape: Tape
    let isRecording: Bool
    /// What is drawn for now, and how often each fault was asked for in it.
    fileprivate var moment = Tape.Moment.calm
    fileprivate var asked: [Fault: Int] = [:]
    fileprivate var now: Instant?
    fileprivate var countsOfNow: [Int: Int] = [:]
    fileprivate var countsOfCommits: [UInt64: Int] = [:]
    /// Numbers of the faults that happened.
    fileprivate(set) var happened: Set<Int> = []

    init(_ tape: Tape, isRecording: Bool) {
        self.tape = tape
        self.isRecording = isRecording
    }
}

extension Simulation {
    /// Begins the choices for something.
    private func enter(_ moment: Tape.Moment) {
        guard let tape = use?.tape else { return }
        use?.moment = moment
        use?.asked = [:]
        if use?.isRecording == true {
            tape.note(moment, Tape.Draws(chance: chance, later: later, days: days, machines: machines, trials: trials))
        } else if let draws = tape.draws(for: moment) {
            (chance, later, days, machines, trials) = (draws.chance, draws.later, draws.days, draws.machines, draws.trials)
        } else {
            chance = Chance(seed: moment.hash(plan.seed))
            later = Chance(seed: moment.hash(~plan.seed))
            days = chance.fork()
            machines = days.fork()
            trials = machines.fork()
        }
    }

    func enter(signal number: Int) {
        if use != nil { enter(.signal(number)) }
    }

    func enterCalm() {
        if use?.isRecording == true { use?.tape.calmAt = now }
        if use != nil { enter(.calm) }
    }

    /// Whether a part of a run comes to times at which faults happened in the whole.
    var hasFaultsAhead: Bool {
        guard let use, !use.isRecording, let end = use.tape.calmAt else { return false }
        return now < end
    }

    func enter(_ action: Action) {
        guard use != nil else { return }
        if use?.now != now {
            use?.now = now
            use?.countsOfNow = [:]
        }
        let kind = action.kind
        let count = use?.countsOfNow[kind] ?? 0
        use?.countsOfNow[kind] = count + 1
        enter(.event(now, kind: kind, count: count))
    }

    func enter(_ request: OrderRequest) {
        guard use != nil, let row = store.row(OrderRecord.self, request.tag) else { return }
        enter(.order(row.intent, positionPlan: row.positionPlan, leg: row.leg, attempt: row.attempt, slice: row.slice))
    }

    func enter(_ transaction: Transaction) {
        guard use != nil, let writes = transaction.meaning else { return }
        let count = use?.countsOfCommits[writes] ?? 0
        use?.countsOfCommits[writes] = count + 1
        enter(.commit(writes, count: count))
    }

    /// Whether a fault that was drawn belongs to the run. Nights always do: without one a run would go through all of it.
    func isOnTape(_ fault: Fault) -> Bool {
        guard let use, fault != .nightFalls else { return true }
        let count = use.asked[fault] ?? 0
        self.use?.asked[fault] = count + 1
        guard !use.isRecording else {
            use.tape.note(fault, count, in: use.moment, at: now)
            return true
        }
        guard let number = use.tape.number(fault, count, in: use.moment), plan.reduction?.faults?.contains(number) ?? true else {
            return false
        }
        self.use?.happened.insert(number)
        return true
    }

    /// When the next troubles of machines and people are drawn.
    func planTroubles(after span: Span) {
        guard let use, !use.isRecording else { return add(.chooseFault, after: span) }
        if let next = use.tape.nextTroubles(after: now) { schedule.add(.chooseFault, at: next) }
    }
}

extension Simulation.Action {
    /// Tells actions of one time apart.
    fileprivate var kind: Int {
        switch self {
        case .arrive: 0
        case .giveUp: 1
        case .database(let call): 16 + call.process
        case .lease(let process, _, _): 32 + process
        case .broker(let call): 48 + call.process
        case .report: 2
        case .start(let process): 64 + process
        case .resume(let process): 80 + process
        case .person: 3
        case .act: 4
        case .stranger: 8
        case .databaseUp: 5
        case .brokerUp: 6
        case .chooseFault: 7
        case .process(let process, _, _, _): 96 + process
        case .end(let process, _): 112 + process
        }
    }
}

extension Transaction {
    /// What a decision writes, without its tags; nil when it is no decision.
    fileprivate var meaning: UInt64? {
        var hash = FNV1a()
        var isDecision = false
        for write in writes {
            switch write.record {
            case let audit as AuditRecord where audit.entity != "order":
                for text in [audit.entity, audit.entityID, audit.to] { hash.combine(text) }
            case let order as OrderRecord:
                for text in [order.intent.text, order.state.rawValue] { hash.combine(text) }
                for number in [order.positionPlan, order.leg, order.attempt, order.slice] { hash.combine(UInt64(number)) }
            default: continue
            }
            isDecision = true
        }
        return isDecision ? hash.value : nil
    }
}
