import MunimKit

/// Describes the interface in OpenAPI 3.1, from the table that the routes are made from.
enum OpenAPI {
    /// `table` with one more route, which shows the description of all of them; it is made when it is first asked for.
    static func describing(_ table: [RouteDescription]) -> [RouteDescription] {
        func route(_ handler: @escaping @Sendable (RouteCall) async throws -> HTTPResponse) -> RouteDescription {
            RouteDescription(
                method: .get, pattern: "/openapi.json", access: .anybody, summary: "This description.",
                responses: [200: .schema(form, name: "Document", "An OpenAPI 3.1 document.")], handler: handler)
        }
        let whole = table + [route { _ in .json("") }]
        let made = MadeOnce { document(of: whole).encoded }
        return table + [route { _ in .json(made.value) }]
    }

    /// The form of the document itself, as far as it is worth saying.
    private static let form = Schema.object([
        "openapi": .text().described("The version of OpenAPI."),
        "info": .named(.text()).described("Title, version and what holds for all."),
        "paths": .named(.anything).described("The routes."), "components": .named(.anything).described("Schemas and the operator's token."),
    ]).described("This document.")

    /// The whole document.
    static func document(of table: [RouteDescription]) -> JSONValue {
        let catalogue = SchemaCatalogue()
        var paths: [String: [String: JSONValue]] = [:]
        for route in table { paths[route.pattern, default: [:]][route.method.rawValue.lowercased()] = operation(route, catalogue) }
        return .object([
            "openapi": .string("3.1.0"),
            "info": .object([
                "title": .string("munim"), "version": .string(Version.current),
                "summary": .string("Signals in, positions and exact books out."),
                "description": .string(
                    "Prices and money are decimal text, instants are ISO 8601 in UTC, members without a value are left out, faults are named "
                        + "all at once."),
            ]),
            "paths": .object(paths.mapValues(JSONValue.object)),
            "components": .object([
                "securitySchemes": .object(["operator": bearer]), "schemas": .object(catalogue.schemas.mapValues(\.json)),
            ]),
        ])
    }

    private static func operation(_ route: RouteDescription, _ catalogue: SchemaCatalogue) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(identifier(route)), "summary": .string(route.summary), "responses": responses(route, catalogue),
        ]
        let parameters = route.captures.map(capture) + route.parameters.map(parameter)
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body = route.body {
            members["requestBody"] = .object([
                "required": .boolean(body.contains(where: \.isRequired)),
                "content": .object(["application/json": .object(["schema": schema(of: body)])]),
            ])
        }
        switch route.access {
        case .anybody: members["security"] = .array([])
        // An empty requirement says that the token may be left out, as at a listener that only this machine reaches.
        case .readers: members["security"] = .array([.object([:]), .object(["operator": .array([])])])
        case .operators: members["security"] = .array([.object(["operator": .array([])])])
        }
        return .object(members)
    }

    private static func responses(_ route: RouteDescription, _ catalogue: SchemaCatalogue) -> JSONValue {
        var answers = route.responses
        if !route.isRaw { answers[400] = answers[400] ?? .failure("A parameter or the body is wrong.") }
        if route.access != .anybody {
            answers[401] = .failure("The operator token is missing or wrong.")
            answers[403] = .failure("No operator token is configured.")
        }
        if route.access != .anybody, route.mayBeUnavailable, !route.isRaw {
            answers[503] = answers[503] ?? .failure("Not possible now; ask again.")
        }
        var members = Dictionary(uniqueKeysWithValues: answers.map { (String($0), response($1, catalogue)) })
        members["default"] = response(.failure("The request has no acceptable reading, or the host is stopping."), catalogue)
        return .object(members)
    }

    private static func response(_ answer: RouteAnswer, _ catalogue: SchemaCatalogue) -> JSONValue {
        let (type, schema): (String, Schema) =
            switch answer.body {
            case .text: ("text/plain", .text())
            case .schema(let schema, let name): ("application/json", catalogue.add(schema(), as: name))
            // A type that cannot be read is shown as anything; a test finds it.
            case .value(let types): ("application/json", .either(types.map { (try? catalogue.schema(of: $0)) ?? .anything }))
            }
        return .object([
            "description": .string(answer.summary), "content": .object([type: .object(["schema": schema.json])]),
        ])
    }

    private static func capture(_ name: String) -> JSONValue {
        .object([
            "name": .string(name), "in": .string("path"), "required": .boolean(true),
            "schema": .object(["type": .string("string"), "minLength": .number("1")]),
        ])
    }

    private static func parameter(_ field: RouteField) -> JSONValue {
        .object([
            "name": .string(field.name), "in": .string("query"), "required": .boolean(field.isRequired),
            "description": .string(field.summary), "schema": schema(of: field),
        ])
    }

    private static func schema(of fields: [RouteField]) -> JSONValue {
        let properties = fields.map { field in
            guard case .object(var members) = schema(of: field) else { return (field.name, JSONValue.object([:])) }
            members["description"] = .string(field.summary)
            return (field.name, JSONValue.object(members))
        }
        return .object([
            "type": .string("object"), "properties": .object(Dictionary(properties) { first, _ in first }),
            "required": .array(fields.filter(\.isRequired).map { .string($0.name) }),
        ])
    }

    private static func schema(of field: RouteField) -> JSONValue {
        guard case .object(var members) = field.kind.schema else { return .object([:]) }
        if let value = field.whenMissing { members["default"] = value.json }
        return .object(members)
    }

    /// `get_signals_fingerprint` of `GET /signals/{fingerprint}`.
    private static func identifier(_ route: RouteDescription) -> String {
        let words = route.pattern.split { !$0.isLetter && !$0.isNumber }
        return ([route.method.rawValue.lowercased()] + words.map(String.init)).joined(separator: "_")
    }

    private static var bearer: JSONValue {
        .object(["type": .string("http"), "scheme": .string("bearer"), "description": .string("The option http.operator_token.")])
    }
}

extension RouteValueKind {
    /// The kind in the words of JSON Schema.
    fileprivate var schema: JSONValue {
        let text = JSONValue.string("string")
        return switch self {
        case .text(let longest): .object(["type": text, "minLength": .number("1"), "maxLength": .number("\(longest)")])
        case .remark(let longest): .object(["type": text, "maxLength": .number("\(longest)")])
        case .word(let words): .object(["type": text, "enum": .array(words.map(JSONValue.string))])
        case .number(let range):
            .object([
                "type": .string("integer"), "minimum": .number("\(range.lowerBound)"), "maximum": .number("\(range.upperBound)"),
            ])
        case .instant: .object(["type": text, "format": .string("date-time")])
        case .price, .money: .object(["type": .array([text, .string("number")]), "format": .string("decimal")])
        case .flag: .object(["type": .string("boolean")])
        }
    }
}
