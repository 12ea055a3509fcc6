/// Every number that the core decides with and that is not a plugin's; each is configuration with this default.
public struct Policy: Hashable, Codable, Sendable {
    /// Whether money is real.
    public var mode: TradingMode = .paper
    /// An entry or pyramid older than this is never traded.
    public var entryWindow: Span = .seconds(90)
    /// An entry or pyramid further in the future than this is never traded.
    public var futureTolerance: Span = .seconds(5)
    /// An exit older than this is traded with an alert.
    public var lateExit: Span = .minutes(15)
    /// A second entry for the same layer within this time of the first is the same alert sent twice.
    public var duplicateWindow: Span = .seconds(60)
    /// How old the twin of an entry that may still be traded can be.
    public var entryMemory: Span { entryWindow + duplicateWindow }
    /// Processes that may die deciding a signal before a person must look.
    public var attemptLimit = 3
    /// Whether trading hours are enforced; only paper may ignore them.
    public var sessions: SessionPolicy = .enforced

    /// Which equity sizes are computed from.
    public var equity: EquityPolicy = .closed
    /// Share of the equity that margin may use.
    public var marginShare = Ratio(units: 600_000)
    /// Which stop sizes are computed from.
    public var sizingStop: SizingStop = .wider
    /// Limits that hold for the whole account.
    public var limits = PortfolioLimits()
    /// How far the market may have moved from the signal.
    public var divergence = DivergenceLimits()
    /// Charges per side as a share of the traded value.
    public var chargeRate = Ratio.zero
    /// Deposited when the account is opened; zero leaves it to the operator.
    public var initialCapital = Money.zero

    /// After these times an order of unknown outcome is looked for.
    public var resolution: [Span] = [
        .milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8), .seconds(15), .seconds(30), .seconds(60),
    ]
    /// How often it is looked for after the last of these times.
    public var resolutionInterval: Span = .seconds(30)
    /// How often working orders are asked for, besides the broker's own reports.
    public var pollInterval: Span = .seconds(2)
    /// How often books and positions are compared when nothing happens.
    public var reconcileInterval: Span = .seconds(30)
    /// Without a comparison for so long entries wait: what the account holds is not known any more.
    var longestSilence: Span { reconcileInterval + reconcileInterval + reconcileInterval }
    /// A structure that is not whole after this is alerted.
    public var repairAlert: Span = .seconds(2)
    /// A working order is asked to end after this when its structure is not whole, when it is filled in part, or when its entry window is over.
    public var restLimit: Span = .seconds(10)
    /// A structure must be whole or flat this long after its legs became unequal; people are told once more when it is not.
    public var repairLimit: Span = .seconds(10)
    /// An empty book counts as evidence only so long after an order was sent, as long as the book has shown nothing of the day.
    public var emptyBookHorizon: Span = .minutes(3)
    /// Waiting times before further attempts to reduce risk; the last repeats.
    public var retry: [Span] = [.seconds(1), .seconds(2), .seconds(5), .seconds(10), .seconds(30)]
    /// Attempts of one entry leg that provably did not reach the broker.
    public var entryAttempts = 5
    /// Orders per second that entries leave free for exits; of a minute and a day the same share.
    public var reservedRate = 2

    /// How often positions are held against their rollover rules.
    public var rolloverInterval: Span = .minutes(60)
    /// Entries avoid contracts that would roll within so many trading days.
    public var entryRolloverDays = 5
    /// Hours in which positions roll, on the exchange's clock; nil for the whole session.
    public var rolloverHours: Session?
    /// Whether explanations carry what would have changed the size.
    public var explainsCounterfactuals = true
    /// Whether every transition leaves a row in the audit trail; only runs that can be repeated do without.
    public var keepsTrail = true
    #if DEBUG || MUTANTS
        /// The bug that is switched on; nil for none.
        public var mutant: Mutant?
    #endif

    /// The defaults.
    public init() {}
}

/// Whether trading hours count.
public enum SessionPolicy: String, Codable, CaseIterable, Sendable {
    /// Entries outside are refused, exits wait.
    case enforced
    /// Everything trades at any hour; for trying things out on paper.
    case ignored
}

/// Which equity sizes are computed from.
public enum EquityPolicy: Hashable, Codable, Sendable {
    /// Initial capital, realised profit, deposits less withdrawals.
    case closed
    /// Closed plus unrealised profit.
    case open
    /// Closed plus this share of the unrealised profit.
    case blended(Ratio)
    /// The highest closed equity so far.
    case highWater
}

/// Which stop sizes are computed from.
public enum SizingStop: String, Codable, CaseIterable, Sendable {
    /// The lower of the signal's stop and the instrument's own.
    case wider
    /// The signal's.
    case signal
}

/// Limits of the account, as shares of the equity.
public struct PortfolioLimits: Hashable, Codable, Sendable {
    /// Whether they and the gates of pyramids are enforced; replays of another system's sizes switch them off.
    public var areEnforced = true
    /// Risk above which pyramids are refused.
    public var pyramidRisk = Ratio(units: 120_000)
    /// Risk above which base entries are refused.
    public var entryRisk = Ratio(units: 150_000)
    /// Volatility above which pyramids are refused.
    public var pyramidVolatility = Ratio(units: 40_000)
    /// Volatility above which base entries are refused.
    public var entryVolatility = Ratio(units: 50_000)
    /// Open positions of the account.
    public var positions = 50
    /// Lots of one decision.
    public var lots = Lots(1_000)
    /// Orders that one leg of a decision may take.
    public var slices = 50
    /// Largest value of one decision.
    public var orderValue = Money(whole: 1_000_000_000)

    /// The defaults.
    public init() {}
}

/// How far the market may have moved from the signal, and what happens then.
public struct DivergenceLimits: Hashable, Codable, Sendable {
    /// Whether they are enforced.
    public var areEnforced = true
    /// Largest distance for base entries.
    public var entry = Ratio(units: 20_000)
    /// Largest distance for pyramids.
    public var pyramid = Ratio(units: 10_000)
    /// How far a price may lie from the last one that was heard, as a share of the smaller of the two.
    public var jump = Ratio(whole: 2)
    /// Largest increase of the risk per lot for base entries.
    public var entryRiskIncrease = Ratio(units: 500_000)
    /// Largest increase of the risk per lot for pyramids.
    public var pyramidRiskIncrease = Ratio(units: 200_000)

    /// The defaults.
    public init() {}
}
