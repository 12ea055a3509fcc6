/// What a person or a program asked for, from the asking to the answer: obeyed once, whatever ends meanwhile.
public struct CommandRecord: Record {
    /// Names it once for ever; the key, so that what is asked for again is answered and not done again.
    public var id: CommandID
    /// What is asked for, in one word.
    public var kind: String
    /// What is asked for, with everything that it needs.
    public var command: Stored<OperatorCommand>
    /// Who asks.
    public var principal: String
    /// Where it stands.
    public var state: CommandState
    /// What came of it, in a sentence; nil while it waits.
    public var answer: String?
    /// Details of the answer, a line each.
    public var details: Stored<[String]>
    /// When it was asked, by the clock of the host that took it.
    public var createdAt: Instant
    /// After this moment it is not obeyed any more; nil for a stop, which never expires.
    public var deadline: Instant?
    /// When it was answered, by the clock of the host that obeyed; nil while it waits.
    public var decidedAt: Instant?
    /// The process that answered it; nil while it waits.
    public var decidedBy: Incarnation?
    /// Optimistic version, 1 at insertion and one more per update; a commit with another expectation is a conflict.
    public var version: Int64

    /// The columns, each with the property that it holds.
    public static let fields: Fields<CommandRecord> = [
        Field("command_id", \.id), Field("kind", \.kind), Field("command", \.command), Field("principal", \.principal),
        Field("state", \.state), Field("answer", \.answer), Field("details", \.details), Field("created_at", \.createdAt),
        Field("deadline", \.deadline), Field("decided_at", \.decidedAt), Field("decided_by", \.decidedBy), Field("version", \.version),
    ]

    /// The table `commands`: one row per request, kept for ever.
    public static let table = Table(
        "commands", fields, primaryKey: ["command_id"], indexes: [["state"], ["created_at"]], versionColumn: "version")

    /// A command that waits.
    public init(id: CommandID, command: OperatorCommand, principal: String, at: Instant) {
        self.id = id
        kind = command.word
        self.command = Stored(command)
        self.principal = principal
        state = .waiting
        details = Stored([])
        createdAt = at
        deadline = command.expires ? at + Self.patience : nil
        version = 1
    }

    /// How long a command may wait for somebody who obeys it.
    public static let patience = Span.minutes(1)

    /// What came of it; nil while it waits.
    public var outcome: OperatorAnswer? {
        guard state != .waiting, let answer else { return nil }
        return OperatorAnswer(id: id.text, isDone: state == .done, message: answer, details: details.content)
    }
}

/// Names one request of a person or a program, once for ever.
public struct CommandID: Identifier {
    /// The text as it was given, or as the host made it.
    public let text: String
    /// Takes the text unchecked.
    public init(_ text: String) { self.text = text }
}

/// Where a command stands.
public enum CommandState: String, StoredName, Sendable {
    /// Asked for and not answered.
    case waiting
    /// Obeyed.
    case done
    /// Answered with what speaks against it.
    case declined
    /// Nobody could obey it in time.
    case expired
}

extension Query<CommandRecord> {
    /// Commands that wait, in the order in which they were asked for.
    public static var waiting: Query {
        Query(.equal("state", CommandState.waiting), order: [.ascending("created_at"), .ascending("command_id")])
    }
}

extension OperatorCommand {
    /// The command in one word.
    public var word: String {
        switch self {
        case .stop: "stop"
        case .resume: "resume"
        case .closeAll: "close_all"
        case .exit: "exit"
        case .bookExit: "book_exit"
        case .capital: "capital"
        case .unfreeze: "unfreeze"
        case .rollover: "rollover"
        }
    }

    /// Whether it loses its meaning when nobody obeys it for a while.
    var expires: Bool {
        if case .stop = self { false } else { true }
    }
}

extension OperatorCommand: DocumentContent {
    /// Written as an object named after the case, with its members.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            switch self {
            case .stop(let reason): document.member("stop", ["reason": reason])
            case .resume(let reason, let lifting): document.member("resume", Resumption(reason: reason, lifting: lifting))
            case .closeAll(let reason): document.member("closeAll", ["reason": reason])
            case .exit(let position, let reason): document.member("exit", PositionCommand(position: position, price: nil, reason: reason))
            case .bookExit(let position, let price, let reason):
                document.member("bookExit", PositionCommand(position: position, price: price, reason: reason))
            case .capital(let amount, let notes, let key): document.member("capital", Movement(amount: amount, notes: notes, key: key))
            case .unfreeze(let instrument, let reason): document.member("unfreeze", ["_0": instrument.text, "reason": reason])
            case .rollover(let execute): document.member("rollover", ["execute": execute])
            }
        }
    }

    private struct Resumption: DocumentContent {
        var reason: String
        var lifting: Int64?

        func write(to document: inout DocumentWriter) {
            document.object { document in
                document.member("lifting", lifting)
                document.member("reason", reason)
            }
        }
    }

    private struct PositionCommand: DocumentContent {
        var position: PositionID
        var price: Price?
        var reason: String

        func write(to document: inout DocumentWriter) {
            document.object { document in
                document.member("_0", position)
                document.member("price", price)
                document.member("reason", reason)
            }
        }
    }

    private struct Movement: DocumentContent {
        var amount: Money
        var notes: String
        var key: String

        func write(to document: inout DocumentWriter) {
            document.object { document in
                document.member("_0", amount)
                document.member("key", key)
                document.member("notes", notes)
            }
        }
    }
}
