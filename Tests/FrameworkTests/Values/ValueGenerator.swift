/// Repeatable random numbers for property tests of values: SplitMix64.
struct ValueGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &self) }

    /// Numbers of all sizes alike, so that small ones and those near the edge of 64 bits both come.
    mutating func anySize() -> Int64 { Int64(truncatingIfNeeded: next()) >> Int64(next() % 64) }
}
