/// An amount of the account's currency in ten-thousandths; negative for a loss or a debit.
public struct Money: FixedPointValue {
    /// Decimal places kept: 4, so that one unit is one ten-thousandth.
    public static let scale = 4
    /// The value as a whole number of ten-thousandths of the currency.
    public let units: Int64
    /// A value of so many ten-thousandths of the currency.
    public init(units: Int64) { self.units = units }
}

/// A price per quoted unit in ten-thousandths of the currency.
public struct Price: FixedPointValue {
    /// Decimal places kept: 4, so that one unit is one ten-thousandth.
    public static let scale = 4
    /// The value as a whole number of ten-thousandths of the currency per quoted unit.
    public let units: Int64
    /// A value of so many ten-thousandths of the currency per quoted unit.
    public init(units: Int64) { self.units = units }

    /// The nearest multiple of `tick`, halves away from zero; the price itself where that would not fit.
    public func rounded(to tick: Tick) -> Price {
        let ticks = Int128(units).divided(by: Int128(tick.units), rounding: .halfAwayFromZero)
        return (try? Price(wide: ticks * Int128(tick.units))) ?? self
    }
}

/// The smallest step of a price; positive.
public struct Tick: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The step in ten-thousandths of the currency per quoted unit.
    public let units: Int64
    /// A step of this price difference; nil unless it is positive.
    public init?(_ price: Price) {
        guard price > .zero else { return nil }
        units = price.units
    }
    /// A step of so many ten-thousandths, at least one; for constants in code.
    public init(units: Int64) {
        precondition(units > 0, "a tick is positive")
        self.units = units
    }
    /// The step as a price difference.
    public var price: Price { Price(units: units) }
    /// Ordered by size.
    public static func < (left: Tick, right: Tick) -> Bool { left.units < right.units }
    /// The shortest exact decimal text, such as "0.05".
    public var description: String { price.description }
}

extension Tick: Codable {
    /// Decodes a positive decimal text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let price = try container.decode(Price.self)
        guard let tick = Tick(price) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a tick is positive, found \(price)")
        }
        self = tick
    }
    /// Encodes as decimal text.
    public func encode(to encoder: any Encoder) throws { try price.encode(to: encoder) }
}

/// A pure number in millionths: 0.05 % is 0.0005, an efficiency ratio lies between 0 and 1.
public struct Ratio: FixedPointValue {
    /// Decimal places kept: 6, so that one unit is one millionth.
    public static let scale = 6
    /// The value as a whole number of millionths.
    public let units: Int64
    /// A value of so many millionths.
    public init(units: Int64) { self.units = units }

    /// One, the whole.
    public static let one = Ratio(whole: 1)

    /// `parts` of a hundred, in millionths: `percent("0.05")` is 0.0005.
    public static func percent(_ text: String) throws(FixedPoint.Fault) -> Ratio {
        Ratio(units: try FixedPoint.units(of: text, scale: scale - 2))
    }

    /// The ratio as a percentage text without the sign, such as "1.485".
    public var percentText: String { FixedPoint.text(of: units, scale: Self.scale - 2) }
}

/// Money per point of price per lot, in ten-thousandths: 30 for a lot of 30 units, 10 for 100 g quoted per 10 g.
public struct PointValue: FixedPointValue {
    /// Decimal places kept: 4, so that one unit is one ten-thousandth.
    public static let scale = 4
    /// The value as a whole number of ten-thousandths of the currency per point per lot.
    public let units: Int64
    /// A value of so many ten-thousandths of the currency per point per lot.
    public init(units: Int64) { self.units = units }
}

extension Money {
    /// `ratio` of this amount, rounded to the nearest ten-thousandth, halves away from zero.
    public func times(_ ratio: Ratio) throws(Overflow) -> Money {
        try Money(wide: (Int128(units) * Int128(ratio.units)).divided(by: 1_000_000, rounding: .halfAwayFromZero))
    }

    /// The amount `count` times over.
    public func times(_ count: Lots) throws(Overflow) -> Money { try Money(wide: Int128(units) * Int128(count.count)) }

    /// This amount as a share of `whole`, rounded to the nearest millionth; nil unless `whole` is positive.
    public func share(of whole: Money) -> Ratio? {
        guard whole > .zero else { return nil }
        let millionths = (Int128(units) * 1_000_000).divided(by: Int128(whole.units), rounding: .halfAwayFromZero)
        return try? Ratio(wide: millionths)
    }
}

extension Price {
    /// The value of this price difference for `lots` at `pointValue`: `difference × lots × point value`, rounded once to a ten-thousandth.
    public func value(of lots: Lots, at pointValue: PointValue) throws(Overflow) -> Money {
        let (perLot, first) = Int128(units).multipliedReportingOverflow(by: Int128(pointValue.units))
        let (product, second) = perLot.multipliedReportingOverflow(by: Int128(lots.count))
        guard !first, !second else { throw Overflow() }
        return try Money(wide: product.divided(by: 10_000, rounding: .halfAwayFromZero))
    }

    /// `ratio` of this price, rounded to the nearest ten-thousandth.
    public func times(_ ratio: Ratio) throws(Overflow) -> Price {
        try Price(wide: (Int128(units) * Int128(ratio.units)).divided(by: 1_000_000, rounding: .halfAwayFromZero))
    }
}
