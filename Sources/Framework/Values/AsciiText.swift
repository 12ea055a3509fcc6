/// Short ASCII text that is written digit by digit into one piece of memory, because every stored row has some of it.
struct AsciiText: ~Copyable {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    private init(_ bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

    /// The text that `write` makes; at most `capacity` bytes.
    static func text(capacity: Int, _ write: (inout AsciiText) -> Void) -> String {
        String(unsafeUninitializedCapacity: capacity) { bytes in
            var text = AsciiText(bytes)
            write(&text)
            return text.count
        }
    }

    /// Adds one character.
    mutating func append(_ character: Unicode.Scalar) {
        bytes[count] = UInt8(ascii: character)
        count += 1
    }

    /// Adds a number with zeros in front up to `width` digits, and a sign before them when it is negative.
    mutating func append(_ number: Int, width: Int) {
        if number < 0 { append("-") }
        var digits = width
        var bound = Self.power(digits)
        while digits < 19, number.magnitude >= bound {
            digits += 1
            bound = Self.power(digits)
        }
        var rest = number.magnitude
        for place in (count..<count + digits).reversed() {
            bytes[place] = 48 + UInt8(rest % 10)
            rest /= 10
        }
        count += digits
    }

    private static func power(_ exponent: Int) -> UInt {
        var power: UInt = 1
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}
