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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<ScopeRecord> = [
        Field("instrument", \.instrument), Field("state", \.state), Field("frozen_reason", \.frozenReason),
        Field("last_exit_at", \.lastExitAt), Field("newest_exit_timestamp", \.newestExitTimestamp), Field("last_price", \.lastPrice),
        Field("last_atr", \.lastAverageTrueRange), Field("last_price_at", \.lastPriceAt), Field("version", \.version),
        Field("last_bar_at", \.lastBarAt),
    ]

    /// The table `scopes`: one row per instrument that was ever configured.
    public static let table = Table("scopes", fields, primaryKey: ["instrument"], versionColumn: "version")

    /// A scope nothing happened in.
    public init(instrument: InstrumentName) {
        self.instrument = instrument
        state = .active
        version = 1
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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<PyramidingRecord> = [
        Field("instrument", \.instrument), Field("last_pyramid_price", \.lastPyramidPrice), Field("base_position_id", \.base),
        Field("pyramid_count", \.taken), Field("updated_at", \.updatedAt), Field("version", \.version),
    ]

    /// The table `pyramiding_state`: one row per instrument.
    public static let table = Table("pyramiding_state", fields, primaryKey: ["instrument"], versionColumn: "version")

    /// A stack without a base.
    public init(instrument: InstrumentName, at: Instant) {
        self.instrument = instrument
        taken = 0
        updatedAt = at
        version = 1
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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<SwitchRecord> = [
        Field("name", \.name), Field("is_thrown", \.isThrown), Field("reason", \.reason), Field("changed_by", \.changedBy),
        Field("changed_at", \.changedAt), Field("version", \.version),
    ]

    /// The table `switches`: one row per switch.
    public static let table = Table("switches", fields, primaryKey: ["name"], versionColumn: "version")

    /// A switch in a position.
    public init(name: String, isThrown: Bool, reason: String, changedBy: String, changedAt: Instant, version: Int64 = 1) {
        self.name = name
        self.isThrown = isThrown
        self.reason = reason
        self.changedBy = changedBy
        self.changedAt = changedAt
        self.version = version
    }
}
