import MunimKit
import Testing

@Suite("Contracts, structures and quotes")
struct ContractTests {
    private func contract(_ kind: ContractKind) -> Contract {
        Contract(
            venue: "X", root: "ALPHA", kind: kind, expiry: TradingDay(daysSinceEpoch: 20_000), symbol: "ALPHA", unitsPerLot: 1,
            tick: Tick(units: 10_000))
    }

    private var future: Structure {
        Structure(
            legs: [StructureLeg(role: .future, contract: contract(.future), openingSide: .buy)], expiry: TradingDay(daysSinceEpoch: 20_000),
            pointValue: PointValue(whole: 10))
    }

    private var synthetic: Structure {
        let strike = Price(whole: 52_000)
        return Structure(
            legs: [
                StructureLeg(role: .call, contract: contract(.call(strike: strike)), openingSide: .buy),
                StructureLeg(role: .put, contract: contract(.put(strike: strike)), openingSide: .sell),
            ], expiry: TradingDay(daysSinceEpoch: 20_000), strike: strike, pointValue: PointValue(whole: 30))
    }

    @Test("The price of a future is its own; of a synthetic strike plus call less put")
    func prices() throws {
        #expect(future.price(of: [LegPrice(role: .future, price: Price(whole: 79_000))]) == Price(whole: 79_000))
        let legs = [LegPrice(role: .call, price: try Price("410.5")), LegPrice(role: .put, price: try Price("395.25"))]
        #expect(synthetic.price(of: legs) == (try Price("52015.25")))
    }

    @Test("A leg price that is missing, zero, negative or too large makes no price")
    func noPrices() {
        #expect(future.price(of: []) == nil)
        #expect(future.price(of: [LegPrice(role: .call, price: Price(whole: 1))]) == nil)
        #expect(future.price(of: [LegPrice(role: .future, price: .zero)]) == nil)
        #expect(future.price(of: [LegPrice(role: .future, price: Price(units: -1))]) == nil)
        let call = LegPrice(role: .call, price: Price(units: .max))
        #expect(synthetic.price(of: [call, LegPrice(role: .put, price: Price(units: 1))]) == nil)
    }

    @Test("A structure is closed in the reverse order on the opposite sides")
    func closing() {
        #expect(synthetic.closingOrder.map(\.role) == [.put, .call])
        #expect(synthetic.closingOrder.map { $0.side(for: .close) } == [.buy, .sell])
        #expect(synthetic.legs.map { $0.side(for: .open) } == [.buy, .sell])
        #expect(synthetic.leg(.put)?.role == .put)
        #expect(synthetic.leg(.future) == nil)
    }

    @Test(
        "The reference is the middle of bid and ask, else the last price",
        arguments: [
            ("10", "11", "99", "10.5"), ("10", "10.0001", nil, "10.0001"), (nil, "11", "9", "9"), ("10", nil, "9", "9"),
            (nil, nil, nil, nil), ("10", nil, nil, nil),
        ] as [(String?, String?, String?, String?)])
    func reference(bid: String?, ask: String?, last: String?, expected: String?) throws {
        func price(_ text: String?) throws -> Price? { try text.map { try Price($0) } }
        let quote = Quote(bid: try price(bid), ask: try price(ask), last: try price(last), at: Instant(seconds: 0))
        #expect(quote.reference == (try price(expected)))
    }

    @Test("The middle of two prices at the edge of the range fits")
    func largeReference() {
        let edge = Price(units: .max)
        #expect(Quote(bid: edge, ask: edge, at: Instant(seconds: 0)).reference == edge)
    }
}
