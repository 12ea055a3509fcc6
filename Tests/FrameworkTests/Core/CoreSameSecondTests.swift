import MunimKit
import Simulation
import Testing

/// An exit closes what was opened at its second or before, whatever came first.
@Suite("Exits of an entry's own second")
struct CoreSameSecondTests {
    @Test("An exit of all layers closes a layer of its own second as well", arguments: [0, 400])
    func pyramidInItsSecond(milliseconds: Int64) {
        let world = CoreCrashTests.held(1, Fixture.future)
        let second = world.now
        world.send(Fixture.pyramid(at: second + .milliseconds(milliseconds)))
        world.send(Fixture.exit(nil, at: second))
        world.wait(.seconds(5))
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("An exit in its base's second closes it")
    func baseInItsSecond() {
        let world = Fixture.world()
        world.send(Fixture.base(at: world.now))
        let exit = world.send(Fixture.exit(at: world.now))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.holdings.isEmpty)
    }

    @Test("An exit of the second before its layer's closes nothing")
    func older() {
        let world = Fixture.world()
        world.send(Fixture.base(at: world.now))
        let exit = world.send(Fixture.exit(at: world.now - .milliseconds(1)))
        #expect(world.signal(exit)?.reason == .exitOlderThanPosition)
        #expect(world.positions.count == 1)
    }

    @Test("An entry that is decided after an exit of its own second is superseded", arguments: [0, 300])
    func entryAfterExit(milliseconds: Int64) {
        let world = CoreCrashTests.held(1, Fixture.future)
        let second = world.now
        world.send(Fixture.exit(nil, at: second))
        let entry = world.send(Fixture.base(at: second + .milliseconds(milliseconds)))
        #expect(world.signal(entry)?.reason == .supersededByExit)
        #expect(world.holdings.isEmpty)
    }

    @Test("A pyramid on its way when an exit of its second comes is ended and what it filled is closed")
    func pyramidOnItsWay() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.script = [.partial(30, restAfter: .minutes(30))] }
        let second = world.now
        world.send(Fixture.pyramid(at: second))
        world.send(Fixture.exit(nil, at: second))
        world.wait(.minutes(1))
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }
}
