import MunimKit

/// What somebody asked for, as the interface shows it.
struct CommandView: Codable, Sendable {
    var commandId: CommandID
    var kind: String
    var principal: String
    var state: CommandState
    var answer: String?
    var details: [String]
    var createdAt: Instant
    var deadline: Instant?
    var decidedAt: Instant?
    var decidedBy: Incarnation?

    init(_ record: CommandRecord) {
        commandId = record.id
        kind = record.kind
        principal = record.principal
        state = record.state
        answer = record.answer
        details = record.details.content
        createdAt = record.createdAt
        deadline = record.deadline
        decidedAt = record.decidedAt
        decidedBy = record.decidedBy
    }
}

extension CommandView: DescribedAnswer {
    static var schemaName: String { "Command" }
    static var schemaSummary: String { "What somebody asked for, and what came of it." }
    static var meanings: [String: String] {
        [
            "command_id": "Its name, unique for ever.", "kind": "What was asked for, in one word.", "principal": "Who asked.",
            "state": "Whether it waits, was done, was declined, or came too late.", "answer": "What came of it, in a sentence.",
            "details": "A line for each thing that was touched.", "created_at": "When it was asked for.",
            "deadline": "Until when it may be obeyed; left out for a stop, which never expires.",
            "decided_at": "When it was answered.", "decided_by": "The process that answered it.",
        ]
    }
}
