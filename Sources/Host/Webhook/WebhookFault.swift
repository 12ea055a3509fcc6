/// One reason why a webhook body is no signal.
struct WebhookFault: Codable, Equatable, Sendable, CustomStringConvertible {
    /// What kind of mistake it is; decides the status.
    enum Kind: String, Codable, CaseIterable, Sendable {
        /// The body is not acceptable JSON.
        case malformed
        /// A field that its type of signal needs is not there.
        case missing
        /// A field holds another kind of JSON value, or a text where a number is wanted.
        case wrongType
        /// A field is well formed and cannot be meant.
        case invalid
    }

    let kind: Kind
    /// The field, or empty for the body as a whole.
    let field: String
    /// What stands there, bounded and escaped; never a secret.
    let found: String
    let expected: String
    /// The known word or the present field that was probably meant.
    var nearest: String?

    /// One sentence, such as `type: found "EXITT", expected BASE_ENTRY, PYRAMID, EXIT or MARKET_DATA; did you mean EXIT?`.
    var description: String {
        let place = field.isEmpty ? "" : field + ": "
        return "\(place)found \(found), expected \(expected)" + (nearest.map { "; did you mean \($0)?" } ?? "")
    }

    /// The fault as a JSON object.
    var encoded: String {
        let members =
            [("expected", expected), ("field", field), ("found", found), ("kind", kind.rawValue)]
            + (nearest.map { [("nearest", $0)] } ?? [])
        return "{" + members.map { "\"\($0.0)\":\(JSONText.quoted($0.1))" }.joined(separator: ",") + "}"
    }
}

/// Every reason why a webhook body is no signal.
struct WebhookFaults: Error, Equatable, Sendable {
    /// At least one, in the order of the fields in the documentation.
    let faults: [WebhookFault]
    /// The secret in the body, where the body was JSON and had one; details are for those who know it.
    let secret: String?

    /// Whether the body as a whole is no acceptable JSON.
    var isUnreadable = false

    /// 400 when something is malformed, missing or of the wrong type, 422 when everything is well formed and something cannot be meant.
    var status: Int { faults.allSatisfy { $0.kind == .invalid } ? 422 : 400 }
}
