import MunimKit

/// A signal as the interface shows it.
struct SignalView: Codable, Sendable {
    var fingerprint: Fingerprint
    var status: SignalStatus
    var reason: String?
    var summary: String?
    var instrument: InstrumentName
    var type: SignalKind
    var position: String
    var price: Price
    var timestamp: Instant
    var receivedAt: Instant
    var decidedAt: Instant?
    var intent: IntentID?
    var duplicate: Bool?
    var requestId: String?
    var explanation: Explanation?

    init(_ record: SignalRecord, requestID: String? = nil, isDuplicate: Bool? = nil, isBrief: Bool = false) {
        fingerprint = record.fingerprint
        status = record.status
        reason = record.reason?.rawValue
        summary = record.explanation?.content.summary
        instrument = record.instrument
        type = record.signal.content.kind
        position = record.position
        price = record.signal.content.price
        timestamp = record.signalTimestamp
        receivedAt = record.receivedAt
        decidedAt = record.processedAt
        intent = record.intent
        duplicate = isDuplicate
        requestId = requestID
        explanation = isBrief ? nil : record.explanation?.content
    }
}

extension SignalView: DescribedAnswer {
    static var schemaName: String { "Signal" }
    static var schemaSummary: String { "A signal with what became of it." }
    static var meanings: [String: String] {
        [
            "fingerprint": "Its identity: 64 hexadecimal digits of a SHA-256; a resend has the same.",
            "status": "Where it stands; accepted and working are no verdicts yet.",
            "reason": "A stable code of the verdict, such as no_position.", "summary": "The verdict in a sentence.",
            "instrument": "The configured name.", "type": "What it asks for.", "position": "Long_n, ALL, or empty for MARKET_DATA.",
            "price": "What the exchange quoted.", "timestamp": "The sender's time.", "received_at": "When it arrived.",
            "decided_at": "When it got its verdict.", "intent": "What was decided to be done for it.",
            "duplicate": "True when this answers a resend from the records; nothing was done for it.",
            "request_id": "The id of the request in the log; only in the answer to a webhook.",
            "explanation": "Every number behind the verdict; left out in lists.",
        ]
    }
}
