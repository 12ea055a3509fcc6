/// A JSON schema of draft 2020-12, as OpenAPI 3.1 uses it.
struct Schema: Equatable, Sendable {
    private(set) var members: [String: JSONValue]

    /// The schema as JSON.
    var json: JSONValue { .object(members) }

    /// Text, of a format or of a pattern where there is one.
    static func text(format: String? = nil, pattern: String? = nil) -> Schema {
        var members: [String: JSONValue] = ["type": .string("string")]
        if let format { members["format"] = .string(format) }
        if let pattern { members["pattern"] = .string(pattern) }
        return Schema(members: members)
    }

    /// An exact decimal as text.
    static let decimal = text(format: "decimal", pattern: #"^-?[0-9]+(\.[0-9]+)?$"#)

    /// A whole number.
    static func integer(atLeast least: Int? = nil) -> Schema {
        var members: [String: JSONValue] = ["type": .string("integer")]
        if let least { members["minimum"] = .number("\(least)") }
        return Schema(members: members)
    }

    /// Yes or no.
    static let flag = Schema(members: ["type": .string("boolean")])

    /// One of these words.
    static func words(_ words: [String]) -> Schema {
        Schema(members: ["type": .string("string"), "enum": .array(words.map(JSONValue.string))])
    }

    /// A list.
    static func list(of element: Schema) -> Schema { Schema(members: ["type": .string("array"), "items": element.json]) }

    /// An object with these members and no others; those that are not required may be left out.
    static func object(_ properties: [String: Schema], required: some Collection<String>) -> Schema {
        Schema(members: [
            "type": .string("object"), "properties": .object(properties.mapValues(\.json)),
            "required": .array(required.sorted().map(JSONValue.string)),
        ])
    }

    /// An object with these members, all of them always there.
    static func object(_ properties: [String: Schema]) -> Schema { object(properties, required: properties.keys) }

    /// An object whose members have names of their own and this form.
    static func named(_ value: Schema) -> Schema {
        Schema(members: ["type": .string("object"), "additionalProperties": value.json])
    }

    /// One of the schemas that the document names.
    static func reference(to name: String) -> Schema { Schema(members: ["$ref": .string("#/components/schemas/\(name)")]) }

    /// Any of these; the one itself when there is only one, anything when there is none.
    static func either(_ schemas: [Schema]) -> Schema {
        guard schemas.count > 1 else { return schemas.first ?? .anything }
        return Schema(members: ["anyOf": .array(schemas.map(\.json))])
    }

    /// Anything at all.
    static let anything = Schema(members: [:])

    /// The same with a sentence on what it means.
    func described(_ sentence: String) -> Schema {
        var copy = self
        copy.members["description"] = .string(sentence)
        return copy
    }

    /// The same, or null.
    var orNull: Schema {
        guard let type = members["type"] else { return .either([self, Schema(members: ["type": .string("null")])]) }
        var copy = self
        copy.members["type"] = .array([type, .string("null")])
        if case .array(let words)? = members["enum"] { copy.members["enum"] = .array(words + [.null]) }
        return copy
    }
}
