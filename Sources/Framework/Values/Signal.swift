/// The number of a layer within an instrument's stack of positions: 1 is the base, 2 and up are pyramids.
public struct Layer: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The number, 1 to 99.
    public let number: Int
    /// The base layer.
    public static let base = Layer(unchecked: 1)
    /// The layer with this number, or nil outside 1 to 99.
    public init?(_ number: Int) {
        guard (1...99).contains(number) else { return nil }
        self.number = number
    }
    private init(unchecked number: Int) { self.number = number }
    /// The layer of the signal text `Long_n`, or nil.
    public init?(text: some StringProtocol) {
        guard text.hasPrefix("Long_"), let number = Int(text.dropFirst(5)), text == "Long_\(number)" else { return nil }
        self.init(number)
    }
    /// Whether this is the base.
    public var isBase: Bool { number == 1 }
    /// Ordered by number.
    public static func < (left: Layer, right: Layer) -> Bool { left.number < right.number }
    /// The signal text, `Long_n`.
    public var description: String { "Long_\(number)" }
    /// Decodes `Long_n`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let layer = Layer(text: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a layer as Long_1 to Long_99")
        }
        self = layer
    }
    /// Encodes `Long_n`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// What a signal asks for.
public enum SignalKind: String, Codable, CaseIterable, Sendable {
    /// Open layer 1.
    case baseEntry = "BASE_ENTRY"
    /// Open a further layer.
    case pyramid = "PYRAMID"
    /// Close one layer or all.
    case exit = "EXIT"
    /// Price and volatility of a closed bar; drives stops, asks for no trade.
    case marketData = "MARKET_DATA"

    /// Whether a trade that follows from it increases risk.
    public var isEntry: Bool { self == .baseEntry || self == .pyramid }
}

/// Which layers a signal speaks of.
public enum SignalTarget: Hashable, Codable, Sendable, CustomStringConvertible {
    /// One layer.
    case layer(Layer)
    /// All open layers of the instrument; only for exits.
    case all
    /// No layer; only for market data.
    case none
    /// The signal text: `Long_n`, `ALL` or the empty text.
    public var description: String {
        switch self {
        case .layer(let layer): layer.description
        case .all: "ALL"
        case .none: ""
        }
    }
}

/// An authenticated, valid message of the sender; it is not yet decided whether anything is traded.
///
/// Guaranteed by whoever makes one from outside input: prices and stops are not negative and below 10⁹; for entries `0 < stop < price`,
/// `atr > 0` and `supertrend > 0`; the efficiency ratio lies within 0 … 1; a base entry names layer 1, a pyramid layer 2 or above.
public struct Signal: Hashable, Codable, Sendable {
    /// What is asked for.
    public var kind: SignalKind
    /// The instrument's configured name.
    public var instrument: InstrumentName
    /// Which layers.
    public var target: SignalTarget
    /// The sender's price at signal time.
    public var price: Price
    /// The sender's stop; zero where an exit carries none.
    public var stop: Price
    /// The sender's own size, a suggestion.
    public var lots: Lots
    /// Average true range at signal time.
    public var atr: Price
    /// Efficiency ratio, 0 to 1.
    public var efficiencyRatio: Ratio
    /// The supertrend line; zero where there is none.
    public var supertrend: Price
    /// Rate of change, where the sender gives one.
    public var rateOfChange: Ratio?
    /// The sender's time, in UTC.
    public var timestamp: Instant
    /// The sender's time as it was written.
    public var timestampText: String
    /// The sender's reason for an exit: shown and stored, never branched on.
    public var reason: String?
    /// The entry price that the sender believes in, for comparison only.
    public var entryPrice: Price?

    /// Creates a signal from checked parts.
    public init(
        kind: SignalKind, instrument: InstrumentName, target: SignalTarget, price: Price, stop: Price = .zero, lots: Lots = .zero,
        atr: Price = .zero, efficiencyRatio: Ratio = .zero, supertrend: Price = .zero, rateOfChange: Ratio? = nil, timestamp: Instant,
        timestampText: String? = nil, reason: String? = nil, entryPrice: Price? = nil
    ) {
        self.kind = kind
        self.instrument = instrument
        self.target = target
        self.price = price
        self.stop = stop
        self.lots = lots
        self.atr = atr
        self.efficiencyRatio = efficiencyRatio
        self.supertrend = supertrend
        self.rateOfChange = rateOfChange
        self.timestamp = timestamp
        self.timestampText = timestampText ?? timestamp.description
        self.reason = reason
        self.entryPrice = entryPrice
    }

    /// The text whose SHA-256 is the fingerprint: `v1|INSTRUMENT|TYPE|POSITION|YYYY-MM-DDTHH:MM:SSZ`, in UTC at whole seconds.
    ///
    /// No field can contain the separator: instruments are checked names, the others closed sets.
    public var canonicalText: String {
        var text = "v1|"
        // Enough for every name, so that the text grows in place.
        text.reserveCapacity(96)
        for part in [instrument.text, kind.rawValue, target.description] {
            text += part
            text += "|"
        }
        text += Instant(seconds: timestamp.seconds).description
        return text
    }
}
