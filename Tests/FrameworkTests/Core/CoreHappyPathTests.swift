import MunimKit
import MunimTesting
import Simulation
import Testing

@Suite("The machine, when nothing goes wrong")
struct CoreHappyPathTests {
    @Test("A base entry becomes an exact position of one leg")
    func entry() throws {
        let world = Fixture.world()
        let fingerprint = world.send(Fixture.base())
        let position = try #require(world.positions.first)
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(position.lots == Lots(2))
        #expect(position.quantity == Quantity(60))
        #expect(position.entryPrice == Fixture.price("52000"))
        #expect(position.initialStop == Fixture.price("51475"))
        #expect(position.initialRisk == Fixture.price("525"))
        #expect(world.engine.broker.orders.count == 1)
        #expect(world.verdicts.count == 1)
        expectSound(world)
    }

    @Test("A synthetic sells its put first, then buys its call, and is worth strike + call − put (L-15)")
    func synthetic() throws {
        let world = Fixture.world()
        world.send(Fixture.base(Fixture.synthetic, price: "52100", stop: "51650"))
        let position = try #require(world.positions.first)
        #expect(position.entryPrice == Fixture.price("52100"))
        #expect(position.strike == Fixture.price("52000"))
        #expect(world.engine.broker.orders.map(\.request.side) == [.sell, .buy])
        #expect(world.engine.broker.orders.map(\.request.contract.symbol.last) == ["E", "E"])
        #expect(world.engine.broker.orders.first?.request.contract.symbol.hasSuffix("PE") == true)
        expectSound(world)
    }

    @Test("An exit realises the profit of its layer and closes the base")
    func exit() throws {
        let world = Fixture.world()
        world.send(Fixture.base())
        world.wait(.minutes(5))
        world.broker { $0.marks["TF2025-12-31"] = Fixture.price("52500") }
        let fingerprint = world.send(Fixture.exit(price: "52500", at: world.now))
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(world.positions.isEmpty)
        let closed = try #require(world.history.first)
        #expect(closed.realizedProfit == Fixture.money("30000"))
        #expect(closed.exitReason == "SuperTrend")
        #expect(world.portfolio?.closedEquity == Fixture.money("5030000"))
        #expect(world.holdings.isEmpty)
        expectSound(world)
    }
}
