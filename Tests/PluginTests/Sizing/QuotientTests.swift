import MunimKit
import Sizing
import Testing

@Suite("Exact quotients")
struct QuotientTests {
    @Test(
        "L-39 A quotient is cut to four decimals and floored once",
        arguments: [
            (5, 1, "5.0000", Int64(5)), (1, 3, "0.3333", 0), (2, 3, "0.6666", 0), (29_999_999, 10_000_000, "2.9999", 2),
            (0, 7, "0.0000", 0),
            (-1, 3, "-0.3333", 0), (-1, 100_000, "0.0000", 0), (3, 10_000, "0.0003", 0),
        ])
    func text(numerator: Int, denominator: Int, text: String, lots: Int64) throws {
        let quotient = try Quotient([Int128(numerator)], over: [Int128(denominator)])
        #expect(try quotient.fractionalLots().description == text)
        #expect(try quotient.wholeLots() == Lots(lots))
    }

    @Test("Comparison is exact where the cross products would not fit")
    func comparison() throws {
        let large = Int128.max / 3
        let small = try Quotient([large], over: [large - 1])
        let larger = try Quotient([large - 1], over: [large - 2])
        #expect(small < larger)
        #expect(!(larger < small))
        #expect(try Quotient([1], over: [2]) == Quotient([Int128.max / 2], over: [Int128.max / 2 * 2]))
        #expect(try Quotient([-1], over: [3]) < Quotient([-1], over: [4]))
    }

    @Test("Random quotients compare and floor as their cross products say", arguments: [UInt64(1), 2, 3, 4])
    func random(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        for _ in 0..<5_000 {
            let (a, b) = (Int128(generator.number(-1_000_000...1_000_000)), Int128(generator.number(1...1_000)))
            let (c, d) = (Int128(generator.number(-1_000_000...1_000_000)), Int128(generator.number(1...1_000)))
            let (left, right) = (try Quotient([a], over: [b]), try Quotient([c], over: [d]))
            #expect((left < right) == (a * d < c * b), "\(a)/\(b) against \(c)/\(d)")
            let lots = Int128(try left.wholeLots().count)
            #expect(a < 0 ? lots == 0 : lots * b <= a && a < (lots + 1) * b, "\(a)/\(b)")
        }
    }

    @Test("A product that leaves 128 bits is an overflow")
    func overflow() {
        #expect(throws: Overflow.self) { try Quotient([.max, 2], over: [1]) }
        #expect(throws: Overflow.self) { try Quotient([1], over: [.max, 2]) }
        #expect(throws: Overflow.self) { try Quotient([Int128(Int64.max) + 1], over: [1]).wholeLots() }
        #expect(throws: Overflow.self) { try Quotient([.max], over: [1]).fractionalLots() }
    }
}

extension SplitMix64 {
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
}
