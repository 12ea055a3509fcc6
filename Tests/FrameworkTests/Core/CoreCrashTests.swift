import MunimKit
import Simulation
import Testing

/// A process that dies at every step of a scenario, and what the crash table says must be left.
@Suite("Crash at every step")
struct CoreCrashTests {
    /// One entry order per leg at most, one position or none, and a verdict.
    static func expectOneEntry(_ world: World, legs: Int, _ point: WorldCrashes.Point) {
        expectSound(world)
        let opened = world.engine.broker.orders.filter { order in world.orders.first { $0.tag == order.request.tag }?.action == .open }
        #expect(opened.count <= legs, "\(point)")
        #expect(world.positions.count <= 1, "\(point)")
        if world.positions.isEmpty {
            let verdict = world.engine.store.all(SignalRecord.self).first?.status
            #expect(verdict == nil || verdict == .failed || verdict == .expired, "\(point): \(String(describing: verdict))")
            // A process may die before it tells of what it stored.
            let alerts = world.engine.store.all(OutboxRecord.self).map(\.code)
            #expect(verdict != .failed || alerts.contains("order_absent"), "\(point)")
        }
    }

    @Test("C2 C4 C5 C6 C8 C9 C10 C11 C15 C16 An entry of one leg is traded once or missed with an alert, wherever its process dies")
    func entry() async throws {
        let crashes = WorldCrashes(setUp: { Fixture.world() }, scenario: { $0.send(Fixture.base()) })
        var seen: Set<Int> = []
        try await crashes.single { world, point in
            Self.expectOneEntry(world, legs: 1, point)
            seen.insert(world.positions.count)
        }
        #expect(seen == [0, 1])
    }

    @Test("C12 C13 C14 An entry of two legs ends whole or flat, wherever its process dies")
    func twoLegs() async throws {
        let crashes = WorldCrashes(setUp: { Fixture.world() }, scenario: { $0.send(Fixture.base(Fixture.synthetic)) })
        try await crashes.single { world, point in Self.expectOneEntry(world, legs: 2, point) }
    }

    @Test("C37 A process that dies again during recovery changes nothing about that")
    func twoLegsTwice() async throws {
        let crashes = WorldCrashes(setUp: { Fixture.world() }, scenario: { $0.send(Fixture.base(Fixture.synthetic)) })
        try await crashes.pairs { world, point in Self.expectOneEntry(world, legs: 2, point) }
    }

    /// A world with a base in both instruments, a minute old.
    static func held(_ layers: Int = 1, _ name: InstrumentName = Fixture.synthetic, tradedInstruments: [TradedInstrument]? = nil) -> World {
        let world = Fixture.world(tradedInstruments)
        world.send(Fixture.base(name))
        for layer in 2..<max(2, layers + 1) {
            world.wait(.seconds(70))
            let price = 52_000 + 600 * (layer - 1)
            world.send(Fixture.pyramid(layer, name, price: "\(price)", stop: "\(price - 500)", at: world.now))
        }
        world.wait(.seconds(70))
        return world
    }

    @Test("C8 A pyramid is added once, and its stack counts it once")
    func pyramid() async throws {
        let crashes = WorldCrashes(
            setUp: { Self.held() }, scenario: { $0.send(Fixture.pyramid(2, Fixture.synthetic, stop: "51990", at: $0.now)) })
        try await crashes.single { world, point in
            expectSound(world)
            let taken = world.engine.store.row(PyramidingRecord.self, Fixture.synthetic)?.taken
            #expect(taken == world.positions.count - 1, "\(point)")
        }
    }

    @Test("C19 C20 C21 C22 An exit closes its layer once and never reverses it", arguments: [Fixture.future, Fixture.synthetic])
    func exit(_ name: InstrumentName) async throws {
        var crashes = WorldCrashes(setUp: { Self.held(1, name) }, scenario: { _ in })
        crashes.scenario = { $0.send(Fixture.exit(1, name, at: $0.now)) }
        try await crashes.single { world, point in
            expectSound(world)
            if world.engine.store.all(SignalRecord.self).count == 2 { #expect(world.positions.isEmpty, "\(point)") }
            #expect(world.holdings.values.allSatisfy { _ in !world.positions.isEmpty }, "\(point)")
        }
    }

    @Test("C37 An exit survives a second death during its recovery")
    func exitTwice() async throws {
        var crashes = WorldCrashes(setUp: { Self.held(1) }, scenario: { _ in })
        crashes.scenario = { $0.send(Fixture.exit(1, Fixture.synthetic, at: $0.now)) }
        try await crashes.pairs { world, point in
            expectSound(world)
            #expect(world.positions.isEmpty, "\(point)")
        }
    }

    @Test("C19 An exit of ALL with three layers closes every layer once, newest first")
    func exitAll() async throws {
        var crashes = WorldCrashes(setUp: { Self.held(3) }, scenario: { _ in })
        crashes.scenario = { $0.send(Fixture.exit(nil, Fixture.synthetic, price: "53000", at: $0.now)) }
        #expect(crashes.setUp().positions.count == 3)
        try await crashes.single { world, point in
            expectSound(world)
            #expect(world.positions.isEmpty, "\(point)")
        }
    }

    @Test("C19 A stop that was hit is carried out once")
    func stop() async throws {
        var crashes = WorldCrashes(setUp: { Self.held(1) }, scenario: { _ in })
        crashes.scenario = { $0.send(Fixture.bar(Fixture.synthetic, price: "51000", at: $0.now)) }
        try await crashes.single { world, point in
            expectSound(world)
            #expect(world.positions.isEmpty, "\(point)")
            #expect(world.history.first?.exitReason == "host_stop", "\(point)")
        }
    }
}
