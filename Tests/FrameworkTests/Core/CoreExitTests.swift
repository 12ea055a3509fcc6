import MunimKit
import Simulation
import Testing

/// Exits: never refused for price, age or a switch, never for more than the broker reports, never stopped by each other.
@Suite("Exits")
struct CoreExitTests {
    static func exiting(_ script: [ModelBroker.Outcome], _ name: InstrumentName = Fixture.future) -> (World, Fingerprint) {
        let world = CoreCrashTests.held(1, name)
        world.broker { $0.script = script }
        return (world, world.send(Fixture.exit(1, name, at: world.now)))
    }

    @Test(
        "C20 An exit of unknown outcome closes its position exactly once",
        arguments: [
            [ModelBroker.Outcome.unknownWithOrder(visibleAfter: .seconds(8))], [.unknownWithoutOrder],
            [.unknownWithoutOrder, .unknownWithoutOrder],
            [.unknownWithOrder(visibleAfter: .minutes(4))], [.late(.minutes(3))], [.late(.seconds(62))], [.notSent, .notSent],
            [.reject, .reject],
            [.partialThenCancelled(20), .partialThenCancelled(10)], [.partial(20, restAfter: .seconds(30))], [.acceptThenReject],
        ], [Fixture.future, Fixture.synthetic])
    func unknown(_ script: [ModelBroker.Outcome], _ name: InstrumentName) {
        let (world, fingerprint) = Self.exiting(script, name)
        world.wait(.minutes(15))
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(world.positions.isEmpty)
        #expect(world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("An exit is tried again with growing pauses as long as the broker reports the exposure, and people are told at the third failure")
    func retries() {
        let (world, fingerprint) = Self.exiting(Array(repeating: .reject, count: 6))
        world.wait(.seconds(9))
        #expect(world.alertCodes.contains("exit_not_filled"))
        world.wait(.minutes(2))
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(world.engine.broker.requests.count == 8)
        expectSound(world)
    }

    @Test("I10 What the broker held before other layers were closed does not let an exit close again what it closed unseen")
    func staleReading() {
        let world = CoreCrashTests.held(3, Fixture.future)
        world.broker {
            $0.script = [.unknownWithOrder(visibleAfter: .minutes(4)), .fillAfter(.seconds(100)), .fillAfter(.seconds(100))]
        }
        let hidden = world.send(Fixture.exit(3, at: world.now))
        world.wait(.seconds(1))
        world.send(Fixture.exit(nil, at: world.now))
        world.wait(.seconds(98))
        #expect(world.orders.contains { $0.state == .absent })
        world.wait(.minutes(1))
        #expect(world.engine.broker.requests.count == 6)
        #expect(world.holdings.isEmpty)
        world.wait(.minutes(3))
        #expect(world.signal(hidden)?.status == .executed)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("An exit of what a person has already squared off sends no further order and freezes its scope")
    func squaredOff() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker {
            $0.script = [.reject]
            $0.foreign = ["TF2025-12-31": -60]
        }
        world.send(Fixture.exit(at: world.now))
        world.wait(.minutes(2))
        #expect(world.engine.broker.requests.count == 1)
        #expect(world.scope(Fixture.future)?.state == .frozen)
        #expect(world.alertCodes.contains("position_mismatch"))
        #expect(world.breaches.isEmpty)
    }

    @Test("An exit waits until the positions can be read, instead of guessing")
    func unreadablePositions() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker {
            $0.script = [.reject]
            $0.positionsMood = .failing
        }
        world.send(Fixture.exit(at: world.now))
        world.wait(.minutes(5))
        #expect(world.engine.broker.requests.count == 1)
        #expect(world.alertCodes.contains("exit_waits_for_positions"))
        #expect(world.performed < 2_000)
        world.broker { $0.positionsMood = .honest }
        world.wait(.minutes(1))
        #expect(world.positions.isEmpty)
        expectSound(world)
    }

    @Test("Of ALL layers one that fails does not stop the others, and each is told of")
    func independent() {
        let world = CoreCrashTests.held(3, Fixture.future)
        world.broker { $0.script = [.reject, .reject, .fill, .fill] }
        let fingerprint = world.send(Fixture.exit(nil, price: "53000", at: world.now))
        #expect(world.positions.map(\.layer.number) == [2, 3])
        world.wait(.minutes(1))
        #expect(world.positions.isEmpty)
        #expect(world.signal(fingerprint)?.explanation?.content.outcome.map { $0.prefix(6) } == ["Long_3", "Long_2", "Long_1"])
        expectSound(world)
    }

    @Test("L-42 A layer is closed whether its base lives or not, and a base whether its pyramids live or not")
    func layers() {
        let world = CoreCrashTests.held(3, Fixture.future)
        world.send(Fixture.exit(1, at: world.now))
        #expect(world.positions.map(\.layer.number) == [2, 3])
        world.wait(.seconds(90))
        world.send(Fixture.pyramid(4, price: "55000", stop: "54500", at: world.now))
        #expect(world.verdicts.last?.reason == .noBase)
        world.send(Fixture.exit(3, at: world.now))
        world.send(Fixture.exit(2, at: world.now))
        #expect(world.positions.isEmpty)
        expectSound(world)
    }

    @Test("L-61 An exit for a layer that the host's own stop closed is a normal answer, and the record says who closed it")
    func closedAlready() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.send(Fixture.bar(price: "51000", at: world.now))
        let fingerprint = world.send(Fixture.exit(at: world.now + .seconds(1)))
        #expect(world.signal(fingerprint)?.reason == .noPosition)
        #expect(world.signal(fingerprint)?.status == .refused)
        #expect(world.history.first?.exitReason == "host_stop")
        #expect(world.engine.broker.requests.count == 2)
        expectSound(world)
    }

    /// A layer of 60 units, of which a person has sold some at the broker, so that its scope is frozen.
    private static func frozen(selling units: Int64) -> World {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.foreign = ["TF2025-12-31": -units] }
        world.wait(.minutes(2))
        #expect(world.scope(Fixture.future)?.state == .frozen)
        return world
    }

    @Test("The exit of a frozen scope closes what the broker reports of it, never more, already at the first attempt")
    func frozenScope() {
        let world = Self.frozen(selling: 30)
        let fingerprint = world.send(Fixture.exit(at: world.now))
        world.wait(.minutes(2))
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(world.engine.broker.requests.dropFirst().map(\.quantity) == [Quantity(30)])
        #expect(world.positions.map(\.quantity) == [Quantity(30)])
        #expect(world.breaches.isEmpty)
    }

    @Test("The exit of a frozen scope whose position the broker still has is traded whole")
    func frozenAndWhole() {
        let world = Self.frozen(selling: 30)
        world.broker { $0.foreign = [:] }
        let fingerprint = world.send(Fixture.exit(at: world.now))
        world.wait(.minutes(2))
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(world.engine.broker.requests.dropFirst().map(\.quantity) == [Quantity(60)])
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("The exit of a frozen scope waits for positions that cannot be read, and people are told once")
    func frozenAndUnreadable() {
        let world = Self.frozen(selling: 30)
        world.broker { $0.positionsMood = .failing }
        world.send(Fixture.exit(at: world.now))
        world.wait(.minutes(5))
        #expect(world.engine.broker.requests.count == 1)
        #expect(world.alertCodes.filter { $0 == "exit_waits_for_positions" }.count == 1)
        world.broker { $0.positionsMood = .honest }
        world.wait(.minutes(1))
        #expect(world.engine.broker.requests.dropFirst().map(\.quantity) == [Quantity(30)])
        #expect(world.breaches.isEmpty)
    }

    @Test("L-05 A kill switch, a scope that is frozen and a price far away stop no exit")
    func bypass() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.ask(.stop(reason: "drill"))
        world.broker { $0.quotes = false }
        let fingerprint = world.send(Fixture.exit(price: "20000", at: world.now))
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(world.positions.isEmpty)
        expectSound(world)
    }

    @Test(
        "L-06 L-07 An exit is traded whatever its age, with an alert when it is strange; an entry is not",
        arguments: [(-14, false), (-16, true), (330, true)])
    func age(minutes: Int, isStrange: Bool) {
        let world = Fixture.world()
        world.send(Fixture.base())
        world.wait(.minutes(20))
        let fingerprint = world.send(Fixture.exit(at: world.now + .minutes(Int64(minutes))))
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(world.alertCodes.contains("exit_time_unusual") == isStrange)
        world.wait(.minutes(2))
        world.send(Fixture.base(at: world.now - .seconds(91)))
        #expect(world.verdicts.last?.status == .expired)
        // An exit from the future does not keep entries out until its time comes.
        world.send(Fixture.base(at: world.now - .seconds(89)))
        #expect(world.verdicts.last?.status == .executed)
        world.send(Fixture.base(Fixture.synthetic, at: world.now + .seconds(6)))
        #expect(world.verdicts.last?.reason == .signalFromFuture)
        expectSound(world)
    }

    @Test("I4 An exit older than the position is superseded; I5 an entry not newer than an exit is, too")
    func order() {
        let world = Fixture.world()
        world.wait(.minutes(1))
        world.send(Fixture.base(at: world.now))
        let old = world.send(Fixture.exit(at: world.now - .seconds(1)))
        #expect(world.signal(old)?.reason == .exitOlderThanPosition)
        #expect(world.positions.count == 1)
        world.wait(.seconds(70))
        world.send(Fixture.exit(at: world.now))
        world.send(Fixture.base(at: world.now))
        #expect(world.verdicts.last?.reason == .supersededByExit)
        world.send(Fixture.exit(1, Fixture.synthetic, at: world.now))
        world.send(Fixture.base(Fixture.synthetic, at: world.now - .seconds(3)))
        #expect(world.verdicts.last?.reason == .supersededByExit)
        expectSound(world)
    }

    @Test("I5 An exit that was decided by a clock behind its time counts with its own time as soon as that has come")
    func exitAheadOfTheClock() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.wait(.minutes(2))
        let decided = world.now
        let exit = world.send(Fixture.exit(at: decided + .seconds(30)))
        #expect(world.signal(exit)?.status == .executed)
        world.wait(.seconds(45))
        world.send(Fixture.base(at: decided + .seconds(20)))
        #expect(world.verdicts.last?.reason == .supersededByExit)
        world.send(Fixture.base(at: decided + .seconds(35)))
        #expect(world.verdicts.last?.status == .executed)
        expectSound(world)
    }

    @Test("I10 A further attempt uses no figure of the account that is older than eight seconds", arguments: [7, 9])
    func oldFigure(seconds: Int64) throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        let held = try #require(world.positions.first)
        world.broker {
            $0.script = [.notSent]
            $0.positionsMood = .failing
        }
        let exit = world.send(Fixture.exit(1, at: world.now))
        world.wait(.seconds(30))
        let figure = BrokerPosition(symbol: try #require(held.structure.content.legs.first).contract.symbol, netUnits: held.quantity.count)
        // The first figure has the attempt planned for a little later; the next one is from after that.
        for age in [0, seconds] {
            world.hand(.positionsRead(PositionsReading(startedAt: world.now - .seconds(age), positions: [figure])))
            if age == 0 { world.wait(.seconds(20)) }
        }
        #expect((world.signal(exit)?.status == .executed) == (seconds < 8))
        world.broker { $0.positionsMood = .honest }
        world.wait(.minutes(1))
        #expect(world.signal(exit)?.status == .executed && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("An exit outside the session waits for the open, is alerted once, and is traded then")
    func outsideSession() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.wait(until: TradingDay(of: world.now).instant(at: TimeOfDay(secondsSinceMidnight: 60_000)))
        let fingerprint = world.send(Fixture.exit(at: world.now))
        world.send(Fixture.bar(price: "52000", at: world.now + .seconds(3)))
        #expect(world.signal(fingerprint)?.status == .accepted)
        world.wait(.minutes(60))
        #expect(world.alertCodes.filter { $0 == "exit_waits_for_open" }.count == 1)
        world.wait(.days(3))
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(
            world.history.first?.exitTimestamp
                == TradingDay(year: 2025, month: 12, day: 1)?.instant(at: TimeOfDay(secondsSinceMidnight: 33_300)))
        expectSound(world)
    }

    @Test("C18 An exit ends what an entry of its scope still has working, and closes what it filled")
    func preemption() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.script = [.partial(30, restAfter: .minutes(30))] }
        let pyramid = world.send(Fixture.pyramid(stop: "52100", at: world.now))
        world.wait(.seconds(1))
        let exit = world.send(Fixture.exit(nil, at: world.now))
        world.wait(.seconds(10))
        #expect(world.engine.broker.cancellations.count == 1)
        #expect(world.signal(pyramid)?.status == .executed)
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("C18 An order of an entry that has not left is dropped when an exit comes")
    func dropped() {
        let world = CoreCrashTests.held(1, Fixture.synthetic)
        world.broker { $0.script = [.fillAfter(.seconds(5))] }
        let pyramid = world.send(Fixture.pyramid(2, Fixture.synthetic, stop: "52100", at: world.now))
        world.wait(.seconds(1))
        world.send(Fixture.exit(nil, Fixture.synthetic, at: world.now))
        world.wait(.seconds(20))
        #expect(world.signal(pyramid)?.status == .superseded)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("An exit that is older than the entry in flight does not stop it")
    func olderExit() {
        let world = CoreCrashTests.held(1, Fixture.synthetic)
        world.broker { $0.script = [.fillAfter(.seconds(5))] }
        let pyramid = world.send(Fixture.pyramid(2, Fixture.synthetic, stop: "52100", at: world.now))
        let exit = world.send(Fixture.exit(1, Fixture.synthetic, at: world.now - .seconds(2)))
        world.wait(.seconds(20))
        #expect(world.signal(pyramid)?.status == .executed)
        #expect(world.signal(exit)?.status == .executed)
        expectSound(world)
    }

    @Test("L-27 A partial exit shrinks its position by what was filled, with exact profit for that part")
    func partial() throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker {
            $0.marks["TF2025-12-31"] = Fixture.price("52100")
            $0.script = [.partialThenCancelled(30)]
            $0.foreign = ["TF2025-12-31": -30]
        }
        world.send(Fixture.exit(at: world.now))
        world.wait(.minutes(1))
        let position = try #require(world.positions.first)
        #expect(position.status == .partial)
        #expect(position.lots == Lots(1))
        #expect(position.realizedProfit == Fixture.money("3000"))
        #expect(world.scope(Fixture.future)?.state == .frozen)
        #expect(world.breaches.isEmpty)
    }

    @Test("L-48 A layer that was closing, or partly closed, when its process died is known to the next one, which closes it")
    func takenOver() async throws {
        let closing = CoreCrashTests.held(1, Fixture.synthetic)
        closing.broker { $0.script = [.fill, .fillAfter(.seconds(20))] }
        closing.send(Fixture.exit(1, Fixture.synthetic, at: closing.now))
        #expect(closing.positions.map(\.status) == [.closing])
        try await closing.restart()
        #expect(closing.positions.map(\.status) == [.closing])
        closing.wait(.minutes(1))
        #expect(closing.positions.isEmpty && closing.holdings.isEmpty)
        expectSound(closing)

        let partial = CoreCrashTests.held(1, Fixture.future)
        partial.broker {
            $0.script = [.partialThenCancelled(30)]
            $0.foreign = ["TF2025-12-31": -30]
        }
        partial.send(Fixture.exit(at: partial.now))
        partial.wait(.minutes(1))
        partial.broker { $0.foreign = [:] }
        #expect(partial.positions.map(\.status) == [.partial])
        try await partial.restart()
        let rest = partial.send(Fixture.exit(at: partial.now))
        #expect(partial.signal(rest)?.status == .executed)
        #expect(partial.positions.isEmpty && partial.holdings.isEmpty)
        expectSound(partial)
    }

    @Test("C18 A pyramid that waits for the rate limit is given up when a stop closes its base meanwhile")
    func pyramidWithoutBase() {
        var traits = BrokerTraits.testing
        traits.rate = OrderRate(perSecond: 1, perMinute: 400, perDay: 5_000)
        let world = Fixture.world(traits: traits)
        world.send(Fixture.base())
        world.wait(.seconds(70))
        world.send(Fixture.base(Fixture.synthetic, at: world.now))
        let pyramid = world.send(Fixture.pyramid(2, at: world.now))
        world.send(Fixture.bar(price: "51000", at: world.now))
        world.wait(.minutes(2))
        #expect(world.signal(pyramid)?.status == .superseded)
        #expect(world.positions.map(\.instrument) == [Fixture.synthetic])
        expectSound(world)
    }
}
