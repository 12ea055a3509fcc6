/// A name or number that identifies one thing of one kind; identifiers of different kinds do not mix.
public protocol Identifier: Hashable, Comparable, Codable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The text as stored and shown.
    var text: String { get }
    /// An identifier with this text.
    init(_ text: String)
}

extension Identifier {
    /// The text itself.
    public var description: String { text }
    /// An identifier written in code.
    public init(stringLiteral text: String) { self.init(text) }
    /// Ordered by the text; that of ASCII is the order of its bytes.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
    /// Decodes the bare text.
    public init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }
    /// Encodes the bare text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

/// The configured name of an instrument; also the scope in which decisions are taken one at a time.
public struct InstrumentName: Identifier {
    /// The name as the configuration writes it.
    public let text: String
    /// Takes the name unchecked; the configuration and the webhook check it.
    public init(_ text: String) { self.text = text }
}

/// The canonical identity of a signal: 64 hexadecimal digits of a SHA-256.
public struct Fingerprint: Identifier {
    /// The 64 hexadecimal digits of the SHA-256.
    public let text: String
    /// Takes the digits unchecked.
    public init(_ text: String) { self.text = text }
}

/// One durable decision to change exposure.
public struct IntentID: Identifier {
    /// The kind and a part of the cause, joined by a hyphen.
    public let text: String
    /// Takes the text unchecked; the core makes it from the cause.
    public init(_ text: String) { self.text = text }
}

/// One position, unique for ever: a slot that is used again gets a new one.
public struct PositionID: Identifier {
    /// Instrument, layer and a part of the cause, joined by hyphens.
    public let text: String
    /// Takes the text unchecked; the core makes it from the cause.
    public init(_ text: String) { self.text = text }
}

/// The name of one order towards the broker: at most 20 characters of A–Z and 0–9, never reused.
public struct Tag: Identifier {
    /// The characters as the broker sees them.
    public let text: String
    /// Takes the text unchecked; the core keeps to the length and the characters.
    public init(_ text: String) { self.text = text }
}

/// The broker's own number of an order.
public struct BrokerOrderID: Identifier {
    /// The number as the broker writes it.
    public let text: String
    /// Takes the broker's number as it came.
    public init(_ text: String) { self.text = text }
}

/// The broker's own number of a trade; each is posted once.
public struct TradeID: Identifier {
    /// The number as the broker writes it.
    public let text: String
    /// Takes the broker's number as it came.
    public init(_ text: String) { self.text = text }
}

/// One process of the host; a restart is another one.
public struct Incarnation: Identifier {
    /// The text that names the process in records and logs.
    public let text: String
    /// Takes the text unchecked; it must differ for every start of the process.
    public init(_ text: String) { self.text = text }
}
