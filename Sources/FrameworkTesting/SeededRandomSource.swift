public import MunimKit
import Synchronization

/// A source of randomness that repeats itself: one seed, one sequence.
public final class SeededRandomSource: RandomSource {
    private let state: Mutex<SplitMix64>

    /// A source that begins at `seed`.
    public init(_ seed: UInt64) { state = Mutex(SplitMix64(state: seed)) }

    public func entropy() -> Entropy { state.withLock { Entropy(high: $0.next(), low: $0.next()) } }

    /// A whole number from 0 up to but not including `bound`, which must be positive; for choices in property tests.
    public func number(below bound: Int) -> Int {
        precondition(bound > 0, "a choice needs at least one possibility")
        return Int(state.withLock { $0.next() } % UInt64(bound))
    }

    /// The elements in a random order.
    public func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var shuffled = elements
        for index in shuffled.indices.dropFirst() { shuffled.swapAt(index, number(below: index + 1)) }
        return shuffled
    }
}
