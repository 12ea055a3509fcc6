/// Why a signal has its verdict, or why we dropped an order or gave it up.
///
/// A code never changes its spelling: people search for it, and programs tell by it. Sentences are made from it, and nothing is read out of sentences.
public enum Reason: Hashable, Sendable {
    /// It is an entry and names no layer.
    case noLayer
    /// No instrument of that name is configured.
    case unknownInstrument
    /// Trading was stopped.
    case tradingStopped
    /// Its time lies in the future.
    case signalFromFuture
    /// Another signal asked for the same just before.
    case duplicate
    /// The instrument takes no entries until a person has looked.
    case scopeFrozen
    /// An order for its layer could still appear at the broker.
    case slotQuarantined
    /// Its layer is open already.
    case positionExists
    /// There is a base already.
    case basePositionExists
    /// There is no open base to pyramid on.
    case noBase
    /// The base is being closed.
    case baseIsClosing
    /// The ledger is empty.
    case noCapital
    /// The instrument does not trade at that time.
    case outsideSession
    /// No contract may be entered.
    case noContract
    /// The market gave no price for every leg.
    case noQuote
    /// Its numbers do not fit 64 bits.
    case numberTooLarge
    /// There is nothing open that it could close.
    case noPosition
    /// The base was opened without a risk to measure by.
    case invalidInitialRisk
    /// The base has not yet moved by its initial risk.
    case oneR
    /// The last layer is too near.
    case pyramidSpacing
    /// The instrument's positions are not in profit.
    case negativeProfit
    /// The base has all the pyramids that it may have.
    case maximumPyramids
    /// Its price is many times the last one, or a small part of it.
    case priceJump
    /// The market is too far from its price.
    case divergence
    /// The market's price would raise its risk too much.
    case riskIncrease
    /// The market is at its stop or below.
    case belowStop
    /// It is more lots than one decision may have.
    case decisionLots
    /// A leg of it takes more orders than one decision may have.
    case decisionOrders
    /// It is worth more than one decision may be.
    case orderValue
    /// The account's risk would be too high.
    case portfolioRisk
    /// The account's volatility would be too high.
    case portfolioVolatility
    /// The account's margin would be too high.
    case portfolioMargin
    /// The account holds as many positions as it may.
    case positionCount
    /// The account's order rate left no place for it.
    case orderRate
    /// It is too old.
    case signalExpired
    /// Its time was over before all of it could leave.
    case entryWindow
    /// An exit outranks it.
    case supersededByExit
    /// Every position that it names was opened after it.
    case exitOlderThanPosition
    /// The position was being rolled, and was closed and not opened again.
    case closedByInterruptedRoll
    /// Too many processes ended while they decided it.
    case endedProcesses
    /// The broker's book does not show it.
    case orderAbsent
    /// Nothing of it was filled.
    case orderFailed
    /// Its day ended before it was resolved.
    case dayEnded
    /// It did not leave, because the commit before its call was not answered.
    case callNotMade
    /// An earlier attempt filled after all.
    case overtakenByFill
    /// A late fill changed what is too many.
    case surplusChanged
    /// The position changed before the exit began.
    case positionChanged
    /// Its position is being closed.
    case positionClosing
    /// The leg before it filled less.
    case legFilledLess
    /// The account holds less than the records.
    case accountHoldsLess
    /// Its size is nothing, by what the sizing rule calls so.
    case limited(by: String)

    /// All but the words of sizing rules.
    public static let all: [Reason] = [
        .noLayer, .unknownInstrument, .tradingStopped, .signalFromFuture, .duplicate, .scopeFrozen, .slotQuarantined, .positionExists,
        .basePositionExists, .noBase, .baseIsClosing, .noCapital, .outsideSession, .noContract, .noQuote, .numberTooLarge,
        .noPosition, .invalidInitialRisk, .oneR, .pyramidSpacing, .negativeProfit, .maximumPyramids, .priceJump, .divergence,
        .riskIncrease, .belowStop, .decisionLots, .decisionOrders, .orderValue, .portfolioRisk, .portfolioVolatility,
        .portfolioMargin, .positionCount, .orderRate, .signalExpired, .entryWindow, .supersededByExit, .exitOlderThanPosition,
        .closedByInterruptedRoll, .endedProcesses, .orderAbsent, .orderFailed, .dayEnded, .callNotMade, .overtakenByFill,
        .surplusChanged, .positionChanged, .positionClosing, .legFilledLess, .accountHoldsLess,
    ]

    /// The status that it leads to, as the reason of a signal.
    public var status: SignalStatus {
        switch self {
        case .noLayer, .unknownInstrument, .tradingStopped, .signalFromFuture, .duplicate, .scopeFrozen, .slotQuarantined,
            .positionExists, .basePositionExists, .noBase, .baseIsClosing, .noCapital, .outsideSession, .noContract, .noQuote,
            .numberTooLarge, .noPosition, .invalidInitialRisk, .oneR, .pyramidSpacing, .negativeProfit, .maximumPyramids, .priceJump,
            .divergence, .riskIncrease, .belowStop, .decisionLots, .decisionOrders, .orderValue, .portfolioRisk, .portfolioVolatility,
            .portfolioMargin, .positionCount, .orderRate, .limited:
            .refused
        case .signalExpired, .entryWindow:
            .expired
        case .supersededByExit, .exitOlderThanPosition:
            .superseded
        case .closedByInterruptedRoll:
            .executed
        case .endedProcesses:
            .quarantined
        case .orderAbsent, .orderFailed, .dayEnded, .callNotMade, .overtakenByFill, .surplusChanged, .positionChanged,
            .positionClosing, .legFilledLess, .accountHoldsLess:
            .failed
        }
    }
}

extension Reason: RawRepresentable, Codable {
    private static let byCode = Dictionary(uniqueKeysWithValues: all.map { ($0.rawValue, $0) })

    /// The reason with a code; one that is none of ours is a sizing rule's word.
    public init(rawValue: String) { self = Self.byCode[rawValue] ?? .limited(by: rawValue) }

    /// The code, as it is stored and shown.
    public var rawValue: String {
        switch self {
        case .noLayer: "no_layer"
        case .unknownInstrument: "unknown_instrument"
        case .tradingStopped: "trading_stopped"
        case .signalFromFuture: "signal_from_future"
        case .duplicate: "duplicate"
        case .scopeFrozen: "scope_frozen"
        case .slotQuarantined: "slot_quarantined"
        case .positionExists: "position_exists"
        case .basePositionExists: "base_position_exists"
        case .noBase: "no_base_position_found"
        case .baseIsClosing: "base_is_closing"
        case .noCapital: "no_capital"
        case .outsideSession: "outside_session"
        case .noContract: "no_contract"
        case .noQuote: "no_quote"
        case .numberTooLarge: "number_too_large"
        case .noPosition: "no_position"
        case .invalidInitialRisk: "invalid_initial_risk"
        case .oneR: "1r_gate_not_passed"
        case .pyramidSpacing: "pyramid_spacing"
        case .negativeProfit: "negative_instrument_pnl"
        case .maximumPyramids: "maximum_pyramids"
        case .priceJump: "price_jump"
        case .divergence: "divergence_too_high"
        case .riskIncrease: "risk_increase_too_high"
        case .belowStop: "execution_price_below_stop"
        case .decisionLots: "decision_lots"
        case .decisionOrders: "decision_orders"
        case .orderValue: "order_value"
        case .portfolioRisk: "portfolio_risk_gate"
        case .portfolioVolatility: "portfolio_vol_gate"
        case .portfolioMargin: "portfolio_margin_gate"
        case .positionCount: "position_count"
        case .orderRate: "order_rate"
        case .signalExpired: "signal_expired"
        case .entryWindow: "entry_window"
        case .supersededByExit: "superseded_by_exit"
        case .exitOlderThanPosition: "exit_older_than_position"
        case .closedByInterruptedRoll: "closed_by_interrupted_roll"
        case .endedProcesses: "processes_ended_while_deciding"
        case .orderAbsent: "order_absent"
        case .orderFailed: "order_failed"
        case .dayEnded: "day_ended"
        case .callNotMade: "call_not_made"
        case .overtakenByFill: "overtaken_by_fill"
        case .surplusChanged: "surplus_changed"
        case .positionChanged: "position_changed"
        case .positionClosing: "position_closing"
        case .legFilledLess: "leg_filled_less"
        case .accountHoldsLess: "account_holds_less"
        case .limited(let word): word
        }
    }
}

extension Reason: ColumnValue {
    /// Text.
    public static var columnType: ColumnType { .text }
    /// Stored as its code.
    public var column: Value { .text(rawValue) }

    /// Reads a code; nil for any other value.
    public init?(_ column: Value) {
        guard case .text(let text) = column else { return nil }
        self.init(rawValue: text)
    }
}
