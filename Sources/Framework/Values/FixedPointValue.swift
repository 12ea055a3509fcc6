/// A quantity with a dimension, kept as a whole number of decimal fractions in 64 bits.
///
/// The dimension is the type: a price plus a price is a price, a price times a price does not compile. Arithmetic that can leave the range
/// throws ``Overflow`` in the `adding` and `subtracting` forms; there are no trapping operators.
public protocol FixedPointValue: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// Decimal places kept: 4 for prices and money, 6 for ratios.
    static var scale: Int { get }
    /// The value in units of `10^-scale`.
    var units: Int64 { get }
    /// A value of so many units of `10^-scale`.
    init(units: Int64)
}

/// A sum, difference or product that does not fit its type: the reason to refuse a signal, never a trap.
public struct Overflow: Error, Equatable, Sendable {
    /// Creates the error.
    public init() {}
}

extension FixedPointValue {
    /// Nothing of this dimension.
    public static var zero: Self { Self(units: 0) }

    /// The number of units in one whole.
    public static var unitsPerWhole: Int64 { (0..<scale).reduce(1) { units, _ in units * 10 } }

    /// The value that an exact decimal text denotes; throws when it is malformed, too precise or too large.
    public init(_ text: some StringProtocol) throws(FixedPoint.Fault) {
        self.init(units: try FixedPoint.units(of: text, scale: Self.scale))
    }

    /// The value of a whole number small enough to be multiplied by the scale; for constants in code.
    public init(whole: Int) { self.init(units: Int64(whole) * Self.unitsPerWhole) }

    /// The shortest exact decimal text, such as "52000.05".
    public var description: String { FixedPoint.text(of: units, scale: Self.scale) }

    /// The sum, or ``Overflow``.
    public func adding(_ other: Self) throws(Overflow) -> Self {
        let (sum, overflowed) = units.addingReportingOverflow(other.units)
        guard !overflowed else { throw Overflow() }
        return Self(units: sum)
    }

    /// The difference, or ``Overflow``.
    public func subtracting(_ other: Self) throws(Overflow) -> Self {
        let (difference, overflowed) = units.subtractingReportingOverflow(other.units)
        guard !overflowed else { throw Overflow() }
        return Self(units: difference)
    }

    /// The value narrowed from a wide count of units, or ``Overflow``.
    public init(wide units: Int128) throws(Overflow) {
        guard let narrow = Int64(exactly: units) else { throw Overflow() }
        self.init(units: narrow)
    }

    /// Ordered by size.
    public static func < (left: Self, right: Self) -> Bool { left.units < right.units }

    /// Decodes the exact decimal text that ``encode(to:)`` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do { self = try Self(text) } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a decimal with \(Self.scale) places")
        }
    }

    /// Encodes as decimal text, because a JSON number loses digits in many readers.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
