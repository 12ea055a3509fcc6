internal import MunimKit

/// Takes the fields of a webhook one after the other and remembers everything that is wrong with them.
struct FieldReader {
    let members: [String: JSONValue]
    private(set) var faults: [WebhookFault] = []
    /// The fields that were taken, in their one spelling, for the stored copy.
    private(set) var canonical: [String: JSONValue]

    init(_ members: [String: JSONValue]) {
        self.members = members
        canonical = members.filter { $0.key != WebhookFields.secret }
    }

    /// Notes that `field` holds something that it must not.
    mutating func refuse(_ field: String, _ kind: WebhookFault.Kind = .invalid, expected: String, nearest: String? = nil) {
        let found = field == WebhookFields.secret ? "another value" : Self.shown(members[field])
        faults.append(WebhookFault(kind: kind, field: field, found: found, expected: expected, nearest: nearest))
    }

    /// Stores the one spelling of a field.
    mutating func keep(_ field: String, _ value: JSONValue) { canonical[field] = value }

    /// The text of a field; nil when it is missing or no text, which is noted unless the field may be missing.
    mutating func text(_ field: String, isRequired: Bool = true, expected: String) -> String? {
        switch members[field] {
        case .string(let text): return text
        case nil,
            .null where !isRequired:
            noteMissing(field, isRequired, expected: expected)
        default: refuse(field, .wrongType, expected: expected)
        }
        return nil
    }

    /// The exact decimal of a field that holds a number or the text of one.
    mutating func decimal(_ field: String, isRequired: Bool = true, expected: String) -> DecimalText? {
        switch members[field] {
        case .number(let text), .string(let text):
            if let decimal = DecimalText(text) { return decimal }
            refuse(field, .wrongType, expected: expected)
        case .notANumber(let word):
            noteNotANumber(field, word, expected: expected)
        case nil,
            .null where !isRequired:
            noteMissing(field, isRequired, expected: expected)
        default: refuse(field, .wrongType, expected: expected)
        }
        return nil
    }

    /// Faults that are worth telling at once, one more than there are fields.
    private static let mostFaults = 15

    /// Notes NaN and infinities in the fields that nobody took.
    mutating func refuseNotANumbers() {
        for (field, _) in members.filter({ $0.value.hasNotANumber }).sorted(by: { $0.key < $1.key })
        where faults.count < Self.mostFaults && !faults.contains(where: { $0.field == field }) {
            noteNotANumber(Excerpt.isWord(field) ? String(field.prefix(40)) : Excerpt.quoted(field), "NaN or an infinity", expected: "JSON")
        }
    }

    private mutating func noteNotANumber(_ field: String, _ word: String, expected: String) {
        let found = "the bare word \(word), which is not JSON; a chart without enough bars writes it"
        faults.append(WebhookFault(kind: .malformed, field: field, found: found, expected: expected))
    }

    private mutating func noteMissing(_ field: String, _ isRequired: Bool, expected: String) {
        guard isRequired else { return }
        let nearest = strangers.nearest(to: field).map { "\(Excerpt.quoted($0)), written as \(field)" }
        faults.append(WebhookFault(kind: .missing, field: field, found: "nothing", expected: expected, nearest: nearest))
    }

    /// The words that stand where nothing is known, to find a field in that was written otherwise; a body with many of them has another fault.
    private lazy var strangers: Vocabulary = {
        let words = members.keys.filter { !WebhookFields.all.contains($0) }
        guard words.count <= 8 else { return Vocabulary([]) }
        return Vocabulary(words.filter { $0.utf8.count <= 24 }.sorted())
    }()

    private static func shown(_ value: JSONValue?) -> String {
        switch value {
        case nil: "nothing"
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .number(let text), .notANumber(let text): Excerpt.visible(text, limit: 40) + (text.utf8.count > 40 ? "…" : "")
        case .string(let text): Excerpt.quoted(text)
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// The names of the fields that a webhook may have.
enum WebhookFields {
    static let secret = "secret"
    static let all: Set<String> = [
        "type", "instrument", "position", "price", "stop", "lots", "atr", "er", "supertrend", "roc", "timestamp", "reason", "entry_price",
        secret,
    ]
}
