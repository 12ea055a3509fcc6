import MunimKit

/// An order as the interface shows it: one leg attempt, or one slice of it.
struct OrderView: Codable, Sendable {
    var tag: Tag
    var state: LegState
    var instrument: InstrumentName
    var symbol: String
    var side: Side
    var role: LegRole
    var action: LegAction
    var quantity: Quantity
    var filledQuantity: Quantity
    /// Average of the fills, rounded once to a ten-thousandth.
    var averagePrice: Price?
    var brokerOrderId: BrokerOrderID?
    var attempt: Int
    var slice: Int
    var intentId: IntentID
    var positionId: PositionID
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
        message = record.message
        plannedAt = record.plannedAt
        sentAt = record.sentAt
        finishedAt = record.finishedAt
    }

    private static func average(_ value: Int64, over filled: Quantity) -> Price? {
        guard filled > .zero else { return nil }
        return Price(units: Int64(Int128(value).divided(by: Int128(filled.count), rounding: .halfAwayFromZero)))
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

/// A decision to change exposure as the interface shows it.
struct IntentView: Codable, Sendable {
    var intentId: IntentID
    var kind: IntentKind
    var state: IntentState
    var instrument: InstrumentName
    /// A stable code of the cause, such as `signal` or `stop`, or an operator's words.
    var reason: String
    var price: Price
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
        positions = record.plan.content.strands.map(\.position)
        reservedRisk = record.reservedRisk
        reservedVolatility = record.reservedVolatility
        reservedMargin = record.reservedMargin
        entryDeadline = record.entryDeadline
        createdAt = record.createdAt
        updatedAt = record.updatedAt
    }
}
