import FoundationEssentials
import Instruments
import MunimKit
import Testing

@Suite("Synthetic futures")
struct SyntheticTests {
    private func structure(at price: Price = Price(whole: 52_000)) throws -> Structure {
        try BankNifty.read([:]).structure(expiry: .of("2026-01-27"), price: price, on: .of("2026-01-05"))
    }

    @Test(
        "The strike is the nearest multiple of 500, half-way the multiple of 1,000",
        arguments: [
            ("50347", "50500"), ("50250", "50000"), ("50750", "51000"), ("49749", "49500"), ("52250", "52000"), ("52251", "52500"),
            ("52750", "53000"), ("49750", "50000"), ("52249.9999", "52000"), ("52250.0001", "52500"),
        ])
    func strikes(price: String, strike: String) throws {
        #expect(StrikeGrid(step: Price(whole: 500)).nearest(to: try Price(price)) == (try Price(strike)))
    }

    @Test("A strike is a positive multiple within half a step of the price", arguments: [UInt64(1), 2, 3])
    func nearest(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        for _ in 0..<2_000 {
            let grid = StrikeGrid(step: Price(units: Int64(generator.number(1...5_000_000))))
            let price = Price(units: Int64(generator.number(1...2_000_000_000)))
            guard let strike = grid.nearest(to: price) else {
                #expect(price.units * 2 <= grid.step.units)
                continue
            }
            #expect(strike.units % grid.step.units == 0 && strike > .zero)
            #expect(abs(strike.units - price.units) * 2 <= grid.step.units)
        }
    }

    @Test("Without a positive strike near the price there is no structure", arguments: [Int64.min, -1, 0, 1, 2_500_000, .max])
    func noStrike(units: Int64) {
        #expect(throws: InstrumentFault.noStrike(near: Price(units: units))) { try structure(at: Price(units: units)) }
    }

    @Test(
        "L-15 The price of a synthetic is strike plus call less put",
        arguments: [
            ("52000", "410.50", "395.25", "52015.25"), ("50500", "280", "430.50", "50349.5"),
        ])
    func price(strike: String, call: String, put: String, expected: String) throws {
        let structure = try structure(at: Price(strike))
        let prices = [LegPrice(role: .call, price: try Price(call)), LegPrice(role: .put, price: try Price(put))]
        #expect(structure.price(of: prices) == (try Price(expected)))
        #expect(structure.price(of: prices.reversed()) == (try Price(expected)))
    }

    @Test("L-15 Without a positive price of both legs there is no price", arguments: [[], ["0"], ["-1"]] as [[String]])
    func missingLeg(put: [String]) throws {
        let prices = [LegPrice(role: .call, price: Price(whole: 400))] + (try put.map { LegPrice(role: .put, price: try Price($0)) })
        #expect(try structure().price(of: prices) == nil)
    }

    @Test("The profit of a round trip equals the profit of its legs")
    func roundTrip() throws {
        let structure = try structure()
        func price(_ call: String, _ put: String) throws -> Price {
            try #require(structure.price(of: [LegPrice(role: .call, price: Price(call)), LegPrice(role: .put, price: Price(put))]))
        }
        let (entry, exit) = (try price("410.50", "395.25"), try price("745.75", "210"))
        #expect(entry == (try Price("52015.25")))
        #expect(exit == (try Price("52535.75")))
        let profit = try exit.subtracting(entry).value(of: Lots(3), at: structure.pointValue)
        let put = try Price("395.25").subtracting(Price("210")).value(of: Lots(3), at: structure.pointValue)
        let call = try Price("745.75").subtracting(Price("410.50")).value(of: Lots(3), at: structure.pointValue)
        #expect(profit == Money(whole: 46_845))
        #expect(put == (try Money("16672.5")))
        #expect(call == (try Money("30172.5")))
        #expect(try put.adding(call) == profit)
    }

    @Test("L-20 The contracts of a position are kept whole, so that an exit never derives them from another price or day")
    func storedContracts() throws {
        let held = try structure()
        let stored = try JSONDecoder().decode(Structure.self, from: JSONEncoder().encode(held))
        #expect(stored == held)
        let derived = try structure(at: Price(whole: 53_400))
        #expect(derived.legs.map(\.contract.symbol) != stored.legs.map(\.contract.symbol))
        #expect(stored.legs.map(\.contract.symbol) == ["BANKNIFTY26JAN52000CE", "BANKNIFTY26JAN52000PE"])
    }
}
