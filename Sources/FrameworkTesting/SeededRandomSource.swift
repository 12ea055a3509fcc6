public import MunimKit
import Synchronization

/// A source of randomness that repeats itself: one seed, one sequence.
public final class SeededRandomSource: RandomSource {
    private let state: Mutex<UInt64>

    /// A source that begins at `seed`.
    public init(_ seed: UInt64) { state = Mutex(seed) }

    public func entropy() -> Entropy { state.withLock { Entropy(high: Self.next(&$0), low: Self.next(&$0)) } }

    /// A whole number from 0 up to but not including `bound`, which must be positive; for choices in property tests.
    public func number(below bound: Int) -> Int {
        precondition(bound > 0, "a choice needs at least one possibility")
        return Int(state.withLock { Self.next(&$0) } % UInt64(bound))
    }

    /// The elements in a random order.
    public func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var shuffled = elements
        for index in shuffled.indices.dropFirst() { shuffled.swapAt(index, number(below: index + 1)) }
        return shuffled
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
