internal import MunimKit

/// The body of a webhook of which the JSON was read and nothing examined yet, so that it can be asked for its secret first.
struct WebhookText: Sendable {
    private let bytes: [UInt8]
    private let document: StrictJSON.Document
    private let fault: JSONFault?

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        (document, fault) = StrictJSON.read(bytes, marking: WebhookFields.secret)
    }

    /// The secret in the body, not yet compared with anything; also one before the place at which the body stops being JSON.
    var secret: String? {
        guard case .string(let text) = document.members[WebhookFields.secret] else { return nil }
        return text
    }

    /// What a sender who is not believed is told of a body that is no JSON: where, and nothing of what stands there. Nil for JSON.
    var faultsForStrangers: WebhookFaults? { fault.map { unreadable($0, isShown: false) } }

    /// The signal that the body denotes, or every fault at once; no fault shows one of `secrets`.
    func signal(hiding secrets: SharedSecrets?) -> Result<ParsedWebhook, WebhookFaults> {
        if let fault { return .failure(unreadable(fault, isShown: secrets.map { !$0.stand(in: bytesBesideSecret) } ?? true)) }
        if let secrets, document.members.contains(where: { $0.key != WebhookFields.secret && $0.value.shows(secrets, under: $0.key) }) {
            return .failure(WebhookFaults(faults: [Self.misplacedSecret], secret: secret))
        }
        var parser = SignalParser(FieldReader(document.members))
        let (signal, secret) = parser.signal()
        guard let signal, parser.reader.faults.isEmpty else {
            return .failure(WebhookFaults(faults: parser.reader.faults, secret: secret))
        }
        let payload = JSONValue.object(parser.reader.canonical).encoded
        let body = bytesBesideSecret
        return .success(ParsedWebhook(signal: signal, secret: secret, payload: payload, body: body))
    }

    private static let misplacedSecret = WebhookFault(
        kind: .invalid, field: WebhookFields.secret, found: "the secret in another place", expected: "it in this member alone")

    private var bytesBesideSecret: [UInt8] {
        document.range.map { Redaction.masked(bytes, at: $0) } ?? bytes
    }

    private func unreadable(_ fault: JSONFault, isShown: Bool) -> WebhookFaults {
        let place = isShown && fault.key != WebhookFields.secret ? fault.found : "something else"
        let field = fault.key.map { Excerpt.isWord($0) ? String($0.prefix(40)) : Excerpt.quoted($0) } ?? ""
        let described = WebhookFault(
            kind: .malformed, field: isShown ? field : "", found: "\(place) at byte \(fault.offset)", expected: fault.expected)
        return WebhookFaults(faults: [described], secret: secret, isUnreadable: true)
    }
}

extension JSONValue {
    /// Whether one of `secrets` stands in this value or in the key above it.
    fileprivate func shows(_ secrets: SharedSecrets, under key: String) -> Bool {
        secrets.stand(in: key.utf8) || shows(secrets)
    }

    private func shows(_ secrets: SharedSecrets) -> Bool {
        switch self {
        case .null, .boolean: false
        case .number(let text), .string(let text), .notANumber(let text): secrets.stand(in: text.utf8)
        case .array(let values): values.contains { $0.shows(secrets) }
        case .object(let members): members.contains { $0.value.shows(secrets, under: $0.key) }
        }
    }
}
