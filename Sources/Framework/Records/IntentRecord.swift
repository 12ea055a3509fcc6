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

    /// The columns, each with the property that it holds.
    public static let fields: Fields<IntentRecord> = [
        Field("intent_id", \.id), Field("instrument", \.instrument), Field("kind", \.kind), Field("state", \.state),
        Field("signal_fingerprint", \.signal), Field("cause_key", \.causeKey), Field("plan", \.plan),
        Field("entry_deadline", \.entryDeadline), Field("repair_deadline", \.repairDeadline), Field("reserved_risk", \.reservedRisk),
        Field("reserved_volatility", \.reservedVolatility), Field("reserved_margin", \.reservedMargin), Field("owner", \.owner),
        Field("epoch", \.epoch), Field("created_at", \.createdAt), Field("updated_at", \.updatedAt), Field("version", \.version),
    ]

    /// The table `intents`: a signal and a cause key each occur once among its rows.
    public static let table = Table(
        "intents", fields, primaryKey: ["intent_id"], uniqueKeys: [UniqueKey(["signal_fingerprint"]), UniqueKey(["cause_key"])],
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
}
