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
}

/// Which faults a run has, and how often each happens.
public struct FaultMix: Sendable {
    private var perMille: [Fault: Int] = [:]

    /// Nothing goes wrong.
    public static let none = FaultMix()

    /// Draws a mix of the allowed faults: all, some or one of them, each rare or frequent; now and then none.
    static func drawn(from allowed: [Fault], _ chance: inout Chance) -> FaultMix {
        var mix = FaultMix()
        guard !allowed.isEmpty else { return mix }
        switch chance.below(10) {
        case 0: return mix
        case 1: mix.perMille[chance.pick(allowed)] = 50 + chance.below(250)
        default:
            for fault in allowed where chance.happens(500) { mix.perMille[fault] = chance.pick([2, 5, 10, 20, 50, 100]) }
        }
        return mix
    }

    /// How many times in a thousand chances a fault happens.
    func rate(_ fault: Fault) -> Int { perMille[fault] ?? 0 }

    /// The faults that can happen, in order.
    var present: [Fault] { Fault.allCases.filter { rate($0) > 0 } }
}
