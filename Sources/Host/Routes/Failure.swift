import MunimKit

/// The body of every answer that is an error, as a reader decodes it; ``HTTPResponse/failure(_:_:_:requestID:details:)`` writes it.
struct Failure: Codable, Sendable {
    /// The word that tells it from every other answer.
    enum Status: String, Codable, CaseIterable, Sendable { case error }

    /// One of several faults: a sentence, or what is wrong with one member of a webhook.
    enum Detail: Codable, Sendable {
        case sentence(String)
        case member(WebhookFault)

        init(from decoder: any Decoder) throws {
            do { self = .sentence(try decoder.singleValueContainer().decode(String.self)) } catch {
                self = .member(try WebhookFault(from: decoder))
            }
        }

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .sentence(let sentence): try sentence.encode(to: encoder)
            case .member(let fault): try fault.encode(to: encoder)
            }
        }
    }

    var status: Status
    var errorType: FailureKind
    var message: String
    var requestId: String
    var details: [Detail]?
}

extension Failure: DescribedAnswer {
    static var schemaName: String { "Error" }
    static var schemaSummary: String { "Why a request was not carried out." }
    static var meanings: [String: String] {
        [
            "status": "Always error.", "error_type": "A stable word for programs.", "message": "Every fault, in sentences.",
            "request_id": "Stands in the log as well.", "details": "Every fault by itself.",
        ]
    }
}

extension Failure.Detail: SchemaChoice {
    static var forms: [any Decodable.Type] { [String.self, WebhookFault.self] }
    static var sample: Failure.Detail { .sentence("") }
}

extension WebhookFault: DescribedAnswer {
    static var schemaName: String { "MemberFault" }
    static var schemaSummary: String { "What is wrong with one member of a webhook's body." }
    static var meanings: [String: String] {
        [
            "kind": "What kind of mistake it is.", "field": "The member; empty for the body as a whole.",
            "found": "What stands there, cut.",
            "expected": "What was expected.", "nearest": "What was probably meant.",
        ]
    }
}
