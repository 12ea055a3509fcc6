/// What must be decided one at a time: an instrument of the account, with its last price and last exit.
public struct ScopeRecord: Record {
    /// The configured name of the instrument; the key.
    public var instrument: InstrumentName
    /// Whether it takes entries; exits are taken in every state.
    public var state: ScopeState
    /// Code and sentence of why it was frozen; nil while it is active.
    public var frozenReason: String?
    /// Time of the last accepted exit, or when it was decided if that is earlier; entries not newer are superseded.
    public var lastExitAt: Instant?
    /// The newest time that an exit carried; it counts like `lastExitAt` once it does not lie in the future.
    public var newestExitTimestamp: Instant?
    /// The newest price that a signal brought; nil before the first.
    public var lastPrice: Price?
    /// The newest average true range above zero that a signal brought, in points; nil before the first.
    public var lastAverageTrueRange: Price?
    /// The sender's time of `lastPrice`; nil before the first.
    public var lastPriceAt: Instant?
    /// The newest sender's time of a bar that stops were held against; nil before the first. An older bar raises stops and hits none.
    public var lastBarAt: Instant?
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The table `scopes`: one row per instrument that was ever configured.
    public static let table = Table(
        "scopes",
        columns: [
            Column("instrument", .text), Column("state", .text), Column("frozen_reason", .text, optional: true),
            Column("last_exit_at", .instant, optional: true), Column("newest_exit_timestamp", .instant, optional: true),
            Column("last_price", .decimal(scale: 4), optional: true),
            Column("last_atr", .decimal(scale: 4), optional: true), Column("last_price_at", .instant, optional: true),
            Column("version", .integer), Column("last_bar_at", .instant, optional: true),
        ],
        primaryKey: ["instrument"], versionColumn: "version")

    /// A scope nothing happened in.
    public init(instrument: InstrumentName) {
        self.instrument = instrument
        state = .active
        version = 1
    }

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            instrument.column, state.column, frozenReason.column, lastExitAt.column, newestExitTimestamp.column, lastPrice.column,
            lastAverageTrueRange.column, lastPriceAt.column, version.column, lastBarAt.column,
        ]
    }

    /// Some columns by position; the key and the version come without building the whole row.
    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: instrument.column
            case 8: version.column
            default: nil
            }
        }
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        instrument = try row.read("instrument")
        state = try row.read("state")
        frozenReason = try row.read("frozen_reason")
        lastExitAt = try row.read("last_exit_at")
        newestExitTimestamp = try row.read("newest_exit_timestamp")
        lastPrice = try row.read("last_price")
        lastAverageTrueRange = try row.read("last_atr")
        lastPriceAt = try row.read("last_price_at")
        lastBarAt = try row.read("last_bar_at")
        version = try row.read("version")
    }
}

/// The stack of an instrument: its base, and the price of its newest layer.
public struct PyramidingRecord: Record {
    /// The configured name of the instrument; the key.
    public var instrument: InstrumentName
    /// Signal price of the newest layer, moved by the basis of rolls; nil without a base.
    public var lastPyramidPrice: Price?
    /// The open base position; nil when there is none.
    public var base: PositionID?
    /// Pyramids taken on this base.
    public var taken: Int
    /// When the stack changed last, by the host's clock.
    public var updatedAt: Instant
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The table `pyramiding_state`: one row per instrument.
    public static let table = Table(
        "pyramiding_state",
        columns: [
            Column("instrument", .text), Column("last_pyramid_price", .decimal(scale: 4), optional: true),
            Column("base_position_id", .text, optional: true), Column("pyramid_count", .integer), Column("updated_at", .instant),
            Column("version", .integer),
        ],
        primaryKey: ["instrument"], versionColumn: "version")

    /// A stack without a base.
    public init(instrument: InstrumentName, at: Instant) {
        self.instrument = instrument
        taken = 0
        updatedAt = at
        version = 1
    }

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [instrument.column, lastPyramidPrice.column, base.column, taken.column, updatedAt.column, version.column]
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        instrument = try row.read("instrument")
        lastPyramidPrice = try row.read("last_pyramid_price")
        base = try row.read("base_position_id")
        taken = try row.read("pyramid_count")
        updatedAt = try row.read("updated_at")
        version = try row.read("version")
    }
}

/// A switch that people throw; `trading` stops everything that increases risk.
public struct SwitchRecord: Record {
    /// Its name and key, such as `trading`.
    public var name: String
    /// Whether it stops what it switches; false lets everything pass.
    public var isThrown: Bool
    /// Why it was thrown or released, in the person's words; empty before the first time.
    public var reason: String
    /// Who moved it last; empty before the first time.
    public var changedBy: String
    /// When it was moved last, by the host's clock.
    public var changedAt: Instant
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The table `switches`: one row per switch.
    public static let table = Table(
        "switches",
        columns: [
            Column("name", .text), Column("is_thrown", .boolean), Column("reason", .text), Column("changed_by", .text),
            Column("changed_at", .instant), Column("version", .integer),
        ],
        primaryKey: ["name"], versionColumn: "version")

    /// A switch in a position.
    public init(name: String, isThrown: Bool, reason: String, changedBy: String, changedAt: Instant, version: Int64 = 1) {
        self.name = name
        self.isThrown = isThrown
        self.reason = reason
        self.changedBy = changedBy
        self.changedAt = changedAt
        self.version = version
    }

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [name.column, isThrown.column, reason.column, changedBy.column, changedAt.column, version.column]
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        name = try row.read("name")
        isThrown = try row.read("is_thrown")
        reason = try row.read("reason")
        changedBy = try row.read("changed_by")
        changedAt = try row.read("changed_at")
        version = try row.read("version")
    }
}
