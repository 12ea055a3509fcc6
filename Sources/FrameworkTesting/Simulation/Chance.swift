import MunimKit

/// Repeatable choices from a seed.
struct Chance: Sendable {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678_9ABC_DEF1) }

    /// A seed from which neighbours are far: the generator alone makes of each seed the sequence of the one before, moved by one draw.
    static func mixed(_ seed: UInt64) -> UInt64 {
        var random = SplitMix64(state: seed)
        return random.next()
    }

    mutating func word() -> UInt64 { random.next() }

    /// A number from 0 to `bound` less one; `bound` must be positive.
    mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: word() >> 1) % bound }

    /// True so many times out of a thousand.
    mutating func happens(_ perMille: Int) -> Bool { perMille > 0 && below(1_000) < perMille }

    /// A span between two numbers of milliseconds.
    mutating func span(_ from: Int, _ to: Int) -> Span { Span(microseconds: Int64(from) * 1_000 + Int64(below((to - from) * 1_000 + 1))) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    mutating func entropy() -> Entropy { Entropy(high: word(), low: word()) }

    /// A sequence of its own, so that choices of one part do not shift those of another.
    mutating func fork() -> Chance { Chance(seed: word()) }
}
