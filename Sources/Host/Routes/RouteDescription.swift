/// Who may use a route.
enum RouteAccess: String, Sendable {
    /// Whoever reaches the listener; the webhook asks for its own secret.
    case anybody
    /// Whoever knows the operator token, and, at a listener that only this machine reaches, every program on it.
    case readers
    /// Whoever knows the operator token; nobody when none is configured.
    case operators
}

/// One route as it is served and documented: the interface and its description are made from the same list.
struct RouteDescription: Sendable {
    /// Answers a call whose parameters and body were read; a thrown ``RouteRefusal`` becomes its answer.
    typealias Handler = @Sendable (RouteCall) async throws -> HTTPResponse

    let method: HTTPMethod
    /// The path, such as `/signals/{fingerprint}`.
    let pattern: String
    let access: RouteAccess
    /// One sentence.
    let summary: String
    /// The names that may stand in the query.
    var parameters: [RouteField] = []
    /// The members of the JSON object in the body; nil when there is no body.
    var body: [RouteField]?
    /// What each status means and carries; 400, 401, 403 and 503 are added where the route can give them.
    let responses: [Int: RouteAnswer]
    /// Whether it needs the records or the core, and so may not be possible for a while.
    var mayBeUnavailable = true
    /// Whether the handler reads the request itself, because its rules differ from those of the other routes.
    var isRaw = false
    let handler: Handler

    /// The names within braces in the pattern.
    var captures: [String] {
        pattern.split(separator: "/").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }.map { String($0.dropFirst().dropLast()) }
    }
}

/// What an answer with one status means and carries.
struct RouteAnswer: Sendable {
    /// What stands in the body.
    enum Body: Sendable {
        /// A value of one of these types.
        case value([any DescribedAnswer.Type])
        /// JSON whose form no type has, made when it is asked for, under the name that it gets in the document.
        case schema(@Sendable () -> Schema, name: String)
        case text
    }

    /// One sentence.
    let summary: String
    let body: Body

    static func value(_ type: any DescribedAnswer.Type, _ summary: String) -> RouteAnswer { either([type], summary) }
    static func either(_ types: [any DescribedAnswer.Type], _ summary: String) -> RouteAnswer {
        RouteAnswer(summary: summary, body: .value(types))
    }
    static func failure(_ summary: String) -> RouteAnswer { value(Failure.self, summary) }
    static func schema(_ schema: @autoclosure @escaping @Sendable () -> Schema, name: String, _ summary: String) -> RouteAnswer {
        RouteAnswer(summary: summary, body: .schema(schema, name: name))
    }
    static func text(_ summary: String) -> RouteAnswer { RouteAnswer(summary: summary, body: .text) }
}

/// A named value in a query or a body.
struct RouteField: Sendable {
    let name: String
    let kind: RouteValueKind
    var isRequired = false
    /// What stands for a missing value.
    var whenMissing: RouteValue?
    /// One sentence.
    let summary: String

    init(_ name: String, _ kind: RouteValueKind, isRequired: Bool = false, whenMissing: RouteValue? = nil, summary: String) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.whenMissing = whenMissing
        self.summary = summary
    }
}

/// A call whose parameters and body were read.
struct RouteCall: Sendable {
    let request: HTTPRequest
    /// The segments that stood for `{name}`.
    let captures: [String: String]
    let values: [String: RouteValue]

    /// The text of a field, or nil when it was not given.
    func text(_ name: String) -> String? { if case .text(let text) = values[name] { text } else { nil } }

    /// The number of a field, or nil when it was not given.
    func number(_ name: String) -> Int? { if case .number(let number) = values[name] { number } else { nil } }

    /// Whether a flag is set; a missing one is not.
    func flag(_ name: String) -> Bool { values[name] == .flag(true) }

    /// The text of a field that the description requires.
    func required(_ name: String) throws(RouteRefusal) -> String {
        guard let text = text(name) else { throw .badRequest(["\(name): found nothing, expected a value"]) }
        return text
    }

    /// A segment of the path.
    func capture(_ name: String) throws(RouteRefusal) -> String {
        guard let text = captures[name] else { throw .badRequest(["\(name): found nothing, expected it in the path"]) }
        return text
    }
}

/// Why a call is not carried out.
struct RouteRefusal: Error, Equatable, Sendable {
    let status: Int
    let kind: FailureKind
    let message: String
    /// Every fault by itself.
    var details: [String] = []

    /// 400 with every fault.
    static func badRequest(_ faults: [String]) -> RouteRefusal {
        RouteRefusal(status: 400, kind: .validationError, message: faults.joined(separator: ". "), details: faults)
    }

    /// 404 with a sentence.
    static func missing(_ message: String) -> RouteRefusal { RouteRefusal(status: 404, kind: .notFound, message: message) }

    /// The answer.
    func response(requestID: String) -> HTTPResponse {
        let list = details.isEmpty ? nil : "[" + details.map(JSONText.quoted).joined(separator: ",") + "]"
        let response = HTTPResponse.failure(status, kind, message, requestID: requestID, details: list)
        return status == 503 ? response.adding("Retry-After", "5") : response
    }
}
