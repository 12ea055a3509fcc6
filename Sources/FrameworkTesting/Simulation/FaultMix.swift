import MunimKit

/// Which faults a run has, and how often each happens.
public struct FaultMix: Sendable {
    /// A mix has few faults and is asked very often.
    private var rates: [(fault: Fault, perMille: Int)] = []
    /// Whether nobody trades past the host.
    private var isQuiet = false

    /// Nothing goes wrong.
    public static let none = FaultMix()

    /// Draws a mix of the allowed faults: all, some or one of them, each rare or frequent; now and then none.
    static func drawn(from allowed: [Fault], _ chance: inout Chance, later: inout Chance) -> FaultMix {
        var mix = FaultMix()
        let first = allowed.filter { $0.group == .first }
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
        for fault in allowed where fault.group == .later && later.happens(500) { mix.set(fault, later.pick(fault.rates)) }
        return mix
    }

    /// Adds what happens between days and what people do.
    mutating func addDays(from allowed: [Fault], _ chance: inout Chance) {
        add(.days, from: allowed, &chance)
        // A contract ends only when days pass.
        if rate(.contractEnds) > 0 { set(.nightFalls, max(30, rate(.nightFalls))) }
    }

    /// Adds what happens to machines and lines.
    mutating func addMachines(from allowed: [Fault], _ chance: inout Chance) { add(.machines, from: allowed, &chance) }

    /// Adds what the run is about.
    mutating func addWorlds(from allowed: [Fault], _ chance: inout Chance) {
        add(.worlds, from: allowed, runs: 500, &chance)
        // Contracts end only when days pass.
        if has(.expiryNears) || has(.expiryPasses) { set(.nightFalls, max(chance.pick([60, 100]), rate(.nightFalls))) }
        // A frozen scope rolls nothing.
        isQuiet = has(.expiryNears) && chance.happens(700)
        if isQuiet { rates.removeAll { $0.fault == .tradedElsewhere } }
    }

    /// Adds limits of single decisions that bind.
    mutating func addCaps(from allowed: [Fault], _ chance: inout Chance) { add(.caps, from: allowed, &chance) }

    /// Adds what markets, second operators and deaths that come together do.
    mutating func addTrials(from allowed: [Fault], _ chance: inout Chance) {
        for group in [Fault.Group.market, .operators, .crashes] { add(group, from: allowed, &chance) }
        // Only where one process is alone are deaths proven, without which a signal that kills would kill for ever; there its database is a file
        // of the same machine.
        let impossible: [Fault] = has(.processAlone) ? [.databaseCut, .replicaRead] : [.signalPoisons]
        if has(.processAlone), allowed.contains(.signalPoisons), chance.happens(500) {
            set(.signalPoisons, chance.pick(Fault.signalPoisons.rates))
        }
        rates.removeAll { impossible.contains($0.fault) || (isQuiet && $0.fault.group == .operators) }
    }

    /// Draws faults of a group, in so many of a thousand runs and wherever nothing else is allowed.
    private mutating func add(
        _ group: Fault.Group, from allowed: [Fault], runs: Int = 333, _ chance: inout Chance
    ) {
        let isAlone = allowed.allSatisfy { $0.group == group }
        guard isAlone || chance.happens(runs) else { return }
        for fault in allowed where fault.group == group && chance.happens(isAlone ? 500 : fault.share) {
            set(fault, chance.pick(fault.rates))
        }
    }

    /// How many times in a thousand chances a fault happens.
    func rate(_ fault: Fault) -> Int {
        for rate in rates where rate.fault == fault { return rate.perMille }
        return 0
    }

    /// Whether the run is about something of ``Fault/worlds``.
    func has(_ fault: Fault) -> Bool { rate(fault) > 0 }

    private mutating func set(_ fault: Fault, _ perMille: Int) {
        rates.removeAll { $0.fault == fault }
        rates.append((fault, perMille))
    }

    /// The faults that can happen, in order.
    var present: [Fault] { Fault.allCases.filter { rate($0) > 0 } }
}
