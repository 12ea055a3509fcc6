import MunimKit
import Simulation
import Testing

/// What could not be booked is not traded; what happens all the same ends no process and is never booked as nothing.
@Suite("Values near the ends of arithmetic")
struct CoreArithmeticTests {
    private static func traded(lots: Int64, freeze: Int64? = nil) -> TradedInstrument {
        var facts = TestFuture.Facts()
        facts.freezeQuantity = freeze.map { Quantity($0) }
        return Fixture.traded(facts: facts, lots: lots)
    }

    private static var unlimited: Policy {
        var policy = Policy.testing
        policy.limits.areEnforced = false
        policy.divergence.areEnforced = false
        return policy
    }

    @Test("An entry that could not be booked when it is closed at the highest price is refused before it trades")
    func unbookable() {
        let world = Fixture.world([Self.traded(lots: 40_000)], policy: Self.unlimited)
        let entry = world.send(Fixture.base(at: world.now))
        #expect(world.signal(entry)?.reason == .numberTooLarge)
        #expect(world.engine.broker.requests.isEmpty)
    }

    @Test("Several positions that fit one by one and not together are refused as well")
    func unbookableTogether() {
        let tradedInstruments = ["A", "B"].map { name in
            var facts = TestFuture.Facts()
            facts.root = "T\(name)"
            facts.terms.pointValue = PointValue(whole: 300)
            return Fixture.traded(InstrumentName(name), facts: facts, lots: 1_900)
        }
        let world = Fixture.world(tradedInstruments, policy: Self.unlimited)
        let entries = tradedInstruments.map { world.send(Fixture.base($0.name, at: world.now)) }
        #expect(entries.map { world.signal($0)?.reason } == [nil, .numberTooLarge])
    }

    @Test("Entries at the lowest and exits at the highest price, again and again, end no process and keep the ledger exact")
    func absurdPrices() {
        let world = Fixture.world([Self.traded(lots: 900)], policy: Self.unlimited)
        for _ in 0..<40 {
            world.send(Fixture.base(price: "1", stop: "0.5", atr: "0.1", at: world.now))
            world.wait(.seconds(3))
            world.send(Fixture.exit(price: "999999999", at: world.now))
            world.wait(.seconds(70))
        }
        #expect(!world.isDead)
        #expect(world.breaches.isEmpty)
        let sum = world.ledger.reduce(Int128(0)) { $0 + Int128($1.amount.units) }
        #expect(sum == Int128(world.portfolio?.closedEquity.units ?? 0))
        let reasons = Set(world.verdicts.compactMap(\.reason))
        #expect(reasons.contains(.numberTooLarge), "\(reasons)")
    }

    @Test("A profit that the ledger cannot take is told, freezes its scope, and is not booked as nothing")
    func unbookedProfit() async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        var rich = try #require(world.portfolio)
        rich.closedEquity = Money(units: .max - 1)
        rich.version += 1
        var transaction = Transaction()
        transaction.update(rich)
        world.store { store in _ = try? store.commit(transaction) }
        try await world.restart()
        let exit = world.send(Fixture.exit(price: "53000", at: world.now))
        world.wait(.seconds(10))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.holdings.isEmpty)
        #expect(world.alertCodes.contains("not_bookable"))
        #expect(world.scope(Fixture.future)?.state == .frozen)
        try await world.restart()
        world.wait(.minutes(1))
        #expect(world.engine.shell.isReady)
    }

    @Test("A late fill that cannot be counted is told and ends no process", arguments: [Int64.max, 0, -5])
    func absurdLateFill(units: Int64) throws {
        let world = Fixture.world([Fixture.traded()])
        world.broker { $0.script = [.unknownWithoutOrder] }
        world.send(Fixture.base(at: world.now))
        world.wait(.minutes(3))
        let order = try #require(world.orders.first)
        let fill = Fill(id: "T1", quantity: Quantity(max(0, units)), price: Price(units: units), at: world.now)
        world.push(
            OrderReport(
                orderID: "L1", tag: order.tag, symbol: order.symbol, side: .buy, quantity: order.quantity, state: .filled, fills: [fill],
                updatedAt: world.now))
        #expect(!world.isDead)
        #expect(world.alertCodes.contains("fill_not_understood"))
    }

    @Test("A price that jumped absurdly from the last one is a gate for entries, and the next one is not", arguments: ["520", "520000"])
    func jump(price: String) {
        let world = Fixture.world([Fixture.traded()])
        world.send(Fixture.bar(price: "52000", at: world.now))
        world.wait(.seconds(1))
        let absurd = world.send(Fixture.base(price: price, stop: "510", atr: "5", at: world.now))
        #expect(world.signal(absurd)?.reason == .priceJump)
        world.send(Fixture.bar(price: "52000", at: world.now))
        world.wait(.seconds(70))
        let usual = world.send(Fixture.base(at: world.now))
        #expect(world.signal(usual)?.status == .executed)
    }

    @Test("One decision has an upper size, in lots, orders and value", arguments: ["decision_lots", "decision_orders", "order_value"])
    func upperSize(gate: String) {
        var policy = Policy.testing
        policy.initialCapital = Money(whole: 900_000_000_000)
        policy.limits.entryRisk = .one
        policy.limits.entryVolatility = .one
        policy.marginShare = .one
        let lots: Int64
        switch gate {
        case "decision_lots": lots = 1_001
        case "decision_orders": lots = 60
        default:
            lots = 900
            policy.limits.orderValue = Money(whole: 900 * 30 * 52_000 - 1)
        }
        if gate == "decision_lots" { policy.limits.orderValue = Money(whole: 900_000_000_000) }
        let world = Fixture.world([Self.traded(lots: lots, freeze: gate == "decision_orders" ? 30 : nil)], policy: policy)
        let entry = world.send(Fixture.base(at: world.now))
        #expect(world.signal(entry)?.reason?.rawValue == gate)
        #expect(world.engine.broker.requests.isEmpty)
    }
}
