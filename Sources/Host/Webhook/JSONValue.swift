/// A JSON value whose numbers are still text.
indirect enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// As written, so that no digit is lost; it follows the grammar of RFC 8259.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
    /// NaN or an infinity, which JSON does not know but chart scripts write; never encoded again.
    case notANumber(String)

    /// Whether NaN or an infinity stands anywhere in this value.
    var hasNotANumber: Bool {
        switch self {
        case .notANumber: true
        case .array(let values): values.contains(where: \.hasNotANumber)
        case .object(let members): members.values.contains(where: \.hasNotANumber)
        default: false
        }
    }

    /// The one text of this value: no white space, keys sorted by their bytes.
    var encoded: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let text), .notANumber(let text): text
        case .string(let text): JSONText.quoted(text)
        case .array(let values): "[" + values.map(\.encoded).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { "\(JSONText.quoted($0.key)):\($0.value.encoded)" }.joined(separator: ",") + "}"
        }
    }
}

/// Why bytes are not acceptable JSON.
struct JSONFault: Error, Equatable, Sendable {
    /// Where, in bytes from the start.
    let offset: Int
    /// The top-level key whose value is being read, if any.
    let key: String?
    let found: String
    let expected: String
}
