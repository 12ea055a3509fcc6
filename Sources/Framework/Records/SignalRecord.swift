/// The inbox: one row per accepted signal, from its commit to its verdict.
public struct SignalRecord: Record {
    public var fingerprint: Fingerprint
    public var signal: Stored<Signal>
    public var instrument: InstrumentName
    public var signalType: String
    public var position: String
    public var signalTimestamp: Instant
    public var receivedAt: Instant
    /// SHA-256 of the canonical content, to tell a resend from a conflict.
    public var digest: String
    /// The body as it came, without its secret.
    public var rawBody: String
    public var status: SignalStatus
    /// A stable code, such as `1r_gate_not_passed`; nil until the verdict.
    public var reason: String?
    public var explanation: Stored<Explanation>?
    public var intent: IntentID?
    /// Processes that began to decide it.
    public var attempts: Int
    /// Resends that were answered from this row.
    public var isDuplicate: Bool
    public var processedBy: String?
    public var processedAt: Instant?
    public var version: Int64

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

    public var values: [Value] {
        [
            fingerprint.column, signal.column, instrument.column, signalType.column, position.column, signalTimestamp.column,
            receivedAt.column, digest.column, rawBody.column, status.column, reason.column, explanation.column, intent.column,
            attempts.column, isDuplicate.column, processedBy.column, processedAt.column, version.column,
        ]
    }

    public func values(at positions: [Int]) -> [Value] {
        values(at: positions) { position in
            switch position {
            case 0: fingerprint.column
            case 17: version.column
            default: nil
            }
        }
    }

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
    public var fingerprint: Fingerprint
    public var digest: String
    public var rawBody: String
    public var receivedAt: Instant

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

    public var values: [Value] { [id.column, fingerprint.column, digest.column, rawBody.column, receivedAt.column] }

    public init(_ row: Row) throws(StorageError) {
        id = try row.read("conflict_id")
        fingerprint = try row.read("fingerprint")
        digest = try row.read("digest")
        rawBody = try row.read("raw_body")
        receivedAt = try row.read("received_at")
    }
}
