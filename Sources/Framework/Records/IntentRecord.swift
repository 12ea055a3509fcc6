/// A durable decision to change exposure, with everything that is needed to carry it out and to book it.
public struct IntentRecord: Record {
    public var id: IntentID
    public var instrument: InstrumentName
    public var kind: IntentKind
    public var state: IntentState
    /// The signal that caused it; each causes at most one.
    public var signal: Fingerprint?
    /// Names the cause of an intent without a signal, once for ever: a stop, an operator's request, a position and its expiry.
    public var causeKey: String?
    /// The positions it touches and what is to be done with each.
    public var plan: Stored<IntentPlan>
    /// After this moment no leg that increases risk is sent.
    public var entryDeadline: Instant?
    /// When a structure that is not whole must be whole or flat.
    public var repairDeadline: Instant?
    public var reservedRisk: Money
    public var reservedVolatility: Money
    public var reservedMargin: Money
    public var owner: Incarnation
    public var epoch: Int64
    public var createdAt: Instant
    public var updatedAt: Instant
    public var version: Int64

    public static let table = Table(
        "intents",
        columns: [
            Column("intent_id", .text), Column("instrument", .text), Column("kind", .text), Column("state", .text),
            Column("signal_fingerprint", .text, optional: true), Column("cause_key", .text, optional: true), Column("plan", .document),
            Column("entry_deadline", .instant, optional: true), Column("repair_deadline", .instant, optional: true),
            Column("reserved_risk", .decimal(scale: 4)), Column("reserved_volatility", .decimal(scale: 4)),
            Column("reserved_margin", .decimal(scale: 4)), Column("owner", .text), Column("epoch", .integer),
            Column("created_at", .instant), Column("updated_at", .instant), Column("version", .integer),
        ],
        primaryKey: ["intent_id"], uniqueKeys: [UniqueKey(["signal_fingerprint"]), UniqueKey(["cause_key"])],
        indexes: [["state"], ["instrument", "created_at"]], versionColumn: "version")

    /// A new decision.
    public init(
        id: IntentID, instrument: InstrumentName, kind: IntentKind, signal: Fingerprint?, causeKey: String?, plan: IntentPlan,
        entryDeadline: Instant?, owner: Incarnation, at: Instant
    ) {
        self.id = id
        self.instrument = instrument
        self.kind = kind
        state = .active
        self.signal = signal
        self.causeKey = causeKey
        self.plan = Stored(plan)
        self.entryDeadline = entryDeadline
        reservedRisk = .zero
        reservedVolatility = .zero
        reservedMargin = .zero
        self.owner = owner
        epoch = 1
        createdAt = at
        updatedAt = at
        version = 1
    }

    public var values: [Value] {
        [
            id.column, instrument.column, kind.column, state.column, signal.column, causeKey.column, plan.column, entryDeadline.column,
            repairDeadline.column, reservedRisk.column, reservedVolatility.column, reservedMargin.column, owner.column, epoch.column,
            createdAt.column, updatedAt.column, version.column,
        ]
    }

    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: id.column
            case 4: signal.column
            case 5: causeKey.column
            case 16: version.column
            default: nil
            }
        }
    }

    public init(_ row: Row) throws(StorageError) {
        id = try row.read("intent_id")
        instrument = try row.read("instrument")
        kind = try row.read("kind")
        state = try row.read("state")
        signal = try row.read("signal_fingerprint")
        causeKey = try row.read("cause_key")
        plan = try row.read("plan")
        entryDeadline = try row.read("entry_deadline")
        repairDeadline = try row.read("repair_deadline")
        reservedRisk = try row.read("reserved_risk")
        reservedVolatility = try row.read("reserved_volatility")
        reservedMargin = try row.read("reserved_margin")
        owner = try row.read("owner")
        epoch = try row.read("epoch")
        createdAt = try row.read("created_at")
        updatedAt = try row.read("updated_at")
        version = try row.read("version")
    }
}

/// What an intent is to do, strand by strand: one strand per position, newest first.
public struct IntentPlan: Hashable, Codable, Sendable {
    /// The strands, carried out one after the other.
    public var strands: [Strand]
    /// The signal's price, or the price that caused a stop.
    public var price: Price
    /// Average true range at the decision.
    public var averageTrueRange: Price
    /// A stable code of the cause, such as `signal`, `stop`, `operator`.
    public var reason: String
    /// What the decision used, repeated in the verdict.
    public var explanation: Explanation

    /// Creates a plan.
    public init(strands: [Strand], price: Price, averageTrueRange: Price, reason: String, explanation: Explanation) {
        self.strands = strands
        self.price = price
        self.averageTrueRange = averageTrueRange
        self.reason = reason
        self.explanation = explanation
    }
}

/// The part of an intent that concerns one position.
public struct Strand: Hashable, Codable, Sendable {
    /// The position that is opened, closed or rolled.
    public var position: PositionID
    /// Its layer.
    public var layer: Layer
    /// Lots wanted.
    public var lots: Lots
    /// Steps in order: each is one leg opened or closed.
    public var steps: [Step]
    /// The structure that is opened; nil when the strand only closes.
    public var opens: Structure?
    /// The structure that is closed; nil when the strand only opens.
    public var closes: Structure?
    /// Why the limiter limited, kept with the position.
    public var limiter: String
    /// Σ price × units of late fills that a repair takes back, in ten-thousandths; zero otherwise.
    public var lateValue: Int64
    /// Whether the strand's result is booked.
    public var isSettled: Bool

    /// Creates a strand.
    public init(
        position: PositionID, layer: Layer, lots: Lots, steps: [Step], opens: Structure?, closes: Structure?, limiter: String = ""
    ) {
        self.position = position
        self.layer = layer
        self.lots = lots
        self.steps = steps
        self.opens = opens
        self.closes = closes
        self.limiter = limiter
        lateValue = 0
        isSettled = false
    }
}

/// One leg to be opened or closed within a strand.
public struct Step: Hashable, Codable, Sendable {
    /// Its place in the strand, counted from 0.
    public var number: Int
    /// Which leg.
    public var role: LegRole
    /// Open or close.
    public var action: LegAction
    /// What is traded.
    public var contract: Contract
    /// Buy or sell.
    public var side: Side
    /// Units wanted.
    public var quantity: Quantity
    /// Whether it takes back a surplus of an entry.
    public var isRepair: Bool

    /// Creates a step.
    public init(
        number: Int, role: LegRole, action: LegAction, contract: Contract, side: Side, quantity: Quantity, isRepair: Bool = false
    ) {
        self.number = number
        self.role = role
        self.action = action
        self.contract = contract
        self.side = side
        self.quantity = quantity
        self.isRepair = isRepair
    }
}
