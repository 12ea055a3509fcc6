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

    /// The table `audit`: rows are only added, found by entity or by time.
    public static let table = Table(
        "audit",
        columns: [
            Column("audit_id", .text), Column("entity", .text), Column("entity_id", .text), Column("from_state", .text),
            Column("to_state", .text), Column("cause", .text), Column("incarnation", .text), Column("epoch", .integer),
            Column("at", .instant),
        ],
        primaryKey: ["audit_id"], indexes: [["entity", "entity_id"], ["at"]])

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

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            id.column, entity.column, entityID.column, from.column, to.column, cause.column, incarnation.column, epoch.column, at.column,
        ]
    }

    /// Some columns by position; the key comes without building the whole row.
    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: id.column
            default: nil
            }
        }
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        id = try row.read("audit_id")
        entity = try row.read("entity")
        entityID = try row.read("entity_id")
        from = try row.read("from_state")
        to = try row.read("to_state")
        cause = try row.read("cause")
        incarnation = try row.read("incarnation")
        epoch = try row.read("epoch")
        at = try row.read("at")
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

    /// The table `outbox`: alerts that are still to be delivered have an empty `delivered_at`.
    public static let table = Table(
        "outbox",
        columns: [
            Column("alert_id", .text), Column("severity", .text), Column("code", .text), Column("message", .text),
            Column("instrument", .text, optional: true), Column("created_at", .instant), Column("delivered_at", .instant, optional: true),
            Column("attempts", .integer), Column("version", .integer),
        ],
        primaryKey: ["alert_id"], indexes: [["delivered_at"], ["created_at"]], versionColumn: "version")

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

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            id.column, severity.column, code.column, message.column, instrument.column, createdAt.column, deliveredAt.column,
            attempts.column, version.column,
        ]
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        id = try row.read("alert_id")
        severity = try row.read("severity")
        code = try row.read("code")
        message = try row.read("message")
        instrument = try row.read("instrument")
        createdAt = try row.read("created_at")
        deliveredAt = try row.read("delivered_at")
        attempts = try row.read("attempts")
        version = try row.read("version")
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

    /// The table `rollovers`: one row per position and expiry it left, never changed.
    public static let table = Table(
        "rollovers",
        columns: [
            Column("position_id", .text), Column("from_expiry", .day), Column("to_expiry", .day), Column("exit_price", .decimal(scale: 4)),
            Column("entry_price", .decimal(scale: 4)), Column("basis", .decimal(scale: 4)), Column("profit", .decimal(scale: 4)),
            Column("charges", .decimal(scale: 4)), Column("rolled_at", .instant),
        ],
        primaryKey: ["position_id", "from_expiry"])

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

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            position.column, fromExpiry.column, toExpiry.column, exitPrice.column, entryPrice.column, basis.column, profit.column,
            charges.column, rolledAt.column,
        ]
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        position = try row.read("position_id")
        fromExpiry = try row.read("from_expiry")
        toExpiry = try row.read("to_expiry")
        exitPrice = try row.read("exit_price")
        entryPrice = try row.read("entry_price")
        basis = try row.read("basis")
        profit = try row.read("profit")
        charges = try row.read("charges")
        rolledAt = try row.read("rolled_at")
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

    /// The table `instance_metadata`: one row per run of the process.
    public static let table = Table(
        "instance_metadata",
        columns: [
            Column("instance_id", .text), Column("name", .text), Column("hostname", .text), Column("status", .text),
            Column("binary_version", .text), Column("started_at", .instant), Column("last_heartbeat", .instant),
            Column("is_leader", .boolean), Column("version", .integer), Column("boot", .text, optional: true),
            Column("boot_origin", .instant, optional: true),
        ],
        primaryKey: ["instance_id"], indexes: [["last_heartbeat"]], versionColumn: "version")

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

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            id.column, name.column, hostname.column, status.column, binaryVersion.column, startedAt.column, lastHeartbeat.column,
            isLeader.column, version.column, boot.column, bootOrigin.column,
        ]
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        id = try row.read("instance_id")
        name = try row.read("name")
        hostname = try row.read("hostname")
        status = try row.read("status")
        binaryVersion = try row.read("binary_version")
        startedAt = try row.read("started_at")
        lastHeartbeat = try row.read("last_heartbeat")
        isLeader = try row.read("is_leader")
        version = try row.read("version")
        boot = try row.read("boot")
        bootOrigin = try row.read("boot_origin")
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
