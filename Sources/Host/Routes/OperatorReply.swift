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
    /// Asks the core on a person's behalf; refuses with 503 when no answer comes in time, because the request may still be carried out.
    ///
    /// `afterwards` is called once, when nothing comes of the request any more, however late that is.
    func ask(_ command: OperatorCommand, for call: RouteCall, afterwards: @escaping @Sendable () -> Void = {})
        async throws(RouteRefusal) -> OperatorAnswer
    {
        guard let person = call.text("by"), engine.acceptsCommands else {
            afterwards()
            throw Self.unanswered
        }
        log(
            .warning, "an operator asks", LogField("request", call.request.id), LogField("by", person),
            LogField("route", call.request.path.joined(separator: "/")), LogField("peer", call.request.peer))
        let answer = await operatorsWait.value { [engine] in
            // Much longer than anybody waits: the core answers every request as soon as its records can be written.
            let answer = await engine.command(command, by: person, waiting: .minutes(24 * 60))
            afterwards()
            return answer
        }
        guard case .some(.some(let answer)) = answer else { throw Self.unanswered }
        return answer
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
    static let dryRun = RouteField(
        "dry_run", .flag, whenMissing: .flag(true), summary: "Whether to show only what would be done; false really does it.")
    static let responses: [Int: RouteAnswer] = [200: .value(OperatorReply.self, "Done, or what would be done.")]
}
