/// The inbox: one row per accepted signal, from its commit to its verdict.
public struct SignalRecord: Record {
    /// Canonical identity of the signal; the key, so that a resend meets this row.
    public var fingerprint: Fingerprint
    /// The checked message as it is decided upon.
    public var signal: Stored<Signal>
    /// The instrument it speaks of, configured or not.
    public var instrument: InstrumentName
    /// The sender's word for what is asked, such as `BASE_ENTRY`; repeated to be searched.
    public var signalType: String
    /// The layers it speaks of, as `Long_n`, `ALL` or empty.
    public var position: String
    /// The sender's time, in UTC; age and order are judged by it.
    public var signalTimestamp: Instant
    /// When the body arrived, by the host's clock.
    public var receivedAt: Instant
    /// SHA-256 of the canonical content, to tell a resend from a conflict.
    public var digest: String
    /// The body as it came, without its secret.
    public var rawBody: String
    /// Where it stands; a verdict never changes again.
    public var status: SignalStatus
    /// Why it was not carried out; nil until the verdict, and for one that simply was.
    public var reason: Reason?
    /// Every number of the verdict; nil until the verdict.
    public var explanation: Stored<Explanation>?
    /// The intent that it caused; nil for a signal that changes no exposure.
    public var intent: IntentID?
    /// Processes that began to decide it.
    public var attempts: Int
    /// Whether the same message came again after the verdict.
    public var isDuplicate: Bool
    /// The process that gave the verdict or began to decide it; nil before, and for an instrument that is not configured.
    public var processedBy: String?
    /// When the verdict was given, by the host's clock; nil until then.
    public var processedAt: Instant?
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The columns, each with the property that it holds.
    public static let fields: Fields<SignalRecord> = [
        Field("fingerprint", \.fingerprint), Field("payload", \.signal), Field("instrument", \.instrument),
        Field("signal_type", \.signalType), Field("position", \.position), Field("signal_timestamp", \.signalTimestamp),
        Field("received_at", \.receivedAt), Field("digest", \.digest), Field("raw_body", \.rawBody),
        Field("processing_status", \.status), Field("reason", \.reason), Field("explanation", \.explanation),
        Field("intent_id", \.intent), Field("attempts", \.attempts), Field("is_duplicate", \.isDuplicate),
        Field("processed_by_instance", \.processedBy), Field("processed_at", \.processedAt), Field("version", \.version),
    ]

    /// The table `signal_log`: the inbox, found by status, arrival or instrument.
    public static let table = Table(
        "signal_log", fields, primaryKey: ["fingerprint"],
        indexes: [["processing_status"], ["received_at"], ["instrument", "signal_timestamp"]],
        versionColumn: "version")

    /// A signal just accepted.
    public init(fingerprint: Fingerprint, signal: Signal, digest: String, rawBody: String, receivedAt: Instant) {
        self.fingerprint = fingerprint
        self.signal = Stored(signal)
        instrument = signal.instrument
        signalType = signal.kind.rawValue
        position = signal.target.description
        signalTimestamp = signal.timestamp
        self.receivedAt = receivedAt
        self.digest = digest
        self.rawBody = rawBody
        status = .accepted
        attempts = 0
        isDuplicate = false
        version = 1
    }
}

/// A message with the fingerprint of an accepted signal but other content: kept as evidence, never traded.
public struct ConflictRecord: Record {
    /// Fingerprint and digest, so that a repeated conflict is one row.
    public var id: String
    /// The accepted signal whose identity the message carried.
    public var fingerprint: Fingerprint
    /// SHA-256 of the canonical content of this message, in hexadecimal digits.
    public var digest: String
    /// The body of this message as it came, without its secret.
    public var rawBody: String
    /// When it first arrived, by the host's clock.
    public var receivedAt: Instant

    /// The columns, each with the property that it holds.
    public static let fields: Fields<ConflictRecord> = [
        Field("conflict_id", \.id), Field("fingerprint", \.fingerprint), Field("digest", \.digest), Field("raw_body", \.rawBody),
        Field("received_at", \.receivedAt),
    ]

    /// The table `signal_conflicts`: rows are only added.
    public static let table = Table("signal_conflicts", fields, primaryKey: ["conflict_id"], indexes: [["fingerprint"]])

    /// A conflict seen now.
    public init(fingerprint: Fingerprint, digest: String, rawBody: String, receivedAt: Instant) {
        id = "\(fingerprint):\(digest)"
        self.fingerprint = fingerprint
        self.digest = digest
        self.rawBody = rawBody
        self.receivedAt = receivedAt
    }
}
