import MunimKit
import Simulation
import Testing

/// I20: nothing stays one-legged, half filled or half rolled, over any number of restarts.
@Suite("Orders that rest")
struct CoreRestingTests {
    @Test("An entry whose second leg fills in part and rests is whole or flat soon, and people are told")
    func entryLegRests() {
        let world = Fixture.world([CoreRestingTests.synthetic])
        world.broker { $0.script = [.fill, .partial(30, restAfter: .minutes(30))] }
        world.send(Fixture.base(Fixture.synthetic, at: world.now))
        world.wait(.seconds(20))
        #expect(world.alertCodes.contains("one_legged"))
        #expect(Set(world.holdings.values.map(abs)) == [30])
        #expect(world.positions.map(\.quantity.count) == [30])
        expectSound(world)
    }

    @Test("An exit whose second leg fills in part and rests is ended and closed by another order")
    func exitLegRests() {
        let world = CoreCrashTests.held()
        world.broker { $0.script = [.fill, .partial(30, restAfter: .minutes(30))] }
        world.send(Fixture.exit(1, Fixture.synthetic, at: world.now))
        world.wait(.seconds(30))
        #expect(world.holdings.isEmpty && world.positions.isEmpty)
        expectSound(world)
    }

    @Test("A roll whose new contract rests is ended, and the rest of it is bought again")
    func rollRests() {
        let world = CoreRollTests.due()
        world.broker { $0.script = [.fill, .partial(30, restAfter: .minutes(30))] }
        CoreRollTests.roll(world)
        world.wait(.seconds(40))
        #expect(world.holdings == [CoreRollTests.new: 60])
        #expect(world.positions.first?.rolloverCount == 1)
        expectSound(world)
    }

    @Test("An entry of one leg that is filled in part and rests becomes a position of what it filled")
    func singleLegRests() {
        let world = Fixture.world([Fixture.traded()])
        world.broker { $0.script = [.partial(30, restAfter: .minutes(30))] }
        let entry = world.send(Fixture.base(at: world.now))
        world.wait(.seconds(20))
        #expect(world.signal(entry)?.status == .executed)
        #expect(world.positions.map(\.quantity.count) == [30])
        expectSound(world)
    }

    @Test("What was waited is waited: an exit that stands on one leg is told and completed through a crash loop")
    func crashLoop() async throws {
        let world = CoreCrashTests.held()
        world.broker { $0.script = [.fill, .reject, .reject, .reject] }
        world.send(Fixture.exit(1, Fixture.synthetic, at: world.now))
        for _ in 0..<20 where !world.holdings.isEmpty {
            world.death = nil
            try await world.restart(after: .milliseconds(100))
            world.wait(.milliseconds(900))
        }
        #expect(world.holdings.isEmpty)
        #expect(world.alertCodes.contains("one_legged"))
    }

    @Test("People are told once more when a structure is not whole after its time")
    func overdue() {
        let world = CoreCrashTests.held()
        world.broker { $0.script = [.fill] + Array(repeating: .reject, count: 12) }
        world.send(Fixture.exit(1, Fixture.synthetic, at: world.now))
        world.wait(.seconds(14))
        #expect(world.alertCodes.count { $0 == "one_legged" } == 1)
        #expect(world.alertCodes.count { $0 == "one_legged_overdue" } == 1)
        #expect(world.intents.contains { $0.repairDeadline != nil })
        world.wait(.minutes(5))
        expectSound(world)
    }

    private static var synthetic: TradedInstrument {
        var facts = TestFuture.Facts()
        facts.root = "TS"
        facts.terms.unitsPerLot = 30
        return Fixture.traded(Fixture.synthetic, facts: facts)
    }

    // MARK: - The first order of a day

    /// A world whose broker shows no order of the day, whatever becomes of the first one.
    private static func blank(_ outcome: ModelBroker.Outcome) -> World {
        var policy = Policy.testing
        policy.emptyBookHorizon = Policy().emptyBookHorizon
        let world = Fixture.world([Fixture.traded()], policy: policy)
        world.broker {
            $0.script = [outcome]
            $0.bookMood = .empty
        }
        return world
    }

    @Test("A blank book is no evidence against an order that the account shows")
    func blankBookAgainstAccount() {
        let world = Self.blank(.late(.seconds(120)))
        let entry = world.send(Fixture.base(at: world.now))
        world.wait(.minutes(4))
        #expect(world.orders.map(\.state) == [.unknown])
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(1))
        #expect(world.signal(entry)?.status == .executed)
        expectSound(world)
    }

    @Test("Where the account shows an order that the book goes on not to show, a person compares")
    func blankBookForLong() {
        let world = Self.blank(.late(.seconds(120)))
        world.send(Fixture.base(at: world.now))
        world.wait(.minutes(8))
        #expect(world.orders.map(\.state) == [.absent])
        #expect(world.scope(Fixture.future)?.state == .frozen && world.alertCodes.contains("order_unknown"))
    }

    @Test("An order of unknown outcome is not given up by a book that has shown nothing of the day, before it had time to")
    func blankBook() {
        let world = Self.blank(.unknownWithOrder(visibleAfter: .zero))
        let entry = world.send(Fixture.base(at: world.now))
        world.wait(.minutes(2))
        #expect(world.orders.map(\.state) == [.unknown])
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(1))
        #expect(world.signal(entry)?.status == .executed)
        expectSound(world)
    }

    @Test("A horizon that an earlier process of the same boot has waited is not waited again")
    func horizonOfOneBoot() {
        let sent = Instant.testing
        let dead = MachineTime(boot: "b", origin: sent - .minutes(10))
        let own = MachineTime(boot: "b", origin: sent - .minutes(10) + .seconds(3_600))
        #expect(own.translated(sent, from: dead) == sent + .seconds(3_600))
        #expect(own.translated(sent, from: MachineTime(boot: "c", origin: sent)) == nil)
    }
}
