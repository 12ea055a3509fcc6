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
            #expect(world.ask(early) == nil)
        }
        let stop = world.ask(.stop(reason: "a drill"))
        #expect(stop?.isDone == true)
        #expect(world.intents.allSatisfy { $0.kind == .entry } && world.positions == [position])
        world.broker { $0.bookMood = .honest }
        world.wait(.seconds(50))
        // All three are answered, the first one that closes is done and the others find nothing open.
        #expect(world.answers.count == 4 && world.answers.contains { $0.isDone && $0.id != stop?.id })
        #expect(world.engine.store.all(CommandRecord.self).allSatisfy { $0.state != .waiting })
        #expect(world.positions.isEmpty)
        expectSound(world)
    }

    @Test("A command that nobody could obey in time is answered and not done, a stop is obeyed however late")
    func expires() async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.bookMood = .failing }
        try await world.restart()
        world.ask(.closeAll(reason: "a drill"))
        world.wait(.minutes(2))
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(1))
        let row = try #require(world.engine.store.all(CommandRecord.self).first)
        #expect(row.state == .expired && world.positions.count == 1)
        world.death = (world.performed, false)
        world.ask(.stop(reason: "a drill"))
        world.death = nil
        try await world.restart(after: .minutes(90))
        world.wait(.seconds(1))
        #expect(world.engine.store.all(CommandRecord.self).map(\.state) == [.expired, .done])
        #expect(world.engine.store.row(SwitchRecord.self, Core.tradingSwitchName)?.isThrown == true)
    }

    @Test("A command is obeyed once wherever its process dies")
    func obeyedOnce() async throws {
        let crashes = WorldCrashes(setUp: { CoreCrashTests.held(2, Fixture.future) }, scenario: { $0.ask(.closeAll(reason: "a drill")) })
        var states: Set<CommandState> = []
        try await crashes.single { world, point in
            expectSound(world)
            #expect(world.positions.isEmpty, "\(point)")
            #expect(world.intents.count { $0.kind == .exit } == 1, "\(point)")
            states.formUnion(world.engine.store.all(CommandRecord.self).map(\.state))
        }
        #expect(states == [.done])
    }

    @Test("A stop that came after somebody looked is not lifted by what he asks for")
    func laterStop() {
        let world = Fixture.world()
        world.ask(.stop(reason: "first"))
        let seen = world.engine.shell.view?.tradingSwitch?.version
        world.ask(.stop(reason: "second"))
        #expect(world.ask(.resume(reason: "over", lifting: seen))?.isDone == false)
        #expect(world.ask(.resume(reason: "over", lifting: world.engine.shell.view?.tradingSwitch?.version))?.isDone == true)
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
        #expect(world.engine.broker.requests.count == 3)
        world.wait(.seconds(70))
        #expect(world.engine.broker.requests.count == 4)
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
        #expect(!world.engine.shell.isReady)
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(1))
        #expect(world.engine.shell.isReady)
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
