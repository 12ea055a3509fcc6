/// A number of lots before it is floored, kept to ten-thousandths; may be negative where a budget is overdrawn.
public struct FractionalLots: FixedPointValue {
    /// Four digits.
    public static let scale = 4
    /// Ten-thousandths of a lot.
    public let units: Int64
    /// From ten-thousandths of a lot.
    public init(units: Int64) { self.units = units }

    /// Whole lots, or ``Overflow``.
    public init(_ lots: Lots) throws(Overflow) { try self.init(wide: Int128(lots.count) * Int128(Self.unitsPerWhole)) }

    /// The number with exactly four decimals, such as "5.0000".
    public var description: String { FixedPoint.text(of: units.magnitude, places: Self.scale, isNegative: units < 0) }
}
