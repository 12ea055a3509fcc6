import MunimKit
import Simulation
import Testing

/// Deaths at every step of scenarios in which the broker misbehaves as well.
@Suite("Crash at every step, with faults")
struct CoreCrashFaultTests {
    static func faulty(_ name: InstrumentName, _ script: [ModelBroker.Outcome], then wait: Span = .seconds(20)) -> WorldCrashes {
        var crashes = WorldCrashes(
            setUp: {
                let world = Fixture.world()
                world.broker { $0.script = script }
                return world
            },
            scenario: { world in
                world.send(Fixture.base(name))
                world.wait(wait)
            })
        crashes.settling = .minutes(15)
        return crashes
    }

    @Test(
        "C7 C8 C13 C14 An entry with a fault ends whole or flat and is never doubled, wherever its process dies",
        arguments: [
            [ModelBroker.Outcome.fill, .reject], [.fill, .partialThenCancelled(40)], [.partialThenCancelled(50)], [.notSent, .fill],
            [.fill, .unknownWithOrder(visibleAfter: .seconds(8))], [.unknownWithOrder(visibleAfter: .seconds(3)), .fill],
            [.fill, .unknownWithoutOrder], [.fill, .reject, .reject, .fill], [.late(.seconds(150)), .fill], [.fill, .late(.minutes(3))],
            [.fill, .fillAfter(.seconds(5))],
        ], [Fixture.future, Fixture.synthetic])
    func entry(_ script: [ModelBroker.Outcome], _ name: InstrumentName) async throws {
        try await Self.faulty(name, script).single { world, point in
            expectSound(world)
            let legs = name == Fixture.synthetic ? 2 : 1
            let opened = world.engine.broker.orders.filter { order in world.orders.first { $0.tag == order.request.tag }?.action == .open }
            #expect(opened.count <= legs, "\(point)")
            #expect(world.engine.store.all(SignalRecord.self).allSatisfy { $0.status.isVerdict }, "\(point)")
        }
    }

    @Test(
        "C20 C21 C22 An exit with a fault ends flat and is never reversed, wherever its process dies",
        arguments: [
            [ModelBroker.Outcome.unknownWithOrder(visibleAfter: .seconds(8))], [.unknownWithoutOrder], [.reject], [.notSent],
            [.partialThenCancelled(20)], [.fill, .unknownWithoutOrder], [.fillAfter(.seconds(5))], [.late(.seconds(150))],
        ], [Fixture.future, Fixture.synthetic])
    func exit(_ script: [ModelBroker.Outcome], _ name: InstrumentName) async throws {
        var crashes = WorldCrashes(
            setUp: {
                let world = CoreCrashTests.held(1, name)
                world.broker { $0.script = script }
                return world
            }, scenario: { _ in })
        crashes.scenario = { world in
            world.send(Fixture.exit(1, name, at: world.now))
            world.wait(.seconds(20))
        }
        crashes.settling = .minutes(15)
        try await crashes.single { world, point in
            expectSound(world)
            #expect(world.positions.isEmpty, "\(point)")
        }
    }

    @Test("C18 A pyramid that an exit interrupts leaves nothing behind, wherever the process dies")
    func preemption() async throws {
        var crashes = WorldCrashes(
            setUp: {
                let world = CoreCrashTests.held(1, Fixture.synthetic)
                world.broker { $0.script = [.partial(30, restAfter: .seconds(40))] }
                return world
            }, scenario: { _ in })
        crashes.scenario = { world in
            world.send(Fixture.pyramid(2, Fixture.synthetic, stop: "52100", at: world.now))
            world.wait(.seconds(1))
            world.send(Fixture.exit(nil, Fixture.synthetic, at: world.now))
            world.wait(.seconds(5))
        }
        try await crashes.single { world, point in
            // The exit may have died with the process before it reached the inbox: then its sender sends it again.
            world.send(Fixture.exit(nil, Fixture.synthetic, at: world.now))
            world.wait(.minutes(1))
            #expect(world.positions.isEmpty, "\(point)")
            expectSound(world)
        }
    }

    @Test("C12 An entry whose window is over after a long outage is dropped, and what it had filled is unwound")
    func windowOver() async throws {
        var crashes = WorldCrashes(setUp: { Fixture.world() }, scenario: { $0.send(Fixture.base(Fixture.synthetic)) })
        crashes.outage = .minutes(5)
        var seen: Set<SignalStatus> = []
        try await crashes.single { world, point in
            expectSound(world)
            for signal in world.engine.store.all(SignalRecord.self) { seen.insert(signal.status) }
        }
        #expect(seen == [.executed, .expired, .failed])
    }

    @Test("C38 A signal whose deciding ends three processes is set aside with an alert, and a waiting exit is not")
    func poison() async throws {
        let world = Fixture.world()
        world.death = (world.performed, false)
        world.send(Fixture.base())
        for _ in 0..<2 {
            world.death = nil
            try await world.restart()
            world.death = (world.performed, false)
            world.wait(.seconds(1))
            #expect(world.isDead)
        }
        world.death = nil
        try await world.restart()
        world.wait(.seconds(1))
        #expect(world.verdicts.last?.status == .quarantined)
        #expect(world.alertCodes.contains("signal_quarantined"))
        let night = CoreCrashTests.held(1, Fixture.future)
        night.wait(.minutes(400))
        let exit = night.send(Fixture.exit(at: night.now))
        for _ in 0..<6 {
            try await night.restart()
            night.wait(.seconds(1))
        }
        #expect(night.signal(exit)?.status == .accepted)
        night.wait(.days(3))
        #expect(night.signal(exit)?.status == .executed)
    }

    @Test("C4 A signal that waits in the inbox while no process lives is decided, or expires")
    func inbox() async throws {
        for (pause, status) in [(Span.seconds(5), SignalStatus.executed), (.minutes(3), .expired)] {
            let world = Fixture.world()
            world.death = (world.performed, false)
            let fingerprint = world.send(Fixture.base())
            #expect(world.signal(fingerprint)?.status == .accepted)
            world.death = nil
            try await world.restart(after: pause)
            world.wait(.seconds(1))
            #expect(world.signal(fingerprint)?.status == status)
            expectSound(world)
        }
    }

    @Test("C4 I29 Bars and signals that come before recovery ended wait for it, and are all decided then")
    func beforeRecovery() async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.bookMood = .failing }
        try await world.restart()
        let bar = world.send(Fixture.bar(price: "51000", at: world.now))
        let base = world.send(Fixture.base(Fixture.synthetic, at: world.now))
        world.wait(.seconds(10))
        #expect(world.signal(bar)?.status == .accepted)
        #expect(world.engine.broker.requests.count == 1)
        world.broker { $0.bookMood = .honest }
        world.wait(.seconds(5))
        #expect(world.signal(bar)?.status == .executed)
        #expect(world.signal(base)?.status == .executed)
        #expect(world.positions.map(\.instrument) == [Fixture.synthetic])
        expectSound(world)
    }

    @Test("C40 A clock that jumps by an hour, either way, expires no exit and closes nothing twice", arguments: [-60, 60])
    func clock(minutes: Int) async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.script = [.unknownWithOrder(visibleAfter: .zero)] }
        let exit = world.send(Fixture.exit(at: world.now))
        try await world.restart(after: .minutes(Int64(minutes)))
        world.wait(.minutes(65))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.positions.isEmpty)
        expectSound(world)
    }

    @Test("C36 An order that its day never resolved ends with it: positions are the evidence and a person is told")
    func dayEnd() async throws {
        let world = Fixture.world()
        world.broker {
            $0.script = [.unknownWithOrder(visibleAfter: .days(9))]
            $0.bookMood = .failing
        }
        let fingerprint = world.send(Fixture.base())
        world.wait(.minutes(60 * 16))
        // Alarms that fall together must not multiply while the book cannot be read.
        #expect(world.performed < 20_000)
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(30))
        #expect(world.signal(fingerprint)?.status == .failed)
        #expect(world.scope(Fixture.future)?.state == .frozen)
        #expect(world.alertCodes.contains("order_unknown"))
        #expect(world.breaches.isEmpty)
    }
}
