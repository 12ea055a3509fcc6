/// An order: one attempt of a leg, or one slice of it, with its own tag, sent at most once.
public struct OrderRecord: Record {
    /// Our name of it towards the broker; the key, never reused.
    public var tag: Tag
    /// The decision that it carries out.
    public var intent: IntentID
    /// The position that its fills open, close or roll.
    public var position: PositionID
    /// The scope it is traded in.
    public var instrument: InstrumentName
    /// Place of its position plan within the intent's plan, counted from 0.
    public var positionPlan: Int
    /// Place of the leg within its position plan, counted from 0.
    public var leg: Int
    /// Counted from 1 within a leg; slices of one attempt share it.
    public var attempt: Int
    /// Which part of a quantity above the exchange's limit for one order, counted from 0.
    public var slice: Int
    /// Which leg of the structure: the future, the call or the put.
    public var role: LegRole
    /// Whether its fills open or close exposure.
    public var action: LegAction
    /// Direction of the order, bought or sold.
    public var side: Side
    /// The contract as it was known when the order was planned.
    public var contract: Stored<Contract>
    /// The broker's symbol of the contract, repeated to be shown; never parsed to decide anything.
    public var symbol: String
    /// Units asked for, as the broker counts them.
    public var quantity: Quantity
    /// Where the attempt stands; only the core moves it, one audit row per transition.
    public var state: OrderState
    /// Units filled so far; late fills are added in every state.
    public var filled: Quantity
    /// Σ price × quantity of the fills, in ten-thousandths; the average is this over `filled`.
    public var filledValue: Int64
    /// The broker's number of the order; nil until the broker has reported it.
    public var brokerOrder: BrokerOrderID?
    /// The process that may have sent it; nil while it was never sent.
    public var sender: Incarnation?
    /// When the core decided the attempt, by the host's clock.
    public var plannedAt: Instant
    /// When the commit before the first byte was decided, by the host's clock; nil while it was never sent.
    public var sentAt: Instant?
    /// When it reached a state that does not change by itself, by the host's clock; nil before.
    public var finishedAt: Instant?
    /// Successful complete looks into the book, begun after the horizon, that did not show it.
    public var misses: Int
    /// The broker's words on why it did not simply work or fill, or ours on what became of it; nil where there is nothing to say.
    public var message: String?
    /// Why we dropped it or gave it up; nil while we did neither.
    public var reason: Reason?
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The table `orders`: one row per attempt, found by tag, intent, state or the broker's number.
    public static let table = Table(
        "orders",
        columns: [
            Column("tag", .text), Column("intent_id", .text), Column("position_id", .text), Column("instrument", .text),
            Column("position_plan", .integer), Column("leg", .integer), Column("attempt", .integer), Column("slice", .integer),
            Column("role", .text), Column("action", .text), Column("side", .text), Column("contract", .document), Column("symbol", .text),
            Column("quantity", .integer), Column("state", .text), Column("filled_quantity", .integer),
            Column("filled_value", .decimal(scale: 4)), Column("broker_order_id", .text, optional: true),
            Column("sender", .text, optional: true), Column("planned_at", .instant), Column("sent_at", .instant, optional: true),
            Column("finished_at", .instant, optional: true), Column("misses", .integer), Column("message", .text, optional: true),
            Column("version", .integer), Column("reason", .text, optional: true),
        ],
        primaryKey: ["tag"],
        indexes: [["intent_id"], ["state", "sent_at"], ["sent_at", "tag"], ["instrument", "planned_at"], ["broker_order_id"]],
        versionColumn: "version")

    /// A planned attempt.
    public init(
        tag: Tag, intent: IntentID, position: PositionID, instrument: InstrumentName, positionPlan: Int, leg: Leg, attempt: Int,
        slice: Int,
        quantity: Quantity, at: Instant
    ) {
        self.tag = tag
        self.intent = intent
        self.position = position
        self.instrument = instrument
        self.positionPlan = positionPlan
        self.leg = leg.number
        self.attempt = attempt
        self.slice = slice
        role = leg.role
        action = leg.action
        side = leg.side
        contract = Stored(leg.contract)
        symbol = leg.contract.symbol
        self.quantity = quantity
        state = .planned
        filled = .zero
        filledValue = 0
        plannedAt = at
        misses = 0
        version = 1
    }

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            tag.column, intent.column, position.column, instrument.column, positionPlan.column, leg.column, attempt.column, slice.column,
            role.column, action.column, side.column, contract.column, symbol.column,
            quantity.column, state.column, filled.column, filledValue.column, brokerOrder.column, sender.column, plannedAt.column,
            sentAt.column, finishedAt.column, misses.column, message.column, version.column, reason.column,
        ]
    }

    /// Some columns by position; the key and the version come without building the whole row.
    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: tag.column
            case 24: version.column
            default: nil
            }
        }
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        tag = try row.read("tag")
        intent = try row.read("intent_id")
        position = try row.read("position_id")
        instrument = try row.read("instrument")
        positionPlan = try row.read("position_plan")
        leg = try row.read("leg")
        attempt = try row.read("attempt")
        slice = try row.read("slice")
        role = try row.read("role")
        action = try row.read("action")
        side = try row.read("side")
        contract = try row.read("contract")
        symbol = try row.read("symbol")
        quantity = try row.read("quantity")
        state = try row.read("state")
        filled = try row.read("filled_quantity")
        filledValue = try row.read("filled_value")
        brokerOrder = try row.read("broker_order_id")
        sender = try row.read("sender")
        plannedAt = try row.read("planned_at")
        sentAt = try row.read("sent_at")
        finishedAt = try row.read("finished_at")
        misses = try row.read("misses")
        message = try row.read("message")
        reason = try row.read("reason")
        version = try row.read("version")
    }
}

extension LegRole: StoredName {}
extension LegAction: StoredName {}
extension Side: StoredName {}

/// One trade of the broker, posted once.
public struct TradeRecord: Record {
    /// The broker's number of the trade; the key, so that a trade told twice is posted once.
    public var id: TradeID
    /// The order that it filled.
    public var tag: Tag
    /// The decision that the attempt carried out.
    public var intent: IntentID
    /// The position that it opened, closed or rolled.
    public var position: PositionID
    /// The broker's number of the order that was filled.
    public var brokerOrder: BrokerOrderID
    /// The broker's symbol of the contract.
    public var symbol: String
    /// Direction of the trade, bought or sold.
    public var side: Side
    /// Units traded, as the broker counts them; positive whatever the side.
    public var quantity: Quantity
    /// Price per quoted unit at which it was traded.
    public var price: Price
    /// When it was traded, by the broker's clock.
    public var tradedAt: Instant
    /// When the core posted it, by the host's clock.
    public var recordedAt: Instant

    /// The table `trades`: rows are only added.
    public static let table = Table(
        "trades",
        columns: [
            Column("trade_id", .text), Column("tag", .text), Column("intent_id", .text), Column("position_id", .text),
            Column("broker_order_id", .text), Column("symbol", .text), Column("side", .text), Column("quantity", .integer),
            Column("price", .decimal(scale: 4)), Column("traded_at", .instant), Column("recorded_at", .instant),
        ],
        primaryKey: ["trade_id"], indexes: [["tag"], ["intent_id"], ["position_id"], ["traded_at"]])

    /// A trade of an order.
    public init(fill: Fill, order: OrderRecord, brokerOrder: BrokerOrderID, at: Instant) {
        id = fill.id
        tag = order.tag
        intent = order.intent
        position = order.position
        self.brokerOrder = brokerOrder
        symbol = order.symbol
        side = order.side
        quantity = fill.quantity
        price = fill.price
        tradedAt = fill.at
        recordedAt = at
    }

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            id.column, tag.column, intent.column, position.column, brokerOrder.column, symbol.column, side.column, quantity.column,
            price.column, tradedAt.column, recordedAt.column,
        ]
    }

    /// Some columns by position; the key comes without building the whole row.
    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: id.column
            default: nil
            }
        }
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        id = try row.read("trade_id")
        tag = try row.read("tag")
        intent = try row.read("intent_id")
        position = try row.read("position_id")
        brokerOrder = try row.read("broker_order_id")
        symbol = try row.read("symbol")
        side = try row.read("side")
        quantity = try row.read("quantity")
        price = try row.read("price")
        tradedAt = try row.read("traded_at")
        recordedAt = try row.read("recorded_at")
    }
}
