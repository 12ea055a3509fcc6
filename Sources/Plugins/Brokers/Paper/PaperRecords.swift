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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<PaperOrderRecord> = [
        Field("order_id", \.id), Field("number", \.number), Field("day", \.day), Field("tag", \.tag), Field("symbol", \.symbol),
        Field("side", \.side), Field("quantity", \.quantity), Field("limit_price", \.limit), Field("state", \.state),
        Field("filled_quantity", \.filled), Field("message", \.message), Field("updated_at", \.updatedAt), Field("version", \.version),
    ]

    public static let table = Table(
        "paper_orders", fields, primaryKey: ["order_id"], uniqueKeys: [UniqueKey(["number"])],
        indexes: [["day", "number", "tag"], ["state"]],
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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<PaperTradeRecord> = [
        Field("trade_id", \.id), Field("order_id", \.order), Field("day", \.day), Field("symbol", \.symbol), Field("side", \.side),
        Field("quantity", \.quantity), Field("price", \.price), Field("traded_at", \.tradedAt),
    ]

    public static let table = Table("paper_trades", fields, primaryKey: ["trade_id"], indexes: [["order_id"]])

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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<PaperPositionRecord> = [
        Field("symbol", \.symbol), Field("contract", \.contract), Field("point_value", \.pointValue), Field("net_quantity", \.netUnits),
        Field("cash", \.cash), Field("last_price", \.lastPrice), Field("priced_at", \.pricedAt), Field("version", \.version),
    ]

    public static let table = Table("paper_positions", fields, primaryKey: ["symbol"], versionColumn: "version")

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
}
