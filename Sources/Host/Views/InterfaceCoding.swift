import FoundationEssentials

extension HTTPResponse {
    /// A value as JSON with snake-case keys in a fixed order.
    static func encoded(_ value: some Encodable, status: Int = 200) -> HTTPResponse {
        guard let bytes = try? InterfaceCoding.encode(value) else { return .text("", status: 500) }
        return HTTPResponse(status: status, contentType: "application/json", body: bytes)
    }
}

/// How values become JSON for other programs: snake-case keys, sorted, money and prices as text.
enum InterfaceCoding {
    static func encode(_ value: some Encodable, isPretty: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting =
            isPretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// The value that ``encode(_:isPretty:)`` wrote.
    static func decode<V: Decodable>(_ type: V.Type, from bytes: [UInt8]) throws -> V {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(bytes))
    }

    /// The name of a member in JSON, as the encoder makes it: `unrealized_pnl` of `unrealizedPnl`.
    static func name(of key: any CodingKey) -> String {
        key.stringValue.reduce(into: "") { name, letter in
            if letter.isUppercase { name += "_" }
            name += letter.lowercased()
        }
    }
}
