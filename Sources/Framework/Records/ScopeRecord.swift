/// What must be decided one at a time: an instrument of the account, with its last price and last exit.
public struct ScopeRecord: Record {
    public var instrument: InstrumentName
    public var state: ScopeState
    public var frozenReason: String?
    /// Time of the last accepted exit; entries not newer are superseded.
    public var lastExitAt: Instant?
    public var lastPrice: Price?
    public var lastAverageTrueRange: Price?
    public var lastPriceAt: Instant?
    public var version: Int64

    public static let table = Table(
        "scopes",
        columns: [
            Column("instrument", .text), Column("state", .text), Column("frozen_reason", .text, optional: true),
            Column("last_exit_at", .instant, optional: true), Column("last_price", .decimal(scale: 4), optional: true),
            Column("last_atr", .decimal(scale: 4), optional: true), Column("last_price_at", .instant, optional: true),
            Column("version", .integer),
        ],
        primaryKey: ["instrument"], versionColumn: "version")

    /// A scope nothing happened in.
    public init(instrument: InstrumentName) {
        self.instrument = instrument
        state = .active
        version = 1
    }

    public var values: [Value] {
        [
            instrument.column, state.column, frozenReason.column, lastExitAt.column, lastPrice.column, lastAverageTrueRange.column,
            lastPriceAt.column, version.column,
        ]
    }

    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: instrument.column
            case 7: version.column
            default: nil
            }
        }
    }

    public init(_ row: Row) throws(StorageError) {
        instrument = try row.read("instrument")
        state = try row.read("state")
        frozenReason = try row.read("frozen_reason")
        lastExitAt = try row.read("last_exit_at")
        lastPrice = try row.read("last_price")
        lastAverageTrueRange = try row.read("last_atr")
        lastPriceAt = try row.read("last_price_at")
        version = try row.read("version")
    }
}

/// The stack of an instrument: its base, and the price of its newest layer.
public struct PyramidingRecord: Record {
    public var instrument: InstrumentName
    public var lastPyramidPrice: Price?
    public var base: PositionID?
    /// Pyramids taken on this base.
    public var taken: Int
    public var updatedAt: Instant
    public var version: Int64

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

    public var values: [Value] {
        [instrument.column, lastPyramidPrice.column, base.column, taken.column, updatedAt.column, version.column]
    }

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
    public var name: String
    public var isThrown: Bool
    public var reason: String
    public var changedBy: String
    public var changedAt: Instant
    public var version: Int64

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

    public var values: [Value] {
        [name.column, isThrown.column, reason.column, changedBy.column, changedAt.column, version.column]
    }

    public init(_ row: Row) throws(StorageError) {
        name = try row.read("name")
        isThrown = try row.read("is_thrown")
        reason = try row.read("reason")
        changedBy = try row.read("changed_by")
        changedAt = try row.read("changed_at")
        version = try row.read("version")
    }
}
