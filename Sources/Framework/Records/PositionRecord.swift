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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<PositionRecord> = [
        Field("position_id", \.id), Field("instrument", \.instrument), Field("position", \.layer), Field("status", \.status),
        Field("mode", \.mode), Field("signal_fingerprint", \.signal), Field("entry_timestamp", \.entryTimestamp),
        Field("entry_price", \.entryPrice), Field("signal_price", \.signalPrice), Field("lots", \.lots), Field("quantity", \.quantity),
        Field("lot_size", \.unitsPerLot), Field("point_value", \.pointValue), Field("margin_per_lot", \.marginPerLot),
        Field("initial_stop", \.initialStop), Field("current_stop", \.currentStop), Field("highest_close", \.highestClose),
        Field("initial_risk_points", \.initialRisk), Field("atr", \.averageTrueRange), Field("limiter", \.limiter),
        Field("structure", \.structure), Field("expiry", \.expiry), Field("strike", \.strike),
        Field("opened_value", \.openedValue, .decimal(scale: 4)), Field("realized_pnl", \.realizedProfit), Field("charges", \.charges),
        Field("rollover_status", \.rolloverStatus), Field("rollover_count", \.rolloverCount), Field("rollover_pnl", \.rolloverProfit),
        Field("rollover_timestamp", \.rolloverTimestamp), Field("original_entry_price", \.originalEntryPrice),
        Field("original_expiry", \.originalExpiry), Field("exit_timestamp", \.exitTimestamp), Field("exit_price", \.exitPrice),
        Field("exit_reason", \.exitReason), Field("is_base_position", \.isBase), Field("intent_id", \.intent),
        Field("created_at", \.createdAt), Field("updated_at", \.updatedAt), Field("version", \.version),
    ]

    /// The table `portfolio_positions`: among live rows an instrument's layer occurs once.
    public static let table = Table(
        "portfolio_positions", fields, primaryKey: ["position_id"],
        uniqueKeys: [
            UniqueKey(["instrument", "position"], where: KeyCondition("status", in: [.text("open"), .text("closing"), .text("partial")]))
        ],
        indexes: [["instrument", "status"], ["status"], ["entry_timestamp"], ["rollover_status", "expiry"]], versionColumn: "version")

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

    /// Throws `.corrupt` when a live position is not whole lots.
    public func validate() throws(StorageError) {
        guard !status.isLive || (try? lots.quantity(unitsPerLot: unitsPerLot)) == quantity else {
            throw .corrupt("portfolio_positions \(id) holds \(quantity) units, which are not \(lots) lots of \(unitsPerLot)")
        }
    }
}
