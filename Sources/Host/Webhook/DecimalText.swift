/// An exact decimal of any size as a text denotes it; nothing is rounded until a scale is asked for.
struct DecimalText: Equatable, Sendable {
    private let isNegative: Bool
    /// Significant digits without zeros at either end; empty for zero.
    private let digits: ArraySlice<UInt8>
    /// How many of the digits stand before the decimal point; negative when zeros follow it first.
    private let point: Int

    /// The value of a JSON number of at most 64 characters, or nil.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 64 else { return nil }
        var rest = bytes[...]
        isNegative = Self.take([45], from: &rest)
        let whole = Self.takeDigits(from: &rest)
        guard let first = whole.first, whole.count == 1 || first != 0 else { return nil }
        var fraction: [UInt8] = []
        if Self.take([46], from: &rest) {
            fraction = Self.takeDigits(from: &rest)
            guard !fraction.isEmpty else { return nil }
        }
        var exponent = 0
        if Self.take([101, 69], from: &rest) {
            let isSmall = Self.take([45], from: &rest)
            if !isSmall { _ = Self.take([43], from: &rest) }
            let figures = Self.takeDigits(from: &rest)
            guard !figures.isEmpty else { return nil }
            // Whatever lies beyond is as far out of every range as this is.
            let size = figures.drop { $0 == 0 }.count > 4 ? 9_999 : figures.reduce(0) { $0 * 10 + Int($1) }
            exponent = isSmall ? -size : size
        }
        guard rest.isEmpty else { return nil }
        let all = whole + fraction
        let leading = all.prefix { $0 == 0 }.count
        var significant = all.dropFirst(leading)
        while significant.last == 0 { significant.removeLast() }
        digits = significant
        point = significant.isEmpty ? 0 : whole.count - leading + exponent
    }

    /// Digits before the decimal point that are not leading zeros.
    var wholeDigits: Int { max(0, point) }

    /// Digits after the decimal point that are not trailing zeros.
    var decimals: Int { max(0, digits.count - point) }

    /// The value in units of `10^-scale`, rounded half away from zero; nil beyond 18 digits.
    func units(scale: Int) -> Int64? {
        let kept = point + scale
        guard kept <= 18 else { return nil }
        guard kept >= 0 else { return 0 }
        var value: Int64 = 0
        for place in 0..<kept { value = value * 10 + Int64(place < digits.count ? digits[digits.startIndex + place] : 0) }
        if kept < digits.count, digits[digits.startIndex + kept] >= 5 { value += 1 }
        return isNegative ? -value : value
    }

    private static func take(_ choices: [UInt8], from rest: inout ArraySlice<UInt8>) -> Bool {
        guard let byte = rest.first, choices.contains(byte) else { return false }
        rest.removeFirst()
        return true
    }

    private static func takeDigits(from rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let digits = rest.prefix { $0 >= 48 && $0 <= 57 }
        rest = rest.dropFirst(digits.count)
        return digits.map { $0 - 48 }
    }
}
