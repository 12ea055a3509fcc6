/// A repeatable sequence of numbers from a seed: SplitMix64 (Steele, Lea and Flood, 2014). No secret may depend on it.
public struct SplitMix64: RandomNumberGenerator, Hashable, Sendable {
    /// Where the sequence stands; the seed at first.
    public var state: UInt64

    /// A sequence that begins at `state`.
    public init(state: UInt64) { self.state = state }

    /// The next number of the sequence.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// The finaliser: spreads every bit of its input over the whole word.
    public static func mixed(_ bits: UInt64) -> UInt64 {
        var word = bits
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
