import MunimKit

/// What may go wrong in a simulated world.
public enum Fault: String, CaseIterable, Codable, Sendable {
    // The database.
    case commitLost, commitUnanswered, commitConflict, databaseSlow, databaseDown
    // The lease service.
    case leaseLost, leaseSlow, leaseFlushed, leaseGrantedTwice
    // The broker.
    case orderLost, orderUnanswered, orderLate, orderVeryLate, orderInvisible, orderRefused, orderRefusedLater, orderThrottled, fillSlow,
        fillPartial,
        orderEnded, reportRepeated, reportLost, bookFails, bookEmpty, positionsFail, quotesMissing, brokerDown
    // Processes and machines.
    case processKilled, processPaused, clockSkewed, clockJumps
    // The sender.
    case signalRepeated, signalReordered, signalContradicted, signalLate
    // People.
    case tradingStopped, tradedElsewhere
    // Longer than the protocol's windows: see ``later``.
    case orderHidden, fillVerySlow, databaseFlaps, allKilled
    // Days and people: see ``days``.
    case nightFalls, contractEnds, moneyMoved, personIntervenes
    // Machines and the lines between them: see ``machines``.
    case databaseFull, databaseCut, replicaRead, brokerCut, sessionEnded, processStopped, startRefused, clockDrifts

    /// What was added when seeds had been kept already: drawn from a sequence of its own, so that a run without it stays what it was.
    public static let later: [Fault] = [.orderHidden, .fillVerySlow, .databaseFlaps, .allKilled]

    /// What happens between days, and what people do: drawn from a third sequence, by every third run.
    public static let days: [Fault] = [.nightFalls, .contractEnds, .moneyMoved, .personIntervenes]

    /// What happens to machines and to single lines, and what people do to processes: drawn from a fourth sequence, by every third run.
    public static let machines: [Fault] = [
        .databaseFull, .databaseCut, .replicaRead, .brokerCut, .sessionEnded, .processStopped, .startRefused, .clockDrifts,
    ]

    /// What the oldest kept seeds were found with.
    public static let first = allCases.filter { !(later + days + machines).contains($0) }

    var isLater: Bool { Self.later.contains(self) }
    var isOfDays: Bool { Self.days.contains(self) }
    var isOfMachines: Bool { Self.machines.contains(self) }

    /// How many times in a thousand chances a later fault may happen.
    fileprivate var rates: [Int] {
        switch self {
        case .allKilled: [2, 5, 10, 20]
        case .databaseFlaps, .personIntervenes, .moneyMoved: [20, 50, 100, 200]
        case .nightFalls: [10, 30]
        case .contractEnds: [1_000]
        case .databaseFull, .databaseCut, .brokerCut, .sessionEnded, .processStopped: [5, 10, 20, 50]
        default: [50, 100, 200, 300]
        }
    }
}

/// Which faults a run has, and how often each happens.
public struct FaultMix: Sendable {
    /// A mix has few faults and is asked very often.
    private var rates: [(fault: Fault, perMille: Int)] = []

    /// Nothing goes wrong.
    public static let none = FaultMix()

    /// Draws a mix of the allowed faults: all, some or one of them, each rare or frequent; now and then none.
    static func drawn(from allowed: [Fault], _ chance: inout Chance, later: inout Chance) -> FaultMix {
        var mix = FaultMix()
        let first = allowed.filter { Fault.first.contains($0) }
        if !first.isEmpty {
            switch chance.below(10) {
            case 0: return mix
            case 1:
                mix.set(chance.pick(first), 50 + chance.below(250))
                return mix
            default: for fault in first where chance.happens(500) { mix.set(fault, chance.pick([2, 5, 10, 20, 50, 100])) }
            }
        }
        // Every other run does without them.
        guard first.isEmpty || later.happens(500) else { return mix }
        for fault in allowed where fault.isLater && later.happens(500) { mix.set(fault, later.pick(fault.rates)) }
        return mix
    }

    /// Adds what happens between days and what people do.
    mutating func addDays(from allowed: [Fault], _ chance: inout Chance) {
        add(Fault.days, from: allowed, &chance)
        // A contract ends only when days pass.
        if rate(.contractEnds) > 0 { set(.nightFalls, max(30, rate(.nightFalls))) }
    }

    /// Adds what happens to machines and lines.
    mutating func addMachines(from allowed: [Fault], _ chance: inout Chance) { add(Fault.machines, from: allowed, &chance) }

    /// Draws faults of a group, in every third run and wherever nothing else is allowed.
    private mutating func add(_ group: [Fault], from allowed: [Fault], _ chance: inout Chance) {
        guard allowed.allSatisfy(group.contains) || chance.happens(333) else { return }
        for fault in allowed where group.contains(fault) && chance.happens(500) { set(fault, chance.pick(fault.rates)) }
    }

    /// How many times in a thousand chances a fault happens.
    func rate(_ fault: Fault) -> Int {
        for rate in rates where rate.fault == fault { return rate.perMille }
        return 0
    }

    private mutating func set(_ fault: Fault, _ perMille: Int) {
        rates.removeAll { $0.fault == fault }
        rates.append((fault, perMille))
    }

    /// The faults that can happen, in order.
    var present: [Fault] { Fault.allCases.filter { rate($0) > 0 } }
}
