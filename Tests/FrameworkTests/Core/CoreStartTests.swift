import MunimKit
import Simulation
import Testing

/// What a process knows of a day on which another process traded.
@Suite("Taking over a day")
struct CoreStartTests {
    private static func world(_ rate: OrderRate = BrokerTraits.testing.rate) -> World {
        var traits = BrokerTraits.testing
        traits.rate = rate
        var policy = Policy.testing
        policy.duplicateWindow = .zero
        policy.reservedRate = 0
        let world = World(tradedInstruments: [Fixture.traded()], policy: policy, traits: traits)
        world.start()
        return world
    }

    /// An entry and its exit: two orders.
    private static func trade(in world: World) {
        world.send(Fixture.base(at: world.now))
        world.wait(.seconds(1))
        world.send(Fixture.exit(at: world.now))
        world.wait(.seconds(1))
    }

    /// An order that another program sent with our tag.
    private static func stray(_ tag: MunimKit.Tag, like order: OrderRecord, in world: World) {
        let request = OrderRequest(tag: tag, contract: order.contract.content, side: .buy, quantity: order.quantity)
        let now = world.now
        world.broker { _ = $0.place(request, at: now) }
    }

    @Test("The finished orders of the day are known after a restart, whether the book shows them or not", arguments: [true, false])
    func knowsFinished(showsSettled: Bool) async throws {
        let world = Self.world()
        world.broker { $0.showsSettled = showsSettled }
        Self.trade(in: world)
        try await world.restart()
        world.wait(.minutes(1))
        #expect(world.orders.map(\.state) == [.filled, .filled])
        #expect(!world.alertCodes.contains("order_without_record"))
        expectSound(world)
    }

    @Test("The twin of an entry is known to the next process as long as it may be traded, whenever its row was received")
    func knowsTwins() async throws {
        let world = Fixture.world()
        world.send(Fixture.base())
        world.wait(.seconds(1))
        world.send(Fixture.exit(at: world.now))
        world.wait(.seconds(51))
        world.death = (world.performed, false)
        let twin = world.send(Fixture.base(at: world.now))
        world.death = nil
        try await world.restart(after: .seconds(80))
        world.wait(.seconds(5))
        #expect(world.signal(twin)?.reason == .duplicate)
        #expect(world.positions.isEmpty)
    }

    @Test(
        "I29 A person's decision waits for the broker's book as well, a stop does not",
        arguments: [OperatorCommand.closeAll(reason: "a drill"), .rollover(execute: true)])
    func decidesNothingEarly(command: OperatorCommand) async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        let position = try #require(world.positions.first)
        world.broker { $0.bookMood = .failing }
        try await world.restart()
        for early in [command, .exit(position.id, reason: "a drill"), .bookExit(position.id, price: position.entryPrice, reason: "done")] {
            #expect(world.ask(early)?.isDone == false)
        }
        #expect(world.ask(.stop(reason: "a drill"))?.isDone == true)
        #expect(world.intents.allSatisfy { $0.kind == .entry } && world.positions == [position])
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(1))
        #expect(world.ask(command)?.isDone == true)
        expectSound(world)
    }

    @Test("C42 An order with our tag that no record explains is told once and freezes its scope", arguments: [true, false])
    func noticesStray(isRestarted: Bool) async throws {
        let world = Self.world()
        world.send(Fixture.base())
        Self.stray("MUSTRAY0000000000001", like: try #require(world.orders.first), in: world)
        if isRestarted { try await world.restart() }
        world.wait(.minutes(5))
        #expect(world.alertCodes.count { $0 == "order_without_record" } == 1)
        #expect(world.scope(Fixture.future)?.state == .frozen)
    }

    @Test("An order in the book that we dropped before it was sent is nobody's", arguments: [true, false])
    func noticesDropped(isRestarted: Bool) async throws {
        let world = Self.world(OrderRate(perSecond: 10, perMinute: 400, perDay: 1))
        world.send(Fixture.base())
        world.send(Fixture.pyramid(at: world.now))
        let dropped = try #require(world.orders.first { $0.state == .dropped })
        Self.stray(dropped.tag, like: dropped, in: world)
        if isRestarted { try await world.restart() }
        world.wait(.minutes(1))
        #expect(world.alertCodes.contains("order_without_record"))
    }

    @Test("What was sent in the minute before a restart still fills its window")
    func countsMinute() async throws {
        let world = Self.world(OrderRate(perSecond: 10, perMinute: 3, perDay: 5_000))
        Self.trade(in: world)
        world.send(Fixture.base(at: world.now))
        try await world.restart()
        world.send(Fixture.pyramid(at: world.now))
        #expect(world.lane.broker.requests.count == 3)
        world.wait(.seconds(70))
        #expect(world.lane.broker.requests.count == 4)
        expectSound(world)
    }

    @Test("Yesterday's orders count towards no rate of today")
    func forgetsYesterday() async throws {
        let world = Self.world(OrderRate(perSecond: 10, perMinute: 400, perDay: 2))
        Self.trade(in: world)
        try await world.restart(after: .days(3))
        world.send(Fixture.base(at: world.now))
        #expect(world.positions.count == 1)
        expectSound(world)
    }

    @Test("A book that is empty although orders of the day are known ends no recovery")
    func distrustsEmptyBook() async throws {
        let world = Self.world()
        Self.trade(in: world)
        world.broker { $0.bookMood = .empty }
        try await world.restart()
        world.wait(.minutes(1))
        #expect(!world.lane.core.isReady)
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(1))
        #expect(world.lane.core.isReady)
    }

    @Test("A look at a book of which everything is settled is a look all the same")
    func trustsSettledBook() async throws {
        let world = Self.world()
        Self.trade(in: world)
        world.broker { $0.script = [.unknownWithoutOrder] }
        world.send(Fixture.base(at: world.now))
        world.wait(.minutes(3))
        #expect(world.orders.contains { $0.state == .absent })
    }
}
