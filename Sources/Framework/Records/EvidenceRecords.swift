/// One transition, written in the commit that made it.
public struct AuditRecord: Record {
    /// Incarnation and a count, unique for ever and in order within one process.
    public var id: String
    /// What changed: `signal`, `intent`, `order`, `position`, `portfolio`, `scope`, `switch`.
    public var entity: String
    public var entityID: String
    public var from: String
    public var to: String
    public var cause: String
    public var incarnation: Incarnation
    public var epoch: Int64
    public var at: Instant

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

    public var values: [Value] {
        [
            id.column, entity.column, entityID.column, from.column, to.column, cause.column, incarnation.column, epoch.column, at.column,
        ]
    }

    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: id.column
            default: nil
            }
        }
    }

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
    public var id: String
    public var severity: Severity
    public var code: String
    public var message: String
    public var instrument: InstrumentName?
    public var createdAt: Instant
    public var deliveredAt: Instant?
    public var attempts: Int
    public var version: Int64

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

    public var values: [Value] {
        [
            id.column, severity.column, code.column, message.column, instrument.column, createdAt.column, deliveredAt.column,
            attempts.column, version.column,
        ]
    }

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
    public var position: PositionID
    public var fromExpiry: TradingDay
    public var toExpiry: TradingDay
    public var exitPrice: Price
    public var entryPrice: Price
    /// New entry less old exit: by this the stops moved.
    public var basis: Price
    public var profit: Money
    public var charges: Money
    public var rolledAt: Instant

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

    public var values: [Value] {
        [
            position.column, fromExpiry.column, toExpiry.column, exitPrice.column, entryPrice.column, basis.column, profit.column,
            charges.column, rolledAt.column,
        ]
    }

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
    public var id: Incarnation
    public var name: String
    public var hostname: String
    public var status: InstanceStatus
    public var binaryVersion: String
    public var startedAt: Instant
    public var lastHeartbeat: Instant
    public var isLeader: Bool
    public var version: Int64

    public static let table = Table(
        "instance_metadata",
        columns: [
            Column("instance_id", .text), Column("name", .text), Column("hostname", .text), Column("status", .text),
            Column("binary_version", .text), Column("started_at", .instant), Column("last_heartbeat", .instant),
            Column("is_leader", .boolean), Column("version", .integer),
        ],
        primaryKey: ["instance_id"], indexes: [["last_heartbeat"]], versionColumn: "version")

    /// A process that starts.
    public init(id: Incarnation, name: String, hostname: String, binaryVersion: String, at: Instant) {
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

    public var values: [Value] {
        [
            id.column, name.column, hostname.column, status.column, binaryVersion.column, startedAt.column, lastHeartbeat.column,
            isLeader.column, version.column,
        ]
    }

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
    }
}

/// What a process is doing.
public enum InstanceStatus: String, StoredName, Sendable {
    case recovering, active, standby, crashed
}
