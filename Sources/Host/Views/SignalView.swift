import FoundationEssentials
import MunimKit

/// A signal as the interface shows it.
struct SignalView: Codable, Sendable {
    var fingerprint: String
    var status: String
    var reason: String?
    var summary: String?
    var instrument: String
    var type: String
    var position: String
    var price: String
    var timestamp: Instant
    var receivedAt: Instant
    var decidedAt: Instant?
    var intent: String?
    var duplicate: Bool?
    var requestId: String?
    var explanation: Explanation?

    init(_ record: SignalRecord, requestID: String? = nil, isDuplicate: Bool? = nil, isBrief: Bool = false) {
        fingerprint = record.fingerprint.text
        status = record.status.rawValue
        reason = record.reason
        summary = record.explanation?.content.summary
        instrument = record.instrument.text
        type = record.signalType
        position = record.position
        price = record.signal.content.price.description
        timestamp = record.signalTimestamp
        receivedAt = record.receivedAt
        decidedAt = record.processedAt
        intent = record.intent?.text
        duplicate = isDuplicate
        requestId = requestID
        explanation = isBrief ? nil : record.explanation?.content
    }
}

extension HTTPResponse {
    /// A value as JSON with snake-case keys in a fixed order.
    static func encoded(_ value: some Encodable, status: Int = 200) -> HTTPResponse {
        guard let bytes = try? InterfaceCoding.encode(value) else { return .text("", status: 500) }
        return HTTPResponse(status: status, contentType: "application/json", body: bytes)
    }
}

/// How values become JSON for other programs: snake-case keys, sorted, money and prices as text.
enum InterfaceCoding {
    static func encode(_ value: some Encodable, isPretty: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting =
            isPretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }
}
