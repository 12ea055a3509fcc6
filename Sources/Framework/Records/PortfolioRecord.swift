/// The account in one row: equity, exposure and the place of the ledger.
public struct PortfolioRecord: Record {
    /// Always 1.
    public var id: Int
    /// Capital that the configuration gave at the first start; zero where all capital was deposited.
    public var initialCapital: Money
    /// Initial capital + Σ realised profit − Σ charges + deposits − withdrawals, exact at every commit.
    public var closedEquity: Money
    /// The highest closed equity so far; deposits raise it, withdrawals lower it.
    public var equityHigh: Money
    /// Money lost if every open position is stopped at its stop, reservations of running entries included.
    public var totalRisk: Money
    /// Money of one average true range of every open position, reservations of running entries included.
    public var totalVolatility: Money
    /// Margin of all open lots by the instruments' own terms, reservations of running entries included.
    public var marginUsed: Money
    /// Number of the last ledger row.
    public var ledgerNumber: Int64
    /// When equity or exposure changed last, by the host's clock.
    public var updatedAt: Instant
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The columns, each with the property that it holds.
    public static let fields: Fields<PortfolioRecord> = [
        Field("id", \.id), Field("initial_capital", \.initialCapital), Field("closed_equity", \.closedEquity),
        Field("equity_high", \.equityHigh), Field("total_risk_amount", \.totalRisk), Field("total_vol_amount", \.totalVolatility),
        Field("margin_used", \.marginUsed), Field("ledger_number", \.ledgerNumber), Field("updated_at", \.updatedAt),
        Field("version", \.version),
    ]

    /// The table `portfolio_state`, which has exactly one row.
    public static let table = Table("portfolio_state", fields, primaryKey: ["id"], versionColumn: "version")

    /// An account without money.
    public init(at: Instant) {
        id = 1
        initialCapital = .zero
        closedEquity = .zero
        equityHigh = .zero
        totalRisk = .zero
        totalVolatility = .zero
        marginUsed = .zero
        ledgerNumber = 0
        updatedAt = at
        version = 1
    }
}

/// One movement of money; rows are only added, and each joins the one before.
public struct LedgerRecord: Record {
    /// Counted from 1 without gaps.
    public var number: Int64
    /// Names the cause once for ever, so that a settling that runs twice books once.
    public var entryKey: String
    /// Why money moved: deposit, withdrawal, trading profit or charges.
    public var kind: LedgerEntryKind
    /// Signed; charges and withdrawals are negative.
    public var amount: Money
    /// Closed equity before this row; equals `equityAfter` of the row before.
    public var equityBefore: Money
    /// Closed equity after this row: `equityBefore` plus `amount`, exactly.
    public var equityAfter: Money
    /// The position that earned or cost it; nil for capital and for surpluses that were taken back.
    public var position: PositionID?
    /// What it was for, in words for people.
    public var notes: String
    /// Who caused it: `munim`, `configuration` or the name of a person.
    public var createdBy: String
    /// When it was booked, by the host's clock.
    public var createdAt: Instant

    /// The columns, each with the property that it holds.
    public static let fields: Fields<LedgerRecord> = [
        Field("id", \.number), Field("entry_key", \.entryKey), Field("transaction_type", \.kind), Field("amount", \.amount),
        Field("equity_before", \.equityBefore), Field("equity_after", \.equityAfter), Field("position_id", \.position),
        Field("notes", \.notes), Field("created_by", \.createdBy), Field("created_at", \.createdAt),
    ]

    /// The table `capital_transactions`: rows are only added, and an entry key occurs once.
    public static let table = Table(
        "capital_transactions", fields, primaryKey: ["id"], uniqueKeys: [UniqueKey(["entry_key"])],
        indexes: [["created_at"], ["position_id"]])

    /// A movement.
    public init(
        number: Int64, entryKey: String, kind: LedgerEntryKind, amount: Money, equityBefore: Money, equityAfter: Money,
        position: PositionID?, notes: String, createdBy: String, createdAt: Instant
    ) {
        self.number = number
        self.entryKey = entryKey
        self.kind = kind
        self.amount = amount
        self.equityBefore = equityBefore
        self.equityAfter = equityAfter
        self.position = position
        self.notes = notes
        self.createdBy = createdBy
        self.createdAt = createdAt
    }
}
