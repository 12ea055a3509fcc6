public import MunimKit

/// One order of the paper book as it is kept.
public struct PaperOrderRecord: Record {
    /// The order's number.
    public var id: BrokerOrderID
    /// Rises by one with each order of the book, over all days.
    public var number: Int64
    /// The trading day of its book.
    public var day: TradingDay
    /// The sender's remark.
    public var tag: Tag?
    /// The contract's symbol.
    public var symbol: String
    /// Buy or sell.
    public var side: Side
    /// How many units.
    public var quantity: Quantity
    /// The worst acceptable price; nil for a market order.
    public var limit: Price?
    /// The raw value of a `BrokerOrderState`.
    public var state: String
    /// How many units are filled.
    public var filled: Quantity
    /// The words on a refusal or an end.
    public var message: String?
    /// When it last changed.
    public var updatedAt: Instant
    /// The optimistic version, counted from 1.
    public var version: Int64

    public static let table = Table(
        "paper_orders",
        columns: [
            Column("order_id", .text), Column("number", .integer), Column("day", .day), Column("tag", .text, optional: true),
            Column("symbol", .text), Column("side", .text), Column("quantity", .integer),
            Column("limit_price", .decimal(scale: 4), optional: true),
            Column("state", .text), Column("filled_quantity", .integer), Column("message", .text, optional: true),
            Column("updated_at", .instant), Column("version", .integer),
        ],
        primaryKey: ["order_id"], uniqueKeys: [UniqueKey(["number"])], indexes: [["day", "number", "tag"], ["state"]],
        versionColumn: "version")

    /// The order as it is now.
    init(_ order: PaperOrder) {
        id = order.report.orderID
        number = order.number
        day = order.day
        tag = order.report.tag
        symbol = order.report.symbol
        side = order.report.side
        quantity = order.report.quantity
        limit = order.limit
        state = order.report.state.rawValue
        filled = Quantity(order.filled)
        message = order.report.message
        updatedAt = order.report.updatedAt
        version = 1
    }

    public var values: [Value] {
        [
            id.column, number.column, day.column, tag.column, symbol.column, side.column, quantity.column, limit.column, state.column,
            filled.column, message.column, updatedAt.column, version.column,
        ]
    }

    public init(_ row: Row) throws(StorageError) {
        id = try row.read("order_id")
        number = try row.read("number")
        day = try row.read("day")
        tag = try row.read("tag")
        symbol = try row.read("symbol")
        side = try row.read("side")
        quantity = try row.read("quantity")
        limit = try row.read("limit_price")
        state = try row.read("state")
        filled = try row.read("filled_quantity")
        message = try row.read("message")
        updatedAt = try row.read("updated_at")
        version = try row.read("version")
    }
}

/// One trade of the paper book as it is kept; written once.
public struct PaperTradeRecord: Record {
    /// The trade's number.
    public var id: TradeID
    /// The order that it belongs to.
    public var order: BrokerOrderID
    /// The trading day of its book.
    public var day: TradingDay
    /// The contract's symbol.
    public var symbol: String
    /// Buy or sell.
    public var side: Side
    /// How many units.
    public var quantity: Quantity
    /// At which price.
    public var price: Price
    /// When.
    public var tradedAt: Instant

    public static let table = Table(
        "paper_trades",
        columns: [
            Column("trade_id", .text), Column("order_id", .text), Column("day", .day), Column("symbol", .text), Column("side", .text),
            Column("quantity", .integer), Column("price", .decimal(scale: 4)), Column("traded_at", .instant),
        ],
        primaryKey: ["trade_id"], indexes: [["order_id"]])

    /// A trade of an order.
    init(_ fill: Fill, of order: PaperOrder) {
        id = fill.id
        self.order = order.report.orderID
        day = order.day
        symbol = order.report.symbol
        side = order.report.side
        quantity = fill.quantity
        price = fill.price
        tradedAt = fill.at
    }

    var fill: Fill { Fill(id: id, quantity: quantity, price: price, at: tradedAt) }

    public var values: [Value] {
        [id.column, order.column, day.column, symbol.column, side.column, quantity.column, price.column, tradedAt.column]
    }

    public init(_ row: Row) throws(StorageError) {
        id = try row.read("trade_id")
        order = try row.read("order_id")
        day = try row.read("day")
        symbol = try row.read("symbol")
        side = try row.read("side")
        quantity = try row.read("quantity")
        price = try row.read("price")
        tradedAt = try row.read("traded_at")
    }
}

/// One symbol of the paper book as it is kept: its last price and what is held of it.
public struct PaperPositionRecord: Record {
    /// The contract's symbol.
    public var symbol: String
    /// The contract; nil for a symbol that only a file of quotes named.
    public var contract: Stored<Contract>?
    /// Money per point per lot; nil when no structure told it.
    public var pointValue: PointValue?
    /// Net units: positive when long, negative when short.
    public var netUnits: Int64
    /// What its trades brought in less what they cost, charges included.
    public var cash: Money
    /// The last price heard.
    public var lastPrice: Price?
    /// When that price was heard.
    public var pricedAt: Instant?
    /// The optimistic version, counted from 1.
    public var version: Int64

    public static let table = Table(
        "paper_positions",
        columns: [
            Column("symbol", .text), Column("contract", .document, optional: true),
            Column("point_value", .decimal(scale: 4), optional: true),
            Column("net_quantity", .integer), Column("cash", .decimal(scale: 4)), Column("last_price", .decimal(scale: 4), optional: true),
            Column("priced_at", .instant, optional: true), Column("version", .integer),
        ],
        primaryKey: ["symbol"], versionColumn: "version")

    /// The symbol as it stands in the book.
    init(_ listing: PaperListing) {
        symbol = listing.symbol
        contract = listing.contract.map { Stored($0) }
        pointValue = listing.pointValue
        netUnits = listing.netUnits
        cash = listing.cash
        lastPrice = listing.mark
        pricedAt = listing.markedAt
        version = 1
    }

    public var values: [Value] {
        [
            symbol.column, contract.column, pointValue.column, netUnits.column, cash.column, lastPrice.column, pricedAt.column,
            version.column,
        ]
    }

    public init(_ row: Row) throws(StorageError) {
        symbol = try row.read("symbol")
        contract = try row.read("contract")
        pointValue = try row.read("point_value")
        netUnits = try row.read("net_quantity")
        cash = try row.read("cash")
        lastPrice = try row.read("last_price")
        pricedAt = try row.read("priced_at")
        version = try row.read("version")
    }
}
