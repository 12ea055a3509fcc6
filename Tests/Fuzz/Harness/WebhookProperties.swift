import MunimKit

@testable import munim

/// Any bytes are either a signal that keeps its promises or refused with reasons, and nothing shows a secret.
enum WebhookProperties {
    @Sendable static func check(_ bytes: [UInt8]) throws {
        try checkKeys(.object(StrictJSON.read(bytes).document.members))
        let result = WebhookParse.parse(bytes)
        try expect(result == WebhookParse.parse(bytes), "the same bytes are read in two ways")
        switch result {
        case .success(let parsed): try check(parsed, of: bytes)
        case .failure(let faults): try check(faults, of: bytes)
        }
    }

    /// Texts beyond ASCII are normalised where they are hashed, which costs the more the longer they are.
    private static func checkKeys(_ value: JSONValue) throws {
        switch value {
        case .object(let members):
            for (key, member) in members {
                try expect(key.utf8.count <= StrictJSON.longestKey && key.utf8.allSatisfy { $0 < 128 }, "the key \(key) was read")
                try checkKeys(member)
            }
            try expect(members.count <= StrictJSON.mostValues, "\(members.count) members were read")
        case .array(let elements): for element in elements { try checkKeys(element) }
        default: break
        }
    }

    private static func check(_ parsed: ParsedWebhook, of bytes: [UInt8]) throws {
        try SignalPromises.check(parsed.signal)
        let again = WebhookParse.parse(Array(parsed.payload.utf8))
        guard case .success(let again) = again else { throw BrokenProperty(description: "the payload is no signal: \(parsed.payload)") }
        try expect(again.payload == parsed.payload, "the payload has another payload")
        try expect(again.secret == nil, "the payload has a secret")
        try expectAlike(again, parsed, "the payload")
        let masked = WebhookParse.parse(parsed.body)
        guard case .success(let masked) = masked else { throw BrokenProperty(description: "the masked body is no signal") }
        try expect(masked.secret == nil || masked.secret == "<redacted>", "the masked body has a secret")
        try expectAlike(masked, parsed, "the masked body")
        try expectHidden(parsed.secret, of: bytes, in: String(decoding: parsed.body, as: UTF8.self))
    }

    private static func expectAlike(_ other: ParsedWebhook, _ parsed: ParsedWebhook, _ name: String) throws {
        try expect(SignalPromises.meaning(of: other.signal) == SignalPromises.meaning(of: parsed.signal), "\(name) means another signal")
        try expect(other.signal.canonicalText == parsed.signal.canonicalText, "\(name) has another fingerprint")
        try expect(other.payload == parsed.payload, "\(name) has another payload")
    }

    private static func check(_ faults: WebhookFaults, of bytes: [UInt8]) throws {
        try expect(!faults.faults.isEmpty, "a body is refused without a reason")
        try expect(faults.status == 400 || faults.status == 422, "a body is refused with \(faults.status)")
        for fault in faults.faults {
            try expect(faults.isUnreadable || !fault.field.isEmpty, "a fault of a readable body names no field")
            try expectMessage(fault.description)
            let encoded = try? StrictJSON.object(Array(fault.encoded.utf8))
            try expect(encoded?.members["found"] == .string(fault.found), "a fault is not encoded as itself: \(fault.encoded)")
            try expectHidden(faults.secret, of: bytes, in: fault.description)
        }
    }

    /// A secret that stands once in the body stands in nothing that is stored or shown.
    private static func expectHidden(_ secret: String?, of bytes: [UInt8], in text: String) throws {
        guard let secret, secret.utf8.count >= 12, text.utf8.count >= secret.utf8.count else { return }
        let needle = Array(secret.utf8)
        guard occurrences(of: needle, in: bytes) == 1 else { return }
        try expect(occurrences(of: needle, in: Array(text.utf8)) == 0, "the secret \(secret) is shown: \(text)")
    }

    private static func occurrences(of needle: [UInt8], in bytes: [UInt8]) -> Int {
        bytes.indices.count { bytes[$0] == needle[0] && bytes[$0...].starts(with: needle) }
    }
}
