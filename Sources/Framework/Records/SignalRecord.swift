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

    /// The table `signal_log`: the inbox, found by status, arrival or instrument.
    public static let table = Table(
        "signal_log",
        columns: [
            Column("fingerprint", .text), Column("payload", .document), Column("instrument", .text), Column("signal_type", .text),
            Column("position", .text), Column("signal_timestamp", .instant), Column("received_at", .instant), Column("digest", .text),
            Column("raw_body", .text), Column("processing_status", .text), Column("reason", .text, optional: true),
            Column("explanation", .document, optional: true), Column("intent_id", .text, optional: true), Column("attempts", .integer),
            Column("is_duplicate", .boolean), Column("processed_by_instance", .text, optional: true),
            Column("processed_at", .instant, optional: true), Column("version", .integer),
        ],
        primaryKey: ["fingerprint"],
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

    /// The row in the order of the columns of ``table``.
    public var values: [Value] {
        [
            fingerprint.column, signal.column, instrument.column, signalType.column, position.column, signalTimestamp.column,
            receivedAt.column, digest.column, rawBody.column, status.column, reason.column, explanation.column, intent.column,
            attempts.column, isDuplicate.column, processedBy.column, processedAt.column, version.column,
        ]
    }

    /// Some columns by position; the key and the version come without building the whole row.
    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: fingerprint.column
            case 17: version.column
            default: nil
            }
        }
    }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        fingerprint = try row.read("fingerprint")
        signal = try row.read("payload")
        instrument = try row.read("instrument")
        signalType = try row.read("signal_type")
        position = try row.read("position")
        signalTimestamp = try row.read("signal_timestamp")
        receivedAt = try row.read("received_at")
        digest = try row.read("digest")
        rawBody = try row.read("raw_body")
        status = try row.read("processing_status")
        reason = try row.read("reason")
        explanation = try row.read("explanation")
        intent = try row.read("intent_id")
        attempts = try row.read("attempts")
        isDuplicate = try row.read("is_duplicate")
        processedBy = try row.read("processed_by_instance")
        processedAt = try row.read("processed_at")
        version = try row.read("version")
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

    /// The table `signal_conflicts`: rows are only added.
    public static let table = Table(
        "signal_conflicts",
        columns: [
            Column("conflict_id", .text), Column("fingerprint", .text), Column("digest", .text), Column("raw_body", .text),
            Column("received_at", .instant),
        ],
        primaryKey: ["conflict_id"], indexes: [["fingerprint"]])

    /// A conflict seen now.
    public init(fingerprint: Fingerprint, digest: String, rawBody: String, receivedAt: Instant) {
        id = "\(fingerprint):\(digest)"
        self.fingerprint = fingerprint
        self.digest = digest
        self.rawBody = rawBody
        self.receivedAt = receivedAt
    }

    /// The row in the order of the columns of ``table``.
    public var values: [Value] { [id.column, fingerprint.column, digest.column, rawBody.column, receivedAt.column] }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        id = try row.read("conflict_id")
        fingerprint = try row.read("fingerprint")
        digest = try row.read("digest")
        rawBody = try row.read("raw_body")
        receivedAt = try row.read("received_at")
    }
}
