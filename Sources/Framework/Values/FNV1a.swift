/// A quick hash over bytes: FNV-1a of 64 bits (Fowler, Noll and Vo). It is the same in every process and on every machine, and no protection against intent.
public struct FNV1a: Hashable, Sendable {
    /// The hash of what was taken in so far.
    public private(set) var value: UInt64

    /// A hash of nothing; `value` lets another one go on.
    public init(_ value: UInt64 = 0xCBF2_9CE4_8422_2325) { self.value = value }

    /// Takes one byte in, or a whole word as if it were one.
    public mutating func combine(_ word: UInt64) { value = (value ^ word) &* 0x0000_0100_0000_01B3 }

    /// Takes a text in, byte by byte.
    public mutating func combine(_ text: String) { for byte in text.utf8 { combine(UInt64(byte)) } }

    /// The hash of a text.
    public static func hash(_ text: String) -> UInt64 {
        var hash = FNV1a()
        hash.combine(text)
        return hash.value
    }
}
