import MunimKit

/// The schemas that a document names, each read once from its type.
final class SchemaCatalogue {
    /// The named schemas.
    private(set) var schemas: [String: Schema] = [:]
    /// The types behind them, for whoever holds their words against their members.
    private(set) var types: [any DescribedAnswer.Type] = []

    /// Names a schema that no type has, and refers to it.
    func add(_ schema: Schema, as name: String) -> Schema {
        schemas[name] = schema
        return .reference(to: name)
    }

    /// The schema of a type: a reference for one with a name.
    func schema(of type: any Decodable.Type) throws -> Schema { try read(type).schema }

    /// A value that the type made of nothing, and the schema of it.
    fileprivate func read<Value: Decodable>(_ type: Value.Type) throws -> (value: Value, schema: Schema) {
        if let leaf = type as? any SchemaLeaf.Type, let sample = leaf.sample as? Value { return (sample, leaf.schema) }
        if let choice = type as? any SchemaChoice.Type, let sample = choice.sample as? Value {
            return (sample, .either(try choice.forms.map(schema(of:))))
        }
        if let cases = type as? any CaseIterable.Type, case let all = Self.cases(of: cases), let first = all.first as? Value,
            case let words = all.compactMap({ ($0 as? any RawRepresentable)?.rawValue as? String }), words.count == all.count
        {
            return (first, .words(words))
        }
        let members = SchemaMembers(self)
        let value = try Value(from: SchemaDecoder(members: members))
        guard let described = type as? any DescribedAnswer.Type else { return (value, members.schema) }
        if schemas.updateValue(members.schema(described), forKey: described.schemaName) == nil { types.append(described) }
        return (value, .reference(to: described.schemaName))
    }

    private static func cases<Words: CaseIterable>(of type: Words.Type) -> [Any] { Array(type.allCases) }
}

/// What a type asks a decoder for.
private final class SchemaMembers {
    let catalogue: SchemaCatalogue
    private var properties: [String: Schema] = [:]
    private var optional: Set<String> = []
    /// What the type is when it has no members.
    private var whole: Schema?

    init(_ catalogue: SchemaCatalogue) { self.catalogue = catalogue }

    var schema: Schema { whole ?? .object(properties, required: properties.keys.filter { !optional.contains($0) }) }

    func schema(_ described: any DescribedAnswer.Type) -> Schema {
        var shown = properties
        for (name, schema) in properties {
            shown[name] = described.nullable.contains(name) ? schema.orNull : schema
            if let meaning = described.meanings[name] { shown[name] = shown[name]?.described(meaning) }
        }
        let required = properties.keys.filter { !optional.contains($0) || described.nullable.contains($0) }
        return Schema.object(shown, required: required).described(described.schemaSummary)
    }

    func member<Value: Decodable>(_ key: any CodingKey, _ type: Value.Type) throws -> Value {
        let (value, schema) = try catalogue.read(type)
        properties[InterfaceCoding.name(of: key)] = schema
        return value
    }

    func mayBeMissing(_ key: any CodingKey) { optional.insert(InterfaceCoding.name(of: key)) }

    func element<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (value, schema) = try catalogue.read(type)
        whole = .list(of: schema)
        return value
    }

    func single<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (value, schema) = try catalogue.read(type)
        whole = schema
        return value
    }
}

/// Answers whatever a type asks for with a sample, and remembers what was asked.
private struct SchemaDecoder: Decoder {
    let members: SchemaMembers
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Keyed(members: members))
    }
    func unkeyedContainer() -> any UnkeyedDecodingContainer { Unkeyed(members: members) }
    func singleValueContainer() -> any SingleValueDecodingContainer { Single(members: members) }

    private struct NotOffered: Error {}

    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: SchemaMembers
        var codingPath: [any CodingKey] { [] }
        var allKeys: [Key] { [] }

        func contains(_ key: Key) -> Bool { true }
        // Only members that may be missing are asked whether they are null.
        func decodeNil(forKey key: Key) -> Bool {
            members.mayBeMissing(key)
            return false
        }
        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value { try members.member(key, type) }
        func nestedContainer<Nested>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
            throw NotOffered()
        }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw NotOffered() }
        func superDecoder() throws -> any Decoder { throw NotOffered() }
        func superDecoder(forKey key: Key) throws -> any Decoder { throw NotOffered() }
    }

    /// A list of one element.
    private struct Unkeyed: UnkeyedDecodingContainer {
        let members: SchemaMembers
        var codingPath: [any CodingKey] { [] }
        var count: Int? { 1 }
        var isAtEnd: Bool { currentIndex > 0 }
        var currentIndex = 0

        mutating func decodeNil() -> Bool { false }
        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            currentIndex += 1
            return try members.element(type)
        }
        mutating func nestedContainer<Nested>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> { throw NotOffered() }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NotOffered() }
        mutating func superDecoder() throws -> any Decoder { throw NotOffered() }
    }

    private struct Single: SingleValueDecodingContainer {
        let members: SchemaMembers
        var codingPath: [any CodingKey] { [] }

        func decodeNil() -> Bool { false }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try members.single(type) }
    }
}
