import FoundationEssentials

/// A type that can stand in a column.
public protocol ColumnValue: Sendable {
    /// The value as stored.
    var column: Value { get }
    /// The value read back, or nil when the column holds something else.
    init?(_ column: Value)
}

extension Int64: ColumnValue {
    public var column: Value { .integer(self) }
    public init?(_ column: Value) {
        guard case .integer(let number) = column else { return nil }
        self = number
    }
}

extension Int: ColumnValue {
    public var column: Value { .integer(Int64(self)) }
    public init?(_ column: Value) {
        guard case .integer(let number) = column else { return nil }
        self = Int(number)
    }
}

extension Bool: ColumnValue {
    public var column: Value { .integer(self ? 1 : 0) }
    public init?(_ column: Value) {
        guard case .integer(let number) = column, number == 0 || number == 1 else { return nil }
        self = number == 1
    }
}

extension String: ColumnValue {
    public var column: Value { .text(self) }
    public init?(_ column: Value) {
        guard case .text(let text) = column else { return nil }
        self = text
    }
}

extension Array: ColumnValue where Element == UInt8 {
    public var column: Value { .bytes(self) }
    public init?(_ column: Value) {
        guard case .bytes(let bytes) = column else { return nil }
        self = bytes
    }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    public var column: Value { self?.column ?? .null }
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
    public var column: Value { .integer(units) }
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
    public var column: Value { .text(text) }
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
    public var column: Value { .integer(count) }
    public init?(_ column: Value) {
        guard case .integer(let count) = column, count >= 0 else { return nil }
        self.init(count)
    }
}

extension Quantity: ColumnValue {
    public var column: Value { .integer(count) }
    public init?(_ column: Value) {
        guard case .integer(let count) = column, count >= 0 else { return nil }
        self.init(count)
    }
}

extension Instant: ColumnValue {
    public var column: Value { .integer(microseconds) }
    public init?(_ column: Value) {
        guard case .integer(let microseconds) = column else { return nil }
        self.init(microseconds: microseconds)
    }
}

extension TradingDay: ColumnValue {
    public var column: Value { .text(description) }
    public init?(_ column: Value) {
        guard case .text(let text) = column else { return nil }
        self.init(text)
    }
}

extension Layer: ColumnValue {
    public var column: Value { .text(description) }
    public init?(_ column: Value) {
        guard case .text(let text) = column else { return nil }
        self.init(text: text)
    }
}

/// An enumeration that is stored as its raw text.
public protocol StoredName: ColumnValue, RawRepresentable, Codable, CaseIterable, Hashable where RawValue == String {}

extension StoredName {
    public var column: Value { .text(rawValue) }
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
        case .text(let text): try? JSONDecoder().decode(V.self, from: Data(text.utf8))
        case .null, .integer, .bytes: nil
        }
    }

    public static func == (left: Document, right: Document) -> Bool { left.text == right.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// A column that holds a structured value.
public struct Stored<Content: Codable & Hashable & Sendable>: ColumnValue, Hashable, Codable {
    /// The value.
    public var content: Content
    /// Wraps a value.
    public init(_ content: Content) { self.content = content }
    public var column: Value { .document(Document(content)) }
    public init?(_ column: Value) {
        guard let content = Document.read(column, as: Content.self) else { return nil }
        self.content = content
    }
    /// Decodes the bare content.
    public init(from decoder: any Decoder) throws { content = try Content(from: decoder) }
    /// Encodes the bare content.
    public func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }
}
