import MunimKit

/// An amount of money with 14 decimals, so that a price difference times lots, point value and charge rate is exact.
///
/// A price and a point value have 4 decimals each and a rate 6. Amounts within the range of ``Money`` times a million sums stay far inside 128 bits.
struct ExactAmount: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Decimals kept.
    static let scale = 14
    /// Units of `10^-14`.
    let units: Int128

    init(units: Int128) { self.units = units }
    /// An amount of money.
    init(_ money: Money) { units = Int128(money.units) * .power(of: 10, Self.scale - Money.scale) }

    static let zero = ExactAmount(units: 0)

    static func < (left: ExactAmount, right: ExactAmount) -> Bool { left.units < right.units }
    static func + (left: ExactAmount, right: ExactAmount) -> ExactAmount { ExactAmount(units: left.units + right.units) }
    static func - (left: ExactAmount, right: ExactAmount) -> ExactAmount { ExactAmount(units: left.units - right.units) }
    static func += (left: inout ExactAmount, right: ExactAmount) { left = left + right }

    /// The exact text without trailing zeros.
    var description: String { FixedPoint.text(of: units, scale: Self.scale) }

    /// The text with two decimals, rounded half away from zero; for people.
    var cents: String {
        let rounded = units.divided(by: .power(of: 10, Self.scale - 2), rounding: .halfAwayFromZero)
        return FixedPoint.text(of: Int64(clamping: rounded), scale: 2, places: 2)
    }

    /// This amount as a share of `whole`, rounded to a millionth; nil unless `whole` is positive.
    func share(of whole: ExactAmount) -> Ratio? {
        guard whole > .zero else { return nil }
        // Both sides lose eight decimals first, so that the product fits.
        let drop = Int128.power(of: 10, 8)
        let divisor = whole.units / drop
        guard divisor > 0 else { return nil }
        return try? Ratio(wide: (units / drop * 1_000_000).divided(by: divisor, rounding: .halfAwayFromZero))
    }

    /// The value as a binary number; for the geometry of charts only.
    var approximate: Double { Double(units) / 1e14 }
}

extension ExactAmount {
    /// The gain of `lots` from `entry` to `exit` without charges.
    init(from entry: Price, to exit: Price, lots: Int64, pointValue: PointValue) {
        units = (Int128(exit.units) - Int128(entry.units)) * Int128(lots) * Int128(pointValue.units) * 1_000_000
    }

    /// The charges of one side at `rate`.
    init(chargesAt price: Price, lots: Int64, pointValue: PointValue, rate: Ratio) {
        units = abs(Int128(price.units)) * Int128(lots) * Int128(pointValue.units) * Int128(rate.units)
    }
}
