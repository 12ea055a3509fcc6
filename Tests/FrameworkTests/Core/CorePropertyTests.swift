import MunimKit
import MunimTesting
import Simulation
import Testing

/// Thousands of random signals, faults, deaths and waits; the promises hold after every effect, and the books agree in the end.
@Suite("Random lives")
struct CorePropertyTests {
    /// One life of `events` events from a seed.
    static func live(_ seed: UInt64, events: Int, isTracing: Bool = false, showsSettled: Bool = false) async throws -> World {
        let random = SeededRandomSource(seed)
        var policy = Policy.testing
        policy.limits.areEnforced = false
        var facts = TestFuture.Facts()
        facts.root = "TS"
        facts.terms.marginPerLot = Money(whole: 1_000)
        var slices = facts
        slices.root = "TF"
        slices.freezeQuantity = Quantity(60)
        let world = Fixture.world(
            [Fixture.traded(facts: slices, lots: 3), Fixture.traded(Fixture.synthetic, facts: facts)], policy: policy, seed: seed)
        world.isTracing = isTracing
        world.broker { $0.showsSettled = showsSettled }
        var price = 52_000
        for _ in 0..<events {
            price = max(40_000, price + random.number(below: 801) - 395)
            if world.isDead {
                world.death = nil
                try await world.restart(after: .milliseconds(Int64(random.number(below: 4_000))))
            }
            step(world, price, random)
        }
        try await calm(world)
        return world
    }

    private static func step(_ world: World, _ price: Int, _ random: SeededRandomSource) {
        let name = random.number(below: 2) == 0 ? Fixture.future : Fixture.synthetic
        let skew = Span.milliseconds(Int64(random.number(below: 8_000) - 6_000))
        let at = world.now + skew
        switch random.number(below: 16) {
        case 0, 1, 2: world.send(Fixture.base(name, price: "\(price)", stop: "\(price - 350)", at: at))
        case 3, 4, 5:
            world.send(Fixture.pyramid(2 + random.number(below: 4), name, price: "\(price)", stop: "\(price - 350)", at: at))
        case 6: world.send(Fixture.exit(1 + random.number(below: 4), name, price: "\(price)", at: at))
        case 7: world.send(Fixture.exit(nil, name, price: "\(price)", at: at))
        case 8, 9: world.send(Fixture.bar(name, price: "\(price)", at: at))
        case 10: world.broker { $0.script = (0..<random.number(below: 4)).map { _ in outcome(random) } }
        case 11: world.death = (world.performed + random.number(below: 60), random.number(below: 2) == 0)
        case 12:
            let mood: ModelBroker.Mood = [.honest, .honest, .honest, .failing][random.number(below: 4)]
            world.broker { $0.bookMood = mood }
        case 13: world.wait(.milliseconds(Int64(random.number(below: 2_000))))
        case 14: world.wait(.seconds(Int64(random.number(below: 200))))
        default: world.ask(random.number(below: 4) == 0 ? .closeAll(reason: "drill") : .unfreeze(name, reason: "drill"))
        }
    }

    private static func outcome(_ random: SeededRandomSource) -> ModelBroker.Outcome {
        let span = Span.seconds(Int64(random.number(below: 100)))
        let units = Int64(1 + random.number(below: 59))
        let all: [ModelBroker.Outcome] = [
            .fill, .fillAfter(span), .partial(units, restAfter: span), .partialThenCancelled(units), .acceptThenReject, .reject, .notSent,
            .unknownWithOrder(visibleAfter: Span.seconds(Int64(random.number(below: 58)))), .unknownWithoutOrder, .late(span),
        ]
        return all[random.number(below: all.count)]
    }

    /// Faults stop; everything must settle within half an hour of virtual time, inside a session.
    private static func calm(_ world: World) async throws {
        world.death = nil
        world.broker {
            $0.script = []
            $0.bookMood = .honest
        }
        if world.isDead { try await world.restart() }
        world.wait(.minutes(30))
        if !TestFuture().isOpen(at: world.now) { world.wait(until: TestFuture().nextOpen(atOrAfter: world.now) ?? world.now) }
        world.wait(.minutes(30))
    }

    @Test("Whatever happens, no promise is broken and both books agree in the end", arguments: UInt64(1)...40)
    func promises(seed: UInt64) async throws {
        let world = try await Self.live(seed, events: 150)
        expectSound(world)
        #expect(world.engine.store.all(SignalRecord.self).count > 50)
    }

    // In these lives orders arrive after they were given up.
    @Test("A broker that leaves settled orders out of its book tells no less", arguments: [UInt64(8), 15, 19, 23, 31, 39])
    func leavesOut(seed: UInt64) async throws {
        let lean = try await Self.live(seed, events: 150)
        let full = try await Self.live(seed, events: 150, showsSettled: true)
        #expect(lean.alerts.map(\.id) == full.alerts.map(\.id))
        #expect(lean.verdicts == full.verdicts)
        #expect(lean.orders == full.orders)
        #expect(lean.ledger == full.ledger)
    }

    @Test("The same seed is the same life, to the last byte; another is another", arguments: [UInt64(3), 4])
    func repeatable(seed: UInt64) async throws {
        let first = try await Self.live(seed, events: 60, isTracing: true)
        let second = try await Self.live(seed, events: 60, isTracing: true)
        let other = try await Self.live(seed + 100, events: 60, isTracing: true)
        #expect(first.trace == second.trace)
        #expect(first.trace != other.trace)
    }
}
