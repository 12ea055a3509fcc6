package import MunimKit

/// An exact fraction of two wide whole numbers, so that a size is floored once and 5.000 lots are 5.
package struct Quotient: Comparable, Sendable {
    /// What is divided; may be negative.
    package let numerator: Int128
    /// By what; positive.
    package let denominator: Int128

    /// The quotient of two products, or ``Overflow`` when one of them leaves 128 bits; the denominator must be positive.
    package init<let factors: Int, let divisors: Int>(
        _ numerator: InlineArray<factors, Int128>, over denominator: InlineArray<divisors, Int128>
    ) throws(Overflow) {
        self.numerator = try Self.product(numerator)
        self.denominator = try Self.product(denominator)
        precondition(self.denominator > 0, "a divisor must be positive")
    }

    /// The whole lots in it, rounded down and never below zero.
    package func wholeLots() throws(Overflow) -> Lots {
        guard let count = Int64(exactly: max(0, numerator.divided(by: denominator, rounding: .floor))) else { throw Overflow() }
        return Lots(count)
    }

    /// The quotient cut towards zero to the fractions that are shown, and to the largest number that can be.
    package func fractionalLots() throws(Overflow) -> FractionalLots {
        let unitsPerLot = Int128(FractionalLots.unitsPerWhole)
        let (whole, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
        let fraction = try Self.product(remainder, unitsPerLot) / denominator
        return FractionalLots(units: Int64(clamping: try Self.product(whole, unitsPerLot) + fraction))
    }

    /// Compares exactly: by cross products where they fit 128 bits, else digit by digit of the continued fraction.
    package static func < (left: Quotient, right: Quotient) -> Bool {
        if let ahead = try? product(left.numerator, right.denominator), let behind = try? product(right.numerator, left.denominator) {
            return ahead < behind
        }
        return precedes(left, right)
    }

    private static func precedes(_ left: Quotient, _ right: Quotient) -> Bool {
        var (left, right) = (left, right)
        while true {
            let wholes = (left.whole, right.whole)
            guard wholes.0 == wholes.1 else { return wholes.0 < wholes.1 }
            let rests = (left.rest, right.rest)
            guard rests.0 != 0, rests.1 != 0 else { return rests.0 == 0 && rests.1 != 0 }
            (left, right) = (
                Quotient(checked: right.denominator, rests.1), Quotient(checked: left.denominator, rests.0)
            )
        }
    }

    /// Whether both denote the same number, such as 1/2 and 2/4.
    package static func == (left: Quotient, right: Quotient) -> Bool { !(left < right) && !(right < left) }

    private init(checked numerator: Int128, _ denominator: Int128) {
        self.numerator = numerator
        self.denominator = denominator
    }

    private var whole: Int128 { numerator.divided(by: denominator, rounding: .floor) }

    /// What the whole part leaves over, from 0 to the denominator.
    private var rest: Int128 {
        let remainder = numerator % denominator
        return remainder < 0 ? remainder + denominator : remainder
    }

    private static func product<let count: Int>(_ factors: InlineArray<count, Int128>) throws(Overflow) -> Int128 {
        var product: Int128 = 1
        for index in factors.indices { product = try Self.product(product, factors[index]) }
        return product
    }

    private static func product(_ left: Int128, _ right: Int128) throws(Overflow) -> Int128 {
        let (product, overflowed) = left.multipliedReportingOverflow(by: right)
        guard !overflowed else { throw Overflow() }
        return product
    }
}
