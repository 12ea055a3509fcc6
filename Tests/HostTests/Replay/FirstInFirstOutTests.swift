import MunimKit
import MunimTesting
import Testing

@testable import munim

@Suite("First in, first out")
struct FirstInFirstOutTests {
    private static func execution(_ action: LegAction, _ position: Int, lots: Int64, price: Int64, at: Int64, pointValue: Int = 35)
        -> Execution
    {
        Execution(
            action: action, at: Instant(seconds: at), instrument: "GOLD_MINI", position: PositionID("\(position)"), layer: .base,
            lots: lots,
            price: Price(units: price), pointValue: PointValue(whole: pointValue), reason: "")
    }

    @Test("A closing takes the oldest lots, split where an opening ends")
    func splits() {
        var matching = FirstInFirstOut(rate: .zero)
        matching.take(Self.execution(.open, 1, lots: 6, price: 100, at: 1))
        matching.take(Self.execution(.open, 2, lots: 3, price: 110, at: 2))
        matching.take(Self.execution(.close, 2, lots: 3, price: 120, at: 3))
        matching.take(Self.execution(.close, 1, lots: 4, price: 130, at: 4))
        #expect(matching.trades.map(\.lots) == [3, 3, 1])
        #expect(matching.trades.map(\.entryPrice.units) == [100, 100, 110])
        let open = matching.open(at: ["GOLD_MINI": EndMark(at: Instant(seconds: 9), price: Price(units: 140))])
        #expect(open.map(\.lots) == [2])
        #expect(open.map(\.exitPrice.units) == [140])
        #expect(open.map(\.isOpen) == [true])
    }

    @Test("Lots of another point value are other goods")
    func pointValues() {
        var matching = FirstInFirstOut(rate: .zero)
        matching.take(Self.execution(.open, 1, lots: 2, price: 100, at: 1, pointValue: 35))
        matching.take(Self.execution(.open, 2, lots: 2, price: 110, at: 2, pointValue: 30))
        matching.take(Self.execution(.close, 2, lots: 2, price: 120, at: 3, pointValue: 30))
        #expect(matching.trades.map(\.entryPrice.units) == [110])
        #expect(matching.open(at: [:]).map(\.entryPrice.units) == [100])
    }

    @Test("Whatever layers are opened and closed, the trades earn together what the positions earn", arguments: 1...40)
    func sums(_ seed: UInt64) {
        var random = SeededRandom(seed)
        var matching = FirstInFirstOut(rate: Ratio(units: 500))
        var held: [(position: Int, lots: Int64, price: Int64)] = []
        var positions = ExactAmount.zero
        for step in 0..<200 {
            let price = 1_000_000 + random.below(9_000_000)
            let closes = !held.isEmpty && random.below(2) == 0
            guard closes else {
                let lots = 1 + random.below(50)
                held.append((step, lots, price))
                matching.take(Self.execution(.open, step, lots: lots, price: price, at: Int64(step)))
                continue
            }
            let index = Int(random.below(Int64(held.count)))
            let lots = 1 + random.below(held[index].lots)
            let pointValue = PointValue(whole: 35)
            let (entry, exit) = (Price(units: held[index].price), Price(units: price))
            positions += ExactAmount(from: entry, to: exit, lots: lots, pointValue: pointValue)
            for side in [entry, exit] {
                positions = positions - ExactAmount(chargesAt: side, lots: lots, pointValue: pointValue, rate: Ratio(units: 500))
            }
            matching.take(Self.execution(.close, held[index].position, lots: lots, price: price, at: Int64(step)))
            held[index].lots -= lots
            if held[index].lots == 0 { held.remove(at: index) }
        }
        // What is open is valued alike on both sides, at each one's own entry.
        let mark = EndMark(at: Instant(seconds: 999), price: Price(units: 5_000_000))
        let trades = matching.trades + matching.open(at: ["GOLD_MINI": mark])
        for rest in held {
            let (entry, pointValue) = (Price(units: rest.price), PointValue(whole: 35))
            positions += ExactAmount(from: entry, to: mark.price, lots: rest.lots, pointValue: pointValue)
            for side in [entry, mark.price] {
                positions = positions - ExactAmount(chargesAt: side, lots: rest.lots, pointValue: pointValue, rate: Ratio(units: 500))
            }
        }
        #expect(ReplayFigures.sum(trades.map(\.net)) == positions)
        #expect(trades.filter(\.isOpen).reduce(0) { $0 + $1.lots } == held.reduce(0) { $0 + $1.lots })
    }

    /// Repeatable numbers.
    private struct SeededRandom {
        private var state: UInt64
        init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }
        mutating func below(_ limit: Int64) -> Int64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % max(1, limit)
        }
    }
}
