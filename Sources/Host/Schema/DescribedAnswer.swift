import MunimKit

/// A type whose values stand in answers. Its schema is read from the way in which it decodes itself, so that it cannot say anything else; only the
/// words are written here, and a test holds them against the members.
protocol DescribedAnswer: Codable, Sendable {
    /// Its name among the schemas of the document.
    static var schemaName: String { get }
    /// What it is, in a sentence.
    static var schemaSummary: String { get }
    /// What each member means, by its name in JSON.
    static var meanings: [String: String] { get }
    /// Members that are always there and may be null; all others without a value are left out.
    static var nullable: Set<String> { get }
}

extension DescribedAnswer {
    static var nullable: Set<String> { [] }
}

/// A type that is one value in JSON, with a sample that its own rules accept.
protocol SchemaLeaf: Decodable {
    static var schema: Schema { get }
    static var sample: Self { get }
}

/// A type that is written in several forms.
protocol SchemaChoice: Decodable {
    /// The forms.
    static var forms: [any Decodable.Type] { get }
    static var sample: Self { get }
}

extension String: SchemaLeaf {
    static var schema: Schema { .text() }
    static var sample: String { "" }
}

extension Bool: SchemaLeaf {
    static var schema: Schema { .flag }
    static var sample: Bool { false }
}

extension Int: SchemaLeaf {
    static var schema: Schema { .integer() }
    static var sample: Int { 0 }
}

extension Int64: SchemaLeaf {
    static var schema: Schema { .integer() }
    static var sample: Int64 { 0 }
}

extension FixedPointValue {
    static var schema: Schema { .decimal }
    static var sample: Self { .zero }
}

extension Price: SchemaLeaf {}
extension Money: SchemaLeaf {}
extension Ratio: SchemaLeaf {}
extension PointValue: SchemaLeaf {}
extension FractionalLots: SchemaLeaf {}

extension Identifier {
    static var schema: Schema { .text() }
    static var sample: Self { Self("") }
}

extension InstrumentName: SchemaLeaf {}
extension IntentID: SchemaLeaf {}
extension PositionID: SchemaLeaf {}
extension Tag: SchemaLeaf {}
extension BrokerOrderID: SchemaLeaf {}
extension TradeID: SchemaLeaf {}
extension Incarnation: SchemaLeaf {}

extension Fingerprint: SchemaLeaf {
    static var schema: Schema { .text(pattern: "^[0-9a-f]{64}$") }
}

extension Lots: SchemaLeaf {
    static var schema: Schema { .integer(atLeast: 0) }
    static var sample: Lots { .zero }
}

extension Quantity: SchemaLeaf {
    static var schema: Schema { .integer(atLeast: 0) }
    static var sample: Quantity { .zero }
}

extension Layer: SchemaLeaf {
    static var schema: Schema { .text(pattern: "^Long_[1-9][0-9]?$") }
    static var sample: Layer { .base }
}

extension Instant: SchemaLeaf {
    static var schema: Schema { .text(format: "date-time") }
    static var sample: Instant { Instant(seconds: 0) }
}

extension TradingDay: SchemaLeaf {
    static var schema: Schema { .text(format: "date") }
    static var sample: TradingDay { TradingDay(daysSinceEpoch: 0) }
}
