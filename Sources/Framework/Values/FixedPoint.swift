/// Reads and writes exact decimal text as a count of fractions, such as "52000.05" as 520 000 500 ten-thousandths.
///
/// Pure integer work: no binary floating point, no locale, no rounding. Text with more digits than the scale holds is refused.
public enum FixedPoint {
    /// Why a text is not an exact decimal of a scale.
    public enum Fault: Error, Equatable, Sendable {
        /// The text is not an optional minus sign, digits, and at most one point with digits on both sides.
        case malformed
        /// The text has significant digits beyond the scale, so that it could only be stored rounded.
        case tooPrecise
        /// The value does not fit 64 bits at this scale.
        case overflow
    }

    /// The whole number of `10^-scale` units that `text` denotes.
    ///
    /// Accepts `-?digits[.digits][(e|E)[+-]digits]`, as JSON numbers are written; refuses everything else, "NaN" and "+1" included.
    public static func units(of text: some StringProtocol, scale: Int) throws(Fault) -> Int64 {
        var parser = DecimalParser(Array(text.utf8))
        return try parser.units(scale: scale)
    }

    /// The shortest exact decimal text of `units` at `scale`, such as "52000.05"; no exponent, no trailing zeros, no plus sign.
    public static func text(of units: Int64, scale: Int) -> String { text(of: Int128(units), scale: scale) }

    /// The decimal text of a magnitude whose last `places` digits are the fraction; written backwards, because every stored row needs some.
    static func text(of magnitude: UInt64, places: Int, isNegative: Bool) -> String {
        var rest = magnitude
        // 20 digits, a sign, a point and a zero before it are the most.
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 48) { buffer in
            var index = buffer.count
            var written = 0
            while rest > 0 || written <= places {
                if written == places, places > 0 {
                    index -= 1
                    buffer[index] = 46
                }
                index -= 1
                buffer[index] = 48 + UInt8(rest % 10)
                rest /= 10
                written += 1
            }
            if isNegative {
                index -= 1
                buffer[index] = 45
            }
            return String(decoding: UnsafeBufferPointer(rebasing: buffer[index...]), as: UTF8.self)
        }
    }

    /// The shortest exact decimal text of a wide number of units at `scale`.
    public static func text(of units: Int128, scale: Int) -> String {
        guard scale > 0 else { return String(units) }
        guard scale <= 18, var fraction = UInt64(exactly: units.magnitude) else { return wideText(of: units, scale: scale) }
        var places = scale
        while places > 0, fraction % 10 == 0 {
            fraction /= 10
            places -= 1
        }
        return text(of: fraction, places: places, isNegative: units < 0)
    }

    private static func wideText(of units: Int128, scale: Int) -> String {
        let sign = units < 0 ? "-" : ""
        var digits = Array(String(units.magnitude).utf8)
        if digits.count <= scale { digits.insert(contentsOf: repeatElement(48, count: scale + 1 - digits.count), at: 0) }
        var fraction = digits.suffix(scale)
        while fraction.last == 48 { fraction.removeLast() }
        let whole = String(decoding: digits.dropLast(scale), as: UTF8.self)
        return fraction.isEmpty ? sign + whole : sign + whole + "." + String(decoding: fraction, as: UTF8.self)
    }

    /// The text of `units` with exactly `places` decimals, rounded half away from zero; for people, never for storage.
    public static func text(of units: Int64, scale: Int, places: Int) -> String {
        let kept = min(max(places, 0), max(scale, 0))
        // More digits than 64 bits have leave nothing of the number.
        guard scale - kept <= 19 else { return text(of: 0, scale: 0, places: places) }
        let rounded = Int128(units).divided(by: .power(of: 10, scale - kept), rounding: .halfAwayFromZero)
        let exact = text(of: rounded, scale: kept)
        guard places > 0 else { return exact }
        guard let point = exact.utf8.firstIndex(of: 46) else { return exact + "." + String(repeating: "0", count: places) }
        let present = exact.utf8.distance(from: point, to: exact.utf8.endIndex) - 1
        return exact + String(repeating: "0", count: places - present)
    }
}

/// How a quotient that is not whole becomes a whole number.
public enum Rounding: String, Codable, Sendable {
    /// Towards negative infinity: for lots, which are never rounded up.
    case floor
    /// Towards positive infinity: for lots to peel off, which are never too few.
    case up
    /// To the nearest, halves away from zero: for money.
    case halfAwayFromZero
}

extension Int128 {
    /// `self / divisor`, rounded once; `divisor` must be positive.
    public func divided(by divisor: Int128, rounding: Rounding) -> Int128 {
        precondition(divisor > 0, "a divisor must be positive")
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        guard remainder != 0 else { return quotient }
        switch rounding {
        case .floor: return remainder < 0 ? quotient - 1 : quotient
        case .up: return remainder > 0 ? quotient + 1 : quotient
        case .halfAwayFromZero:
            guard remainder.magnitude >= divisor.magnitude - remainder.magnitude else { return quotient }
            return remainder < 0 ? quotient - 1 : quotient + 1
        }
    }

    /// `base` to the power `exponent`, for small exponents that cannot overflow.
    public static func power(of base: Int128, _ exponent: Int) -> Int128 {
        (0..<Swift.max(0, exponent)).reduce(1) { power, _ in power * base }
    }
}

/// A cursor over the bytes of a decimal number.
private struct DecimalParser {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func units(scale: Int) throws(FixedPoint.Fault) -> Int64 {
        let isNegative = take(45)
        var digits = takeDigits()
        guard !digits.isEmpty, digits.count <= 400 else { throw .malformed }
        var exponent = 0
        if take(46) {
            let fraction = takeDigits()
            guard !fraction.isEmpty, fraction.count <= 400 else { throw .malformed }
            digits += fraction
            exponent = -fraction.count
        }
        if take(101) || take(69) { exponent += try takeExponent() }
        guard index == bytes.count else { throw .malformed }
        return try Self.combine(digits, exponent: exponent + scale, isNegative: isNegative)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func takeDigits() -> [UInt8] {
        let start = index
        while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 { index += 1 }
        return bytes[start..<index].map { $0 - 48 }
    }

    private mutating func takeExponent() throws(FixedPoint.Fault) -> Int {
        let isNegative = take(45)
        if !isNegative { _ = take(43) }
        let digits = takeDigits()
        guard !digits.isEmpty else { throw .malformed }
        guard digits.count <= 4 else { throw isNegative ? .tooPrecise : .overflow }
        let value = digits.reduce(0) { $0 * 10 + Int($1) }
        return isNegative ? -value : value
    }

    private static func combine(_ digits: [UInt8], exponent: Int, isNegative: Bool) throws(FixedPoint.Fault) -> Int64 {
        var significant = Array(digits.drop { $0 == 0 })
        guard !significant.isEmpty else { return 0 }
        var shift = exponent
        while shift < 0, significant.last == 0 {
            significant.removeLast()
            shift += 1
        }
        guard shift >= 0 else { throw .tooPrecise }
        guard significant.count + shift <= 19 else { throw .overflow }
        var value: Int64 = 0
        for digit in significant + Array(repeating: 0, count: shift) {
            let (product, overflowed) = value.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.subtractingReportingOverflow(Int64(digit))
            guard !overflowed, !carried else { throw .overflow }
            value = sum
        }
        guard !isNegative else { return value }
        guard value != .min else { throw .overflow }
        return -value
    }
}
