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
extension CommandID: ColumnValue {}
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
