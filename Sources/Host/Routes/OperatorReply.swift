import MunimKit

/// What came of an operator's request.
struct OperatorReply: Codable, Sendable {
    /// How it ended.
    enum Outcome: String, Codable, CaseIterable, Sendable {
        case done, declined
        case dryRun = "dry_run"
    }

    var status: Outcome
    var message: String
    var details: [String]

    init(status: Outcome, message: String, details: [String] = []) {
        self.status = status
        self.message = message
        self.details = details
    }

    init(_ answer: OperatorAnswer) {
        self.init(status: answer.isDone ? .done : .declined, message: answer.message, details: answer.details)
    }

    /// 200 when it was or would be done, 409 when the state of the account speaks against it.
    var response: HTTPResponse { .encoded(self, status: status == .declined ? 409 : 200) }
}

extension OperatorReply: DescribedAnswer {
    static var schemaName: String { "OperatorReply" }
    static var schemaSummary: String { "What came of an operator's request." }
    static var meanings: [String: String] {
        [
            "status": "Whether it was done, would be done, or the state of the account speaks against it.",
            "message": "The same in a sentence.", "details": "A line for each thing that is touched.",
        ]
    }
}

extension Application {
    /// Asks whoever decides on a person's behalf: the request is stored, obeyed once, and answered; the same key again gets the same answer.
    ///
    /// Refuses with 503 when no answer comes in time, because the request may still be obeyed until its deadline.
    func ask(_ command: OperatorCommand, for call: RouteCall, isNamedByKey: Bool = true) async throws -> OperatorAnswer {
        guard let person = call.text("by"), engine.acceptsCommands else { throw Self.unanswered }
        log(
            .warning, "an operator asks", LogField("request", call.request.id), LogField("by", person),
            LogField("route", call.request.path.joined(separator: "/")), LogField("peer", call.request.peer))
        let id = isNamedByKey ? call.text("key").map(CommandID.init) : nil
        let outcome = await operatorsWait.value { [engine] () -> Result<Engine.CommandOutcome, StorageError> in
            // Much longer than anybody waits: what gives up sooner is the patience around it.
            do throws(StorageError) {
                return .success(try await engine.command(command, by: person, id: id, waiting: CommandRecord.patience + .minutes(1)))
            } catch { return .failure(error) }
        }
        switch try outcome?.get() {
        case .answered(let answer): return answer
        case .conflict(let stored):
            throw RouteRefusal(
                status: 409, kind: .conflict,
                message: "this key was used for \(stored.kind) by \(stored.principal); another request needs another key")
        case .waiting, nil: throw Self.unanswered
        }
    }

    private static let unanswered = RouteRefusal(
        status: 503, kind: .unavailable,
        message: "the host did not answer in time; the request may still be carried out, so look before asking again")
}

extension Engine {
    /// Whether a command would be heard.
    fileprivate var acceptsCommands: Bool {
        let condition = condition
        return !condition.isStopping && !condition.hasEnded
    }
}

/// Fields that several operator routes ask for.
enum OperatorFields {
    static let by = RouteField("by", .text(longest: 64), isRequired: true, summary: "The name of the person who asks.")
    static let reason = RouteField("reason", .text(longest: 200), isRequired: true, summary: "Why, in one line.")
    static let key = RouteField(
        "key", .text(longest: 100), summary: "Names this request once for ever: asked for again it is answered and not done again.")
    static let dryRun = RouteField(
        "dry_run", .flag, whenMissing: .flag(true), summary: "Whether to show only what would be done; false really does it.")
    static let responses: [Int: RouteAnswer] = [
        200: .value(OperatorReply.self, "Done, or what would be done."),
        409: .either([OperatorReply.self, Failure.self], "Something speaks against it, or the key was used for another request."),
    ]
}
