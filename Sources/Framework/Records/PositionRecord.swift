/// One layer of one instrument from its settling to its close; unique for ever.
public struct PositionRecord: Record {
    /// Its name, unique for ever: a slot that is used again gets a new one.
    public var id: PositionID
    /// The scope it belongs to.
    public var instrument: InstrumentName
    /// Its place in the instrument's stack; at most one live position holds it.
    public var layer: Layer
    /// Where it stands; live until it is closed.
    public var status: PositionStatus
    /// Whether paper or real money was traded when it was opened.
    public var mode: TradingMode
    /// The signal that opened it; nil where none did.
    public var signal: Fingerprint?
    /// Time of the signal that opened it: an exit closes it only when it is newer.
    public var entryTimestamp: Instant
    /// Price of the structure from its opening fills; moves only when the position rolls.
    public var entryPrice: Price
    /// The sender's price at signal time, to compare with the fills.
    public var signalPrice: Price
    /// Lots that are still open; a closed position keeps those of its last part.
    public var lots: Lots
    /// Units per leg, as the broker counts them.
    public var quantity: Quantity
    /// Units of one leg per lot, by the contract it holds.
    public var unitsPerLot: LotSize
    /// Money per point of price per lot, by the contract it holds.
    public var pointValue: PointValue
    /// Margin of one lot by the instrument's terms on the day it was opened.
    public var marginPerLot: Money
    /// The stop at settling; moves only with a roll, by the basis.
    public var initialStop: Price
    /// The stop that counts now; it never falls, except with a roll, by the basis.
    public var currentStop: Price
    /// The highest close of a bar since the entry, which carries the trailing stop; starts at the entry price.
    public var highestClose: Price
    /// One R in points, at settling; unchanged by rolls.
    public var initialRisk: Price
    /// Average true range of the decision to open it, in points.
    public var averageTrueRange: Price
    /// Name of the constraint that limited its size, as the sizing rule calls it.
    public var limiter: String
    /// The legs it holds now, with their contracts; replaced by a roll.
    public var structure: Stored<Structure>
    /// Last trading day of the structure it holds now.
    public var expiry: TradingDay
    /// The common strike of a synthetic; nil for a future.
    public var strike: Price?
    /// Σ signed price × units of the opening fills, in ten-thousandths: what the open structure cost.
    public var openedValue: Int64
    /// Profit booked by closes and rolls so far, before charges; negative for a loss.
    public var realizedProfit: Money
    /// Charges booked so far for opening, closing and rolling, as a positive amount.
    public var charges: Money
    /// Whether a roll is under way: `inProgress` while an intent rolls it.
    public var rolloverStatus: RolloverStatus
    /// Times it rolled, 0 for one still in its first contract.
    public var rolloverCount: Int
    /// The part of `realizedProfit` that rolls booked.
    public var rolloverProfit: Money
    /// When it rolled last, by the host's clock; nil when it never did.
    public var rolloverTimestamp: Instant?
    /// The entry price before the last roll; nil when it never rolled.
    public var originalEntryPrice: Price?
    /// Last trading day of the contract before the last roll; nil when it never rolled.
    public var originalExpiry: TradingDay?
    /// When units were closed last, by the host's clock; nil while none were.
    public var exitTimestamp: Instant?
    /// Price of the structure from its last closing fills; nil while no units were closed.
    public var exitPrice: Price?
    /// Stable code or words of what closed units last; nil while none were closed.
    public var exitReason: String?
    /// Whether it is layer 1, on which pyramids stand.
    public var isBase: Bool
    /// The intent that closes or rolls it now.
    public var intent: IntentID?
    /// When its opening was settled, by the host's clock.
    public var createdAt: Instant
    /// When stops, size or status changed last, by the host's clock.
    public var updatedAt: Instant
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The table `portfolio_positions`: among live rows an instrument's layer occurs once.
    public static let table = Table(
        "portfolio_positions",
        columns: [
            Column("position_id", .text), Column("instrument", .text), Column("position", .text), Column("status", .text),
            Column("mode", .text), Column("signal_fingerprint", .text, optional: true), Column("entry_timestamp", .instant),
            Column("entry_price", .decimal(scale: 4)), Column("signal_price", .decimal(scale: 4)), Column("lots", .integer),
            Column("quantity", .integer), Column("lot_size", .integer), Column("point_value", .decimal(scale: 4)),
            Column("margin_per_lot", .decimal(scale: 4)), Column("initial_stop", .decimal(scale: 4)),
            Column("current_stop", .decimal(scale: 4)), Column("highest_close", .decimal(scale: 4)),
            Column("initial_risk_points", .decimal(scale: 4)), Column("atr", .decimal(scale: 4)), Column("limiter", .text),
            Column("structure", .document), Column("expiry", .day), Column("strike", .decimal(scale: 4), optional: true),
            Column("opened_value", .decimal(scale: 4)), Column("realized_pnl", .decimal(scale: 4)), Column("charges", .decimal(scale: 4)),
            Column("rollover_status", .text),
            Column("rollover_count", .integer), Column("rollover_pnl", .decimal(scale: 4)),
            Column("rollover_timestamp", .instant, optional: true), Column("original_entry_price", .decimal(scale: 4), optional: true),
            Column("original_expiry", .day, optional: true), Column("exit_timestamp", .instant, optional: true),
            Column("exit_price", .decimal(scale: 4), optional: true), Column("exit_reason", .text, optional: true),
            Column("is_base_position", .boolean), Column("intent_id", .text, optional: true), Column("created_at", .instant),
            Column("updated_at", .instant), Column("version", .integer),
        ],
        primaryKey: ["position_id"],
        uniqueKeys: [
            UniqueKey(["instrument", "position"], where: KeyCondition("status", in: [.text("open"), .text("closing"), .text("partial")]))
        ],
        indexes: [["instrument", "status"], ["status"], ["entry_timestamp"], ["rollover_status", "expiry"]], versionColumn: "version")

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            id.column, instrument.column, layer.column, status.column, mode.column, signal.column, entryTimestamp.column,
            entryPrice.column, signalPrice.column, lots.column, quantity.column, unitsPerLot.column, pointValue.column,
            marginPerLot.column, initialStop.column, currentStop.column, highestClose.column, initialRisk.column,
            averageTrueRange.column, limiter.column, structure.column, expiry.column, strike.column, openedValue.column,
            realizedProfit.column,
            charges.column, rolloverStatus.column, rolloverCount.column, rolloverProfit.column, rolloverTimestamp.column,
            originalEntryPrice.column, originalExpiry.column, exitTimestamp.column, exitPrice.column, exitReason.column,
            isBase.column, intent.column, createdAt.column, updatedAt.column, version.column,
        ]
    }

    /// Some columns by position; keys, status and version come without building the whole row.
    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: id.column
            case 1: instrument.column
            case 2: layer.column
            case 3: status.column
            case 39: version.column
            default: nil
            }
        }
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type, or a live position is not whole lots.
    public init(_ row: Row) throws(StorageError) {
        id = try row.read("position_id")
        instrument = try row.read("instrument")
        layer = try row.read("position")
        status = try row.read("status")
        mode = try row.read("mode")
        signal = try row.read("signal_fingerprint")
        entryTimestamp = try row.read("entry_timestamp")
        entryPrice = try row.read("entry_price")
        signalPrice = try row.read("signal_price")
        lots = try row.read("lots")
        quantity = try row.read("quantity")
        unitsPerLot = try row.read("lot_size")
        pointValue = try row.read("point_value")
        marginPerLot = try row.read("margin_per_lot")
        initialStop = try row.read("initial_stop")
        currentStop = try row.read("current_stop")
        highestClose = try row.read("highest_close")
        initialRisk = try row.read("initial_risk_points")
        averageTrueRange = try row.read("atr")
        limiter = try row.read("limiter")
        structure = try row.read("structure")
        expiry = try row.read("expiry")
        strike = try row.read("strike")
        openedValue = try row.read("opened_value")
        realizedProfit = try row.read("realized_pnl")
        charges = try row.read("charges")
        rolloverStatus = try row.read("rollover_status")
        rolloverCount = try row.read("rollover_count")
        rolloverProfit = try row.read("rollover_pnl")
        rolloverTimestamp = try row.read("rollover_timestamp")
        originalEntryPrice = try row.read("original_entry_price")
        originalExpiry = try row.read("original_expiry")
        exitTimestamp = try row.read("exit_timestamp")
        exitPrice = try row.read("exit_price")
        exitReason = try row.read("exit_reason")
        isBase = try row.read("is_base_position")
        intent = try row.read("intent_id")
        createdAt = try row.read("created_at")
        updatedAt = try row.read("updated_at")
        version = try row.read("version")
        guard !status.isLive || (try? lots.quantity(unitsPerLot: unitsPerLot)) == quantity else {
            throw .corrupt("portfolio_positions \(id) holds \(quantity) units, which are not \(lots) lots of \(unitsPerLot)")
        }
    }

    /// A position just settled, with its stops already computed.
    public init(
        id: PositionID, instrument: InstrumentName, layer: Layer, mode: TradingMode, signal: Fingerprint?, entryPrice: Price,
        signalPrice: Price, lots: Lots, quantity: Quantity, unitsPerLot: LotSize, marginPerLot: Money, initialStop: Price,
        initialRisk: Price, averageTrueRange: Price, limiter: String, structure: Structure, openedValue: Int64, entryTimestamp: Instant,
        at: Instant
    ) {
        self.id = id
        self.instrument = instrument
        self.layer = layer
        status = .open
        self.mode = mode
        self.signal = signal
        self.entryTimestamp = entryTimestamp
        self.entryPrice = entryPrice
        self.signalPrice = signalPrice
        self.lots = lots
        self.quantity = quantity
        self.unitsPerLot = unitsPerLot
        pointValue = structure.pointValue
        self.marginPerLot = marginPerLot
        self.initialStop = initialStop
        currentStop = initialStop
        highestClose = entryPrice
        self.initialRisk = initialRisk
        self.averageTrueRange = averageTrueRange
        self.limiter = limiter
        self.structure = Stored(structure)
        expiry = structure.expiry
        strike = structure.strike
        self.openedValue = openedValue
        realizedProfit = .zero
        charges = .zero
        rolloverStatus = .none
        rolloverCount = 0
        rolloverProfit = .zero
        isBase = layer.isBase
        createdAt = at
        updatedAt = at
        version = 1
    }
}
