/// A durable decision to change exposure, with everything that is needed to execute it and to book it.
public struct IntentRecord: Record {
    /// Its name, unique for ever and derived from its cause, so that the same cause makes the same intent.
    public var id: IntentID
    /// The scope it trades in; what opens something goes alone there, exits of different positions may go side by side.
    public var instrument: InstrumentName
    /// What it changes: an entry, a pyramid, an exit, a roll or a repair.
    public var kind: IntentKind
    /// Where it stands; only the core moves it, one audit row per transition.
    public var state: IntentState
    /// The signal that caused it; each causes at most one.
    public var signal: Fingerprint?
    /// Names the cause of an intent without a signal, once for ever: a stop, an operator's request, a position and its expiry.
    public var causeKey: String?
    /// The positions it touches and what is to be done with each.
    public var plan: Stored<IntentPlan>
    /// After this moment no order that increases risk is sent.
    public var entryDeadline: Instant?
    /// When a structure that is not whole must be whole or flat; written for people, not acted on yet.
    public var repairDeadline: Instant?
    /// Money at risk that counts against the account's limit until the intent is over; zero unless it increases risk.
    public var reservedRisk: Money
    /// Money of one average true range that counts as exposure until the intent is over; zero unless it increases risk.
    public var reservedVolatility: Money
    /// Margin that counts as used until the intent is over; zero unless it increases risk.
    public var reservedMargin: Money
    /// The process that decided it; a later one resumes it without changing this.
    public var owner: Incarnation
    /// Epoch in which it was decided; 1 where one process runs alone.
    public var epoch: Int64
    /// When it was decided, by the host's clock.
    public var createdAt: Instant
    /// When its state or plan changed last, by the host's clock.
    public var updatedAt: Instant
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The table `intents`: a signal and a cause key each occur once among its rows.
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
        entryDeadline: Instant?, owner: Incarnation, epoch: Int64, at: Instant
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
        self.epoch = epoch
        createdAt = at
        updatedAt = at
        version = 1
    }

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            id.column, instrument.column, kind.column, state.column, signal.column, causeKey.column, plan.column, entryDeadline.column,
            repairDeadline.column, reservedRisk.column, reservedVolatility.column, reservedMargin.column, owner.column, epoch.column,
            createdAt.column, updatedAt.column, version.column,
        ]
    }

    /// Some columns by position; the key and the version come without building the whole row.
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

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
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
