import MunimKit

/// An order as the interface shows it: one attempt of a leg, or one slice of it.
struct OrderView: Codable, Sendable {
    var tag: Tag
    var state: OrderState
    var instrument: InstrumentName
    var symbol: String
    var side: Side
    var role: LegRole
    var action: LegAction
    var quantity: Quantity
    var filledQuantity: Quantity
    var averagePrice: Price?
    var brokerOrderId: BrokerOrderID?
    var attempt: Int
    var slice: Int
    var intentId: IntentID
    var positionId: PositionID
    var reason: String?
    var message: String?
    var plannedAt: Instant
    var sentAt: Instant?
    var finishedAt: Instant?

    init(_ record: OrderRecord) {
        tag = record.tag
        state = record.state
        instrument = record.instrument
        symbol = record.symbol
        side = record.side
        role = record.role
        action = record.action
        quantity = record.quantity
        filledQuantity = record.filled
        averagePrice = Self.average(record.filledValue, over: record.filled)
        brokerOrderId = record.brokerOrder
        attempt = record.attempt
        slice = record.slice
        intentId = record.intent
        positionId = record.position
        reason = record.reason?.rawValue
        message = record.reason.map { "\($0.words)." } ?? record.message
        plannedAt = record.plannedAt
        sentAt = record.sentAt
        finishedAt = record.finishedAt
    }

    private static func average(_ value: Int64, over filled: Quantity) -> Price? {
        guard filled > .zero else { return nil }
        return Price(units: Int64(Int128(value).divided(by: Int128(filled.count), rounding: .halfAwayFromZero)))
    }
}

extension OrderView: DescribedAnswer {
    static var schemaName: String { "Order" }
    static var schemaSummary: String { "An order: one attempt of one leg, or one slice of it." }
    static var meanings: [String: String] {
        [
            "tag": "Our name of it at the broker, never used twice.", "state": "Where it stands; unknown until there is evidence.",
            "instrument": "The configured name.", "symbol": "The contract as the broker spells it.", "side": "Bought or sold.",
            "role": "Which leg of the structure.", "action": "Whether it opens or closes exposure.", "quantity": "Units asked for.",
            "filled_quantity": "Units filled so far.", "average_price": "Average of the fills, rounded once to 4 decimals.",
            "broker_order_id": "The broker's number of it.", "attempt": "Counted from 1 within a leg.",
            "slice": "Which part of a quantity above the exchange's limit, counted from 0.",
            "intent_id": "The decision that it carries out.",
            "position_id": "The position that it opens, closes or rolls.",
            "reason": "Why the host dropped it or gave it up, as a stable code.", "message": "Why it did not simply fill.",
            "planned_at": "When it was decided.", "sent_at": "When it may have left.", "finished_at": "When it reached its last state.",
        ]
    }
}

/// A trade of the broker as the interface shows it.
struct TradeView: Codable, Sendable {
    var tradeId: TradeID
    var symbol: String
    var side: Side
    var quantity: Quantity
    var price: Price
    var tag: Tag
    var brokerOrderId: BrokerOrderID
    var intentId: IntentID
    var positionId: PositionID
    var tradedAt: Instant
    var recordedAt: Instant

    init(_ record: TradeRecord) {
        tradeId = record.id
        symbol = record.symbol
        side = record.side
        quantity = record.quantity
        price = record.price
        tag = record.tag
        brokerOrderId = record.brokerOrder
        intentId = record.intent
        positionId = record.position
        tradedAt = record.tradedAt
        recordedAt = record.recordedAt
    }
}

extension TradeView: DescribedAnswer {
    static var schemaName: String { "Trade" }
    static var schemaSummary: String { "A trade of the broker." }
    static var meanings: [String: String] {
        [
            "trade_id": "The broker's number of it.", "symbol": "The contract as the broker spells it.", "side": "Bought or sold.",
            "quantity": "Units traded.", "price": "The price of a unit.", "tag": "The order that it filled.",
            "broker_order_id": "The broker's number of that order.", "intent_id": "The decision behind it.",
            "position_id": "The position that it opened, closed or rolled.", "traded_at": "When, by the broker's clock.",
            "recorded_at": "When it was booked, by the host's clock.",
        ]
    }
}

/// A decision to change exposure as the interface shows it.
struct IntentView: Codable, Sendable {
    var intentId: IntentID
    var kind: IntentKind
    var state: IntentState
    var instrument: InstrumentName
    var reason: String
    var price: Price?
    var positions: [PositionID]
    var reservedRisk: Money
    var reservedVolatility: Money
    var reservedMargin: Money
    var entryDeadline: Instant?
    var createdAt: Instant
    var updatedAt: Instant

    init(_ record: IntentRecord) {
        intentId = record.id
        kind = record.kind
        state = record.state
        instrument = record.instrument
        reason = record.plan.content.reason
        price = record.plan.content.price
        positions = record.plan.content.positionPlans.map(\.position)
        reservedRisk = record.reservedRisk
        reservedVolatility = record.reservedVolatility
        reservedMargin = record.reservedMargin
        entryDeadline = record.entryDeadline
        createdAt = record.createdAt
        updatedAt = record.updatedAt
    }
}

extension IntentView: DescribedAnswer {
    static var schemaName: String { "Intent" }
    static var schemaSummary: String { "A decision to change exposure." }
    static var meanings: [String: String] {
        [
            "intent_id": "Its name, made from its cause.", "kind": "What it changes.", "state": "Where it stands.",
            "instrument": "The configured name.",
            "reason": "A stable code of the cause, such as signal or stop, or an operator's words.",
            "price": "The signal's price, or the one that caused a stop.", "positions": "The positions that it touches.",
            "reserved_risk": "Risk that counts against the limits until it is over.",
            "reserved_volatility": "Volatility that counts against the limits until it is over.",
            "reserved_margin": "Margin that counts as used until it is over.",
            "entry_deadline": "After this moment nothing that adds risk is sent.", "created_at": "When it was decided.",
            "updated_at": "When it changed last.",
        ]
    }
}
