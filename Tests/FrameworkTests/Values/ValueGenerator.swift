import MunimKit

/// Numbers for property tests of values.
extension SplitMix64 {
    mutating func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &self) }

    /// Numbers of all sizes alike, so that small ones and those near the edge of 64 bits both come.
    mutating func anySize() -> Int64 { Int64(truncatingIfNeeded: next()) >> Int64(next() % 64) }
}
