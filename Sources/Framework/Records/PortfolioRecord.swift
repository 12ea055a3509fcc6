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

    /// The table `portfolio_state`, which has exactly one row.
    public static let table = Table(
        "portfolio_state",
        columns: [
            Column("id", .integer), Column("initial_capital", .decimal(scale: 4)), Column("closed_equity", .decimal(scale: 4)),
            Column("equity_high", .decimal(scale: 4)), Column("total_risk_amount", .decimal(scale: 4)),
            Column("total_vol_amount", .decimal(scale: 4)), Column("margin_used", .decimal(scale: 4)), Column("ledger_number", .integer),
            Column("updated_at", .instant), Column("version", .integer),
        ],
        primaryKey: ["id"], versionColumn: "version")

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

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            id.column, initialCapital.column, closedEquity.column, equityHigh.column, totalRisk.column, totalVolatility.column,
            marginUsed.column, ledgerNumber.column, updatedAt.column, version.column,
        ]
    }

    /// Some columns by position; the key and the version come without building the whole row.
    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: id.column
            case 9: version.column
            default: nil
            }
        }
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        id = try row.read("id")
        initialCapital = try row.read("initial_capital")
        closedEquity = try row.read("closed_equity")
        equityHigh = try row.read("equity_high")
        totalRisk = try row.read("total_risk_amount")
        totalVolatility = try row.read("total_vol_amount")
        marginUsed = try row.read("margin_used")
        ledgerNumber = try row.read("ledger_number")
        updatedAt = try row.read("updated_at")
        version = try row.read("version")
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

    /// The table `capital_transactions`: rows are only added, and an entry key occurs once.
    public static let table = Table(
        "capital_transactions",
        columns: [
            Column("id", .integer), Column("entry_key", .text), Column("transaction_type", .text), Column("amount", .decimal(scale: 4)),
            Column("equity_before", .decimal(scale: 4)), Column("equity_after", .decimal(scale: 4)),
            Column("position_id", .text, optional: true), Column("notes", .text), Column("created_by", .text),
            Column("created_at", .instant),
        ],
        primaryKey: ["id"], uniqueKeys: [UniqueKey(["entry_key"])], indexes: [["created_at"], ["position_id"]])

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

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            number.column, entryKey.column, kind.column, amount.column, equityBefore.column, equityAfter.column, position.column,
            notes.column, createdBy.column, createdAt.column,
        ]
    }

    /// Some columns by position; the keys come without building the whole row.
    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: number.column
            case 1: entryKey.column
            default: nil
            }
        }
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        number = try row.read("id")
        entryKey = try row.read("entry_key")
        kind = try row.read("transaction_type")
        amount = try row.read("amount")
        equityBefore = try row.read("equity_before")
        equityAfter = try row.read("equity_after")
        position = try row.read("position_id")
        notes = try row.read("notes")
        createdBy = try row.read("created_by")
        createdAt = try row.read("created_at")
    }
}
