import FoundationEssentials

/// A type that can stand in a column.
public protocol ColumnValue: Sendable {
    /// The value as stored.
    var column: Value { get }
    /// The value read back, or nil when the column holds something else.
    init?(_ column: Value)
    /// What a column of such values holds.
    static var columnType: ColumnType { get }
    /// Whether a column of such values may be empty.
    static var isOptional: Bool { get }
    /// Why `column` is no such value, in words that follow the name of the column.
    static func mismatch(of column: Value) -> String
}

extension ColumnValue {
    /// Never empty.
    public static var isOptional: Bool { false }
    /// Names the value and the type that was expected.
    public static func mismatch(of column: Value) -> String { "holds \(column), which is not a \(Self.self)" }
}

extension Int64: ColumnValue {
    /// A whole number.
    public static var columnType: ColumnType { .integer }
    /// Stored as a whole number.
    public var column: Value { .integer(self) }
    /// Reads a whole number; nil for any other value.
    public init?(_ column: Value) {
        guard case .integer(let number) = column else { return nil }
        self = number
    }
}

extension Int: ColumnValue {
    /// A whole number.
    public static var columnType: ColumnType { .integer }
    /// Stored as a whole number of 64 bits.
    public var column: Value { .integer(Int64(self)) }
    /// Reads a whole number; nil for any other value.
    public init?(_ column: Value) {
        guard case .integer(let number) = column else { return nil }
        self = Int(number)
    }
}

extension Bool: ColumnValue {
    /// 0 or 1.
    public static var columnType: ColumnType { .boolean }
    /// Stored as 1 for true and 0 for false.
    public var column: Value { .integer(self ? 1 : 0) }
    /// Reads 0 or 1; nil for any other value.
    public init?(_ column: Value) {
        guard case .integer(let number) = column, number == 0 || number == 1 else { return nil }
        self = number == 1
    }
}

extension String: ColumnValue {
    /// Text.
    public static var columnType: ColumnType { .text }
    /// Stored as text.
    public var column: Value { .text(self) }
    /// Reads text; nil for any other value.
    public init?(_ column: Value) {
        guard case .text(let text) = column else { return nil }
        self = text
    }
}

extension Array: ColumnValue where Element == UInt8 {
    /// Bytes.
    public static var columnType: ColumnType { .bytes }
    /// Stored as bytes.
    public var column: Value { .bytes(self) }
    /// Reads bytes; nil for any other value.
    public init?(_ column: Value) {
        guard case .bytes(let bytes) = column else { return nil }
        self = bytes
    }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    /// May be empty.
    public static var isOptional: Bool { true }
    /// What the value holds where there is one.
    public static var columnType: ColumnType { Wrapped.columnType }
    /// Stored as its value, or null where there is none.
    public var column: Value { self?.column ?? .null }
    /// Reads null as no value; nil when the column holds neither null nor a value of the type.
    public init?(_ column: Value) {
        if case .null = column {
            self = .none
            return
        }
        guard let value = Wrapped(column) else { return nil }
        self = .some(value)
    }
}

extension FixedPointValue {
    /// An exact decimal of its scale.
    public static var columnType: ColumnType { .decimal(scale: scale) }
    /// Stored as the whole number of units of `10^-scale`.
    public var column: Value { .integer(units) }
    /// Reads units of `10^-scale`; nil for any other value.
    public init?(_ column: Value) {
        guard case .integer(let units) = column else { return nil }
        self.init(units: units)
    }
}

extension Price: ColumnValue {}
extension Money: ColumnValue {}
extension Ratio: ColumnValue {}
extension PointValue: ColumnValue {}

extension Identifier {
    /// Text.
    public static var columnType: ColumnType { .text }
    /// Stored as its text.
    public var column: Value { .text(text) }
    /// Reads text; nil for any other value.
    public init?(_ column: Value) {
        guard case .text(let text) = column else { return nil }
        self.init(text)
    }
}

extension InstrumentName: ColumnValue {}
extension Fingerprint: ColumnValue {}
extension IntentID: ColumnValue {}
extension PositionID: ColumnValue {}
extension Tag: ColumnValue {}
extension BrokerOrderID: ColumnValue {}
extension TradeID: ColumnValue {}
extension Incarnation: ColumnValue {}

extension Lots: ColumnValue {
    /// A whole number.
    public static var columnType: ColumnType { .integer }
    /// Stored as a whole number of lots.
    public var column: Value { .integer(count) }
    /// Reads a count of at least 0; nil for any other value.
    public init?(_ column: Value) {
        guard case .integer(let count) = column, count >= 0 else { return nil }
        self.init(count)
    }
}

extension Quantity: ColumnValue {
    /// A whole number.
    public static var columnType: ColumnType { .integer }
    /// Stored as a whole number of units.
    public var column: Value { .integer(count) }
    /// Reads a count of at least 0; nil for any other value.
    public init?(_ column: Value) {
        guard case .integer(let count) = column, count >= 0 else { return nil }
        self.init(count)
    }
}

extension LotSize: ColumnValue {
    /// A whole number.
    public static var columnType: ColumnType { .integer }
    /// Stored as a whole number of units.
    public var column: Value { .integer(count) }
    /// Reads a count of at least 1; nil for any other value.
    public init?(_ column: Value) {
        guard case .integer(let count) = column else { return nil }
        self.init(count)
    }
}

extension Instant: ColumnValue {
    /// Microseconds since 1970 in UTC.
    public static var columnType: ColumnType { .instant }
    /// Stored as microseconds since 1970 in UTC.
    public var column: Value { .integer(microseconds) }
    /// Reads microseconds since 1970 in UTC; nil for any other value.
    public init?(_ column: Value) {
        guard case .integer(let microseconds) = column else { return nil }
        self.init(microseconds: microseconds)
    }
}

extension TradingDay: ColumnValue {
    /// A day.
    public static var columnType: ColumnType { .day }
    /// Stored as `YYYY-MM-DD`.
    public var column: Value { .text(description) }
    /// Reads `YYYY-MM-DD`; nil for any other value and for days that do not exist.
    public init?(_ column: Value) {
        guard case .text(let text) = column else { return nil }
        self.init(text)
    }
}

extension Layer: ColumnValue {
    /// Text.
    public static var columnType: ColumnType { .text }
    /// Stored as `Long_n`.
    public var column: Value { .text(description) }
    /// Reads `Long_1` to `Long_99`; nil for any other value.
    public init?(_ column: Value) {
        guard case .text(let text) = column else { return nil }
        self.init(text: text)
    }
}

/// An enumeration that is stored as its raw text.
public protocol StoredName: ColumnValue, RawRepresentable, Codable, CaseIterable, Hashable where RawValue == String {}

extension StoredName {
    /// Text.
    public static var columnType: ColumnType { .text }
    /// Stored as its raw text.
    public var column: Value { .text(rawValue) }
    /// Reads one of the raw texts; nil for any other value.
    public init?(_ column: Value) {
        guard case .text(let text) = column else { return nil }
        self.init(rawValue: text)
    }
}

/// A structured value in one column: kept as it is in memory, encoded to text by backends that store text.
public struct Document: Hashable, Sendable {
    private let content: any Codable & Hashable & Sendable

    /// Wraps a value.
    public init<V: Codable & Hashable & Sendable>(_ value: V) { content = value }

    /// The value as JSON text with sorted keys.
    public var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let encoded = try? encoder.encode(content) else { preconditionFailure("a stored document must be encodable") }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The value back as its own type, whether it is still in memory or comes from text.
    static func read<V: Codable>(_ column: Value, as type: V.Type) -> V? {
        switch column {
        case .document(let document): document.content as? V
        case .text(let text): try? decode(text)
        case .null, .integer, .bytes: nil
        }
    }

    /// Why a text is no `V`: the member at fault and what is wrong with it; nil when it is one.
    static func fault<V: Codable>(of text: String, as type: V.Type) -> String? {
        do {
            let _: V = try decode(text)
            return nil
        } catch let error as DecodingError {
            return error.sentence
        } catch { return "\(error)" }
    }

    private static func decode<V: Codable>(_ text: String) throws -> V { try JSONDecoder().decode(V.self, from: Data(text.utf8)) }

    /// Equal when their JSON text is equal, so that a stored and a fresh one compare.
    public static func == (left: Document, right: Document) -> Bool { left.text == right.text }
    /// Hashes the JSON text that equality compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// A column that holds a structured value.
public struct Stored<Content: Codable & Hashable & Sendable>: ColumnValue, Hashable, Codable {
    /// The value.
    public var content: Content
    /// A document.
    public static var columnType: ColumnType { .document }
    /// Wraps a value.
    public init(_ content: Content) { self.content = content }
    /// Stored as a document, which stays in memory as it is until a backend wants text.
    public var column: Value { .document(Document(content)) }
    /// Reads a document or its JSON text; nil when it is not a `Content`.
    public init?(_ column: Value) {
        guard let content = Document.read(column, as: Content.self) else { return nil }
        self.content = content
    }
    /// Names the member of the document that is at fault, not the document, which may be long.
    public static func mismatch(of column: Value) -> String {
        guard case .text(let text) = column, let fault = Document.fault(of: text, as: Content.self) else {
            return "holds no document with a \(Content.self)"
        }
        return "holds a document that is not a \(Content.self): \(fault)"
    }
    /// Decodes the bare content.
    public init(from decoder: any Decoder) throws { content = try Content(from: decoder) }
    /// Encodes the bare content.
    public func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }
}

extension DecodingError {
    /// The place and the reason, such as `legs[0].contract.unitsPerLot: a lot has at least one unit, found 0`.
    fileprivate var sentence: String {
        switch self {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context): Self.sentence(context)
        case .keyNotFound(let key, let context): Self.sentence(context, further: [key])
        @unknown default: "\(self)"
        }
    }

    private static func sentence(_ context: Context, further: [any CodingKey] = []) -> String {
        let path = (context.codingPath + further).reduce("") { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
        return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    }
}
