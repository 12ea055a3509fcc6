import MunimKit

/// Lots that changed hands, at the price of the whole structure.
struct Execution: Equatable, Sendable {
    /// Whether lots were opened or closed.
    let action: LegAction
    let at: Instant
    let instrument: InstrumentName
    /// The position that gained or lost the lots.
    let position: PositionID
    let layer: Layer
    let lots: Int64
    let price: Price
    let pointValue: PointValue
    /// Why they were closed; empty for openings.
    let reason: String
}

/// Lots that one execution opened and another closed.
struct ReplayTrade: Equatable, Sendable {
    /// From 1, in the order in which trades ended; open ones last.
    var number = 0
    let instrument: InstrumentName
    /// The layer that the opening execution opened.
    let layer: Layer
    let entryAt: Instant
    let entryPrice: Price
    var exitAt: Instant
    let exitPrice: Price
    let reason: String
    var lots: Int64
    let pointValue: PointValue
    /// Charges per side.
    let rate: Ratio
    /// Whether the lots are still open and valued at the last price.
    let isOpen: Bool

    /// The gain before charges.
    var gross: ExactAmount { ExactAmount(from: entryPrice, to: exitPrice, lots: lots, pointValue: pointValue) }
    /// The charges of both sides.
    var charges: ExactAmount {
        ExactAmount(chargesAt: entryPrice, lots: lots, pointValue: pointValue, rate: rate)
            + ExactAmount(chargesAt: exitPrice, lots: lots, pointValue: pointValue, rate: rate)
    }
    /// The gain after charges, exactly: `(exit − entry) × lots × point value − rate × (entry + exit) × lots × point value`.
    var net: ExactAmount { gross - charges }
}
