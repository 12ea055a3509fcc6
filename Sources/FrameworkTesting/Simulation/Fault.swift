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
    // What a run is about: see ``worlds``.
    case expiryNears, expiryPasses, contractShared, secondsTie, processAlone, slicesUneven, chargesTaken, fundsScarce, pricesAbsurd
    // How large one decision may be: see ``caps``.
    case decisionsCapped
    // What the market and the broker's side of it do: see ``market``.
    case fillsApart, pricesApart, legRests, lateRests, tagDoubled, tradeCorrected, bookSilent
    // A second operator: see ``operators``.
    case squaredOff, tradedBeside, rowsRestored
    // Deaths that come together: see ``crashes``.
    case crashLoop, signalPoisons, rollKilled

    /// Faults that were added together, and are drawn from a sequence of their own, so that a run without them stays what it was.
    public enum Group: String, CaseIterable, Sendable {
        case first, later, days, machines, worlds, market, operators, crashes, caps

        /// Its faults, in the order in which a run draws them.
        public var faults: [Fault] { Fault.allCases.filter { $0.group == self } }
    }

    /// The group that it was added with.
    public var group: Group {
        switch self {
        case .orderHidden, .fillVerySlow, .databaseFlaps, .allKilled: .later
        case .nightFalls, .contractEnds, .moneyMoved, .personIntervenes: .days
        case .databaseFull, .databaseCut, .replicaRead, .brokerCut, .sessionEnded, .processStopped, .startRefused, .clockDrifts: .machines
        case .expiryNears, .expiryPasses, .contractShared, .secondsTie, .processAlone, .slicesUneven, .chargesTaken, .fundsScarce,
            .pricesAbsurd:
            .worlds
        case .fillsApart, .pricesApart, .legRests, .lateRests, .tagDoubled, .tradeCorrected, .bookSilent: .market
        case .squaredOff, .tradedBeside, .rowsRestored: .operators
        case .crashLoop, .signalPoisons, .rollKilled: .crashes
        case .decisionsCapped: .caps
        default: .first
        }
    }

    /// What the oldest kept seeds were found with.
    public static let first = Group.first.faults

    /// What lasts longer than the protocol's windows: drawn by every other run.
    public static let later = Group.later.faults

    /// What happens between days, and what people do: drawn by every third run.
    public static let days = Group.days.faults

    /// What happens to machines and to single lines, and what people do to processes: drawn by every third run.
    public static let machines = Group.machines.faults

    /// What a run is about from its beginning to its end: drawn by every other run.
    public static let worlds = Group.worlds.faults

    /// Prices, parts and rests of orders, and what the broker's book shows of them: drawn by every third run.
    public static let market = Group.market.faults

    /// What somebody does at the broker or with the database past the host: drawn by every third run.
    public static let operators = Group.operators.faults

    /// Processes that die again and again, at the worst moments, or of what they read: drawn by every third run.
    public static let crashes = Group.crashes.faults

    /// Limits of single decisions that bind: drawn by every third run.
    public static let caps = Group.caps.faults

    /// In how many of a thousand runs that have its group a fault is one of them; worlds are many, and few go together.
    var share: Int {
        switch self {
        case .expiryNears, .processAlone: 400
        case _ where group == .worlds: 200
        case .decisionsCapped: 1_000
        default: 500
        }
    }

    /// How many times in a thousand chances a fault of a later group may happen.
    var rates: [Int] {
        switch self {
        case .allKilled: [2, 5, 10, 20]
        case .databaseFlaps, .personIntervenes, .moneyMoved: [20, 50, 100, 200]
        case .nightFalls: [10, 30]
        case .databaseFull, .databaseCut, .brokerCut, .sessionEnded, .processStopped: [5, 10, 20, 50]
        case .squaredOff: [10, 30, 60]
        case .tradedBeside, .crashLoop: [5, 20]
        case .rowsRestored: [10, 20]
        case .tagDoubled: [2, 5]
        case .rollKilled: [200, 400]
        case .signalPoisons, .legRests, .lateRests: [10, 30, 60]
        case _ where group == .worlds || group == .caps: [1_000]
        case .contractEnds, .bookSilent: [1_000]
        default: [50, 100, 200, 300]
        }
    }
}
