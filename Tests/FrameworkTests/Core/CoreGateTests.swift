import MunimKit
import Simulation
import Testing

/// Gates and limits at their exact boundaries, through the machine.
@Suite("Gates")
struct CoreGateTests {
    static func traded(_ world: World) -> String { world.verdicts.last.map { $0.reason?.rawValue ?? $0.status.rawValue } ?? "none" }

    static func policy() -> Policy {
        var policy = Policy.testing
        policy.sizingStop = .signal
        return policy
    }

    @Test(
        "Vector 10: a base may be 2 % away and risk half as much again, to the point",
        arguments: [
            ("48000", "53040", "executed"), ("48000", "53041", "divergence_too_high"), ("48000", "50960", "executed"),
            ("48000", "50959", "divergence_too_high"), ("51650", "52175", "executed"), ("51650", "52176", "risk_increase_too_high"),
            ("51650", "51650", "execution_price_below_stop"), ("51650", "51651", "executed"),
        ])
    func baseDivergence(stop: String, market: String, verdict: String) {
        let world = Fixture.world(policy: Self.policy())
        world.broker { $0.market[Fixture.future] = Fixture.price(market) }
        world.send(Fixture.base(stop: stop))
        #expect(Self.traded(world) == verdict)
        expectSound(world)
    }

    @Test(
        "Vector 10: a pyramid may be 1 % away and risk a fifth more, to the point",
        arguments: [
            ("48000", "52520", "executed"), ("48000", "52521", "divergence_too_high"), ("51650", "52070", "executed"),
            ("51650", "52071", "risk_increase_too_high"),
        ])
    func pyramidDivergence(stop: String, market: String, verdict: String) {
        let world = Fixture.world(policy: Self.policy())
        world.send(Fixture.base(price: "51000", stop: "50650"))
        world.wait(.seconds(70))
        world.broker { $0.market[Fixture.future] = Fixture.price(market) }
        world.send(Fixture.pyramid(price: "52000", stop: stop, at: world.now))
        #expect(Self.traded(world) == verdict)
        expectSound(world)
    }

    @Test(
        "Vector 10: a size shrinks with the price's surge, down to one lot, and never grows",
        arguments: [("52140", 5, 3), ("52000", 5, 5), ("51700", 5, 5), ("52175", 1, 1), ("52175", 5, 3)])
    func surge(market: String, lots: Int, expected: Int) {
        let world = Fixture.world([Fixture.traded(lots: Int64(lots))], policy: Self.policy())
        world.broker { $0.market[Fixture.future] = Fixture.price(market) }
        world.send(Fixture.base())
        #expect(world.positions.first?.lots == Lots(Int64(expected)))
        expectSound(world)
    }

    @Test("The pyramid example: above one R and 0.75 ATR from the last layer, each time")
    func pyramidExample() {
        var facts = TestFuture.Facts()
        facts.terms.pyramidSpacing = Ratio(units: 750_000)
        facts.terms.initialStopMultiple = Ratio(whole: 1)
        facts.terms.trailingStopMultiple = Ratio(whole: 20)
        let world = Fixture.world([Fixture.traded(facts: facts, lots: 1)])
        world.send(Fixture.base(price: "50000", stop: "49600", atr: "400"))
        let tries = [
            (2, "50400", "1r_gate_not_passed"), (2, "50450", "executed"), (3, "50600", "pyramid_spacing"), (3, "50800", "executed"),
            (4, "51150", "executed"),
        ]
        for (layer, price, verdict) in tries {
            world.wait(.seconds(70))
            world.send(Fixture.pyramid(layer, price: price, stop: "50000", atr: "400", at: world.now))
            #expect(Self.traded(world) == verdict, "\(layer) at \(price)")
        }
        #expect(world.positions.count == 4)
        expectSound(world)
    }

    @Test("Vector 8: risk of a layer falls with its stop, to zero and not below; vector 9: the account adds up")
    func exposure() throws {
        var gold = TestFuture.Facts()
        gold.root = "GO"
        gold.terms = InstrumentTerms(
            pointValue: PointValue(whole: 10), unitsPerLot: 1, marginPerLot: Money(whole: 105_000),
            initialStopMultiple: Ratio(whole: 1),
            trailingStopMultiple: Ratio(whole: 2), maximumPyramids: 3, pyramidSpacing: Ratio(units: 500_000), barLength: .minutes(60))
        let tradedInstruments = [
            Fixture.traded(lots: 3), Fixture.traded("GOLD", facts: gold, lots: 6), Fixture.traded(Fixture.synthetic, lots: nil),
        ]
        let world = Fixture.world(tradedInstruments)
        world.send(Fixture.base())
        #expect(world.portfolio?.totalRisk == Fixture.money("47250"))
        world.send(Fixture.base("GOLD", price: "78500", stop: "78050", atr: "450"))
        #expect(world.portfolio?.totalRisk == Fixture.money("74250"))
        #expect(world.portfolio?.totalVolatility == Fixture.money("58500"))
        #expect(world.portfolio?.marginUsed == Fixture.money("1440000"))
        let next = world.send(Fixture.base(Fixture.synthetic))
        #expect(world.signal(next)?.explanation?.content.request?.availableMargin == Fixture.money("1560000"))
        for (close, atr, risk) in [("52200", "350", "47250"), ("52700", "360", "18000"), ("53400", "380", "0")] {
            world.wait(.minutes(75))
            world.send(Fixture.bar(price: close, atr: atr, at: world.now))
            let rest = world.positions.filter { $0.instrument != Fixture.future }.reduce(Int64(0)) { $0 + $1.riskAmount.units }
            #expect(world.portfolio?.totalRisk.units == rest + Fixture.money(risk).units)
        }
        expectSound(world)
    }

    @Test("L-34 The broker's free funds cap the margin that a size may use")
    func funds() {
        let world = Fixture.world([Fixture.traded(lots: nil)])
        world.broker { $0.funds = Funds(available: Money(whole: 540_000), used: .zero) }
        let fingerprint = world.send(Fixture.base())
        #expect(world.positions.first?.lots == Lots(2))
        #expect(world.signal(fingerprint)?.explanation?.content.sizing?.limiter == "margin")
        expectSound(world)
    }

    @Test("L-34 A high-water mark sizes on the peak only where the policy says so; the default is the closed equity")
    func equity() {
        for (equity, amount) in [(EquityPolicy.closed, "4940000"), (.highWater, "5000000"), (.open, "5000000")] {
            var policy = Policy.testing
            policy.equity = equity
            let world = Fixture.world(policy: policy)
            world.send(Fixture.base())
            world.broker { $0.marks["TF2025-12-31"] = Fixture.price("51000") }
            world.send(Fixture.exit(at: world.now + .seconds(1)))
            #expect(world.portfolio?.closedEquity == Fixture.money("4940000"))
            if equity == .open {
                world.send(Fixture.base(Fixture.synthetic, price: "52000"))
                world.send(Fixture.bar(Fixture.synthetic, price: "53000", at: world.now + .seconds(2)))
            }
            world.wait(.seconds(70))
            world.broker { $0.marks = [:] }
            let next = world.send(Fixture.base(at: world.now))
            #expect(world.signal(next)?.explanation?.content.request?.equity == Fixture.money(amount))
            expectSound(world)
        }
    }

    @Test("L-35 Sizes are computed on the wider of the two stops")
    func widerStop() {
        for (policy, lots) in [(Policy.testing, 3), (Self.policy(), 4)] {
            let world = Fixture.world([Fixture.traded(lots: nil)], policy: policy)
            world.send(Fixture.base())
            #expect(world.positions.first?.lots == Lots(Int64(lots)))
            let risk = world.positions.first?.riskAmount ?? .zero
            #expect((risk <= Fixture.money("50000")) == (lots == 3))
            expectSound(world)
        }
    }

    @Test("What decisions in flight have reserved counts as used")
    func reservation() {
        let tradedInstruments = [Fixture.traded(lots: nil), Fixture.traded(Fixture.synthetic, lots: nil)]
        let world = Fixture.world(tradedInstruments)
        world.broker { $0.script = [.fillAfter(.minutes(1))] }
        world.send(Fixture.base())
        let second = world.send(Fixture.base(Fixture.synthetic))
        #expect(world.signal(second)?.explanation?.content.request?.availableMargin == Fixture.money("2190000"))
        world.wait(.minutes(2))
        expectSound(world)
    }
}
