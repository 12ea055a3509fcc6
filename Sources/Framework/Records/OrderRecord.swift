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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<OrderRecord> = [
        Field("tag", \.tag), Field("intent_id", \.intent), Field("position_id", \.position), Field("instrument", \.instrument),
        Field("position_plan", \.positionPlan), Field("leg", \.leg), Field("attempt", \.attempt), Field("slice", \.slice),
        Field("role", \.role), Field("action", \.action), Field("side", \.side), Field("contract", \.contract),
        Field("symbol", \.symbol), Field("quantity", \.quantity), Field("state", \.state), Field("filled_quantity", \.filled),
        Field("filled_value", \.filledValue, .decimal(scale: 4)), Field("broker_order_id", \.brokerOrder), Field("sender", \.sender),
        Field("planned_at", \.plannedAt), Field("sent_at", \.sentAt), Field("finished_at", \.finishedAt), Field("misses", \.misses),
        Field("message", \.message), Field("version", \.version), Field("reason", \.reason),
    ]

    /// The table `orders`: one row per attempt, found by tag, intent, state or the broker's number.
    public static let table = Table(
        "orders", fields, primaryKey: ["tag"],
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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<TradeRecord> = [
        Field("trade_id", \.id), Field("tag", \.tag), Field("intent_id", \.intent), Field("position_id", \.position),
        Field("broker_order_id", \.brokerOrder), Field("symbol", \.symbol), Field("side", \.side), Field("quantity", \.quantity),
        Field("price", \.price), Field("traded_at", \.tradedAt), Field("recorded_at", \.recordedAt),
    ]

    /// The table `trades`: rows are only added.
    public static let table = Table(
        "trades", fields, primaryKey: ["trade_id"], indexes: [["tag"], ["intent_id"], ["position_id"], ["traded_at"]])

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
}
