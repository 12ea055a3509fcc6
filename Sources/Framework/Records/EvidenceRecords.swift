/// One transition, written in the commit that made it.
public struct AuditRecord: Record {
    /// Incarnation, epoch and a count: unique for ever and in order within one epoch.
    public var id: String
    /// What changed: `signal`, `intent`, `order`, `position`, `portfolio`, `scope`, `switch`.
    public var entity: String
    /// Identifier of what changed, as text; for `switch` and `portfolio` the name of the one row.
    public var entityID: String
    /// The state before, by its stored name; empty when the entity was just made.
    public var from: String
    /// The state after, by its stored name.
    public var to: String
    /// Why it changed, as text for people: a stable code, a person and a reason, or the numbers of the change.
    public var cause: String
    /// The process that decided the transition.
    public var incarnation: Incarnation
    /// Epoch in which it was decided; 1 where one process runs alone.
    public var epoch: Int64
    /// When the core decided it, by the host's clock; the commit follows.
    public var at: Instant

    /// The columns, each with the property that it holds.
    public static let fields: Fields<AuditRecord> = [
        Field("audit_id", \.id), Field("entity", \.entity), Field("entity_id", \.entityID), Field("from_state", \.from),
        Field("to_state", \.to), Field("cause", \.cause), Field("incarnation", \.incarnation), Field("epoch", \.epoch),
        Field("at", \.at),
    ]

    /// The table `audit`: rows are only added, found by entity or by time.
    public static let table = Table("audit", fields, primaryKey: ["audit_id"], indexes: [["entity", "entity_id"], ["at"]])

    /// A transition.
    public init(
        id: String, entity: String, entityID: String, from: String, to: String, cause: String, incarnation: Incarnation, epoch: Int64,
        at: Instant
    ) {
        self.id = id
        self.entity = entity
        self.entityID = entityID
        self.from = from
        self.to = to
        self.cause = cause
        self.incarnation = incarnation
        self.epoch = epoch
        self.at = at
    }
}

/// An alert on its way to people: written with what it tells of, delivered at least once.
public struct OutboxRecord: Record {
    /// The alert's own identifier, unique for ever, so that a repeated delivery can be told from a new alert.
    public var id: String
    /// How much it matters to a person.
    public var severity: Severity
    /// A stable code to filter by, such as `order_unknown`.
    public var code: String
    /// What happened, what the host did, and what a person should do.
    public var message: String
    /// The instrument it speaks of; nil when it concerns the whole account.
    public var instrument: InstrumentName?
    /// When the core raised it, by the host's clock.
    public var createdAt: Instant
    /// When the last channel took it, by the host's clock; nil while a channel is missing.
    public var deliveredAt: Instant?
    /// Deliveries that were tried and recorded, over all channels; 0 until the first one ended.
    public var attempts: Int
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The columns, each with the property that it holds.
    public static let fields: Fields<OutboxRecord> = [
        Field("alert_id", \.id), Field("severity", \.severity), Field("code", \.code), Field("message", \.message),
        Field("instrument", \.instrument), Field("created_at", \.createdAt), Field("delivered_at", \.deliveredAt),
        Field("attempts", \.attempts), Field("version", \.version),
    ]

    /// The table `outbox`: alerts that are still to be delivered have an empty `delivered_at`.
    public static let table = Table(
        "outbox", fields, primaryKey: ["alert_id"], indexes: [["delivered_at"], ["created_at"]], versionColumn: "version")

    /// An alert not yet delivered.
    public init(_ alert: Alert) {
        id = alert.id
        severity = alert.severity
        code = alert.code
        message = alert.message
        instrument = alert.instrument
        createdAt = alert.at
        attempts = 0
        version = 1
    }

    /// The alert itself.
    public var alert: Alert {
        Alert(id: id, severity: severity, code: code, message: message, instrument: instrument, at: createdAt)
    }
}

extension Severity: StoredName {}

/// One roll of one position, kept for ever.
public struct RolloverRecord: Record {
    /// The position that rolled; it keeps its identity in the new contract.
    public var position: PositionID
    /// Last trading day of the contract that was closed; with the position it is the key.
    public var fromExpiry: TradingDay
    /// Last trading day of the contract that was opened.
    public var toExpiry: TradingDay
    /// Price of the old structure from its closing fills.
    public var exitPrice: Price
    /// Price of the new structure from its opening fills.
    public var entryPrice: Price
    /// New entry less old exit: by this the stops moved.
    public var basis: Price
    /// Profit booked for closing the old contract, before charges; negative for a loss.
    public var profit: Money
    /// Charges of the closing and the opening side together, as a positive amount.
    public var charges: Money
    /// When the roll was settled, by the host's clock.
    public var rolledAt: Instant

    /// The columns, each with the property that it holds.
    public static let fields: Fields<RolloverRecord> = [
        Field("position_id", \.position), Field("from_expiry", \.fromExpiry), Field("to_expiry", \.toExpiry),
        Field("exit_price", \.exitPrice), Field("entry_price", \.entryPrice), Field("basis", \.basis), Field("profit", \.profit),
        Field("charges", \.charges), Field("rolled_at", \.rolledAt),
    ]

    /// The table `rollovers`: one row per position and expiry it left, never changed.
    public static let table = Table("rollovers", fields, primaryKey: ["position_id", "from_expiry"])

    /// A roll that was settled.
    public init(
        position: PositionID, fromExpiry: TradingDay, toExpiry: TradingDay, exitPrice: Price, entryPrice: Price, basis: Price,
        profit: Money, charges: Money, rolledAt: Instant
    ) {
        self.position = position
        self.fromExpiry = fromExpiry
        self.toExpiry = toExpiry
        self.exitPrice = exitPrice
        self.entryPrice = entryPrice
        self.basis = basis
        self.profit = profit
        self.charges = charges
        self.rolledAt = rolledAt
    }
}

/// One process of the host, from its start to its end.
public struct InstanceRecord: Record {
    /// Identity of this one run of the process; a restart is another one.
    public var id: Incarnation
    /// The configured name of the instance, the same across restarts.
    public var name: String
    /// Network name of the machine, `unknown` where the system gives none.
    public var hostname: String
    /// What the process reported of itself last; `recovering` from its start.
    public var status: InstanceStatus
    /// Version of the host's program, such as `0.1.0`.
    public var binaryVersion: String
    /// When the process opened its store, by the host's clock.
    public var startedAt: Instant
    /// The last sign of life, by the host's clock; equal to `startedAt` until there is another.
    public var lastHeartbeat: Instant
    /// Whether it was the one that may trade when the row was written; false at the start.
    public var isLeader: Bool
    /// Names the machine's life between two boots; nil where the machine does not tell.
    public var boot: String?
    /// The process's own time when the machine's boot clock was zero: by it times of two processes of one boot compare, however their clocks were set.
    public var bootOrigin: Instant?
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The columns, each with the property that it holds.
    public static let fields: Fields<InstanceRecord> = [
        Field("instance_id", \.id), Field("name", \.name), Field("hostname", \.hostname), Field("status", \.status),
        Field("binary_version", \.binaryVersion), Field("started_at", \.startedAt), Field("last_heartbeat", \.lastHeartbeat),
        Field("is_leader", \.isLeader), Field("version", \.version), Field("boot", \.boot), Field("boot_origin", \.bootOrigin),
    ]

    /// The table `instance_metadata`: one row per run of the process.
    public static let table = Table(
        "instance_metadata", fields, primaryKey: ["instance_id"], indexes: [["last_heartbeat"]], versionColumn: "version")

    /// A process that starts.
    public init(
        id: Incarnation, name: String, hostname: String, binaryVersion: String, machine: MachineTime? = nil, at: Instant
    ) {
        boot = machine?.boot
        bootOrigin = machine?.origin
        self.id = id
        self.name = name
        self.hostname = hostname
        status = .recovering
        self.binaryVersion = binaryVersion
        startedAt = at
        lastHeartbeat = at
        isLeader = false
        version = 1
    }

    /// The clock of its machine as it saw it; nil where the machine did not tell.
    public var machine: MachineTime? {
        guard let boot, let bootOrigin else { return nil }
        return MachineTime(boot: boot, origin: bootOrigin)
    }
}

/// What a process is doing.
public enum InstanceStatus: String, StoredName, Sendable {
    /// Comparing with the broker's book, trading, waiting to take over, or ended without a word.
    case recovering, active, standby, crashed
}
