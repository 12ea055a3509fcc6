import MunimKit
import MunimTesting
import Simulation
import Testing

/// The broker's order rate: entries wait for it and leave room, exits go first.
@Suite("Order rate")
struct CoreRateTests {
    static let names: [InstrumentName] = ["A", "B", "C", "D", "E", "F"]

    static func world(perSecond: Int = 1_000, perMinute: Int = 60_000, perDay: Int = 1_000_000, reserved: Int = 2) -> World {
        var traits = BrokerTraits.testing
        traits.rate = OrderRate(perSecond: perSecond, perMinute: perMinute, perDay: perDay)
        var policy = Policy.testing
        policy.reservedRate = reserved
        policy.limits.areEnforced = false
        let tradedInstruments = names.map { name in
            var facts = TestFuture.Facts()
            facts.root = name.text
            facts.terms.marginPerLot = Money(whole: 1_000)
            return Fixture.traded(name, facts: facts, lots: 1)
        }
        return Fixture.world(tradedInstruments, policy: policy, traits: traits)
    }

    static func enter(_ world: World, _ names: some Sequence<InstrumentName>, at: Instant? = nil) {
        for name in names { world.send(Fixture.base(name, at: at ?? world.now)) }
    }

    static func exit(_ world: World, _ names: some Sequence<InstrumentName>) {
        for name in names { world.send(Fixture.exit(1, name, at: world.now)) }
    }

    /// Roots of the symbols in the order in which they were sent.
    static func sent(_ world: World) -> String {
        world.engine.broker.requests.map { ($0.side == .buy ? "" : "-") + $0.contract.root }.joined(separator: " ")
    }

    @Test("Entries leave places of each second free; an exit that comes later takes them and goes before")
    func lanes() {
        let world = Self.world(perSecond: 4)
        Self.enter(world, ["A", "B"])
        world.wait(.seconds(2))
        Self.enter(world, ["C", "D", "E"])
        #expect(Self.sent(world) == "A B C D")
        Self.exit(world, ["A", "B"])
        #expect(Self.sent(world) == "A B C D -A -B")
        world.wait(.milliseconds(999))
        #expect(Self.sent(world) == "A B C D -A -B")
        world.wait(.milliseconds(1))
        #expect(Self.sent(world) == "A B C D -A -B E")
        #expect(world.verdicts.allSatisfy { $0.status == .executed })
        expectSound(world)
    }

    @Test("Exits keep to the rate as well: what is above it waits for the next second, in the order of arrival")
    func exits() {
        let world = Self.world(perSecond: 3, reserved: 0)
        Self.enter(world, ["A", "B", "C", "D"])
        world.wait(.seconds(3))
        Self.exit(world, ["A", "B", "C", "D"])
        #expect(Self.sent(world) == "A B C D -A -B -C")
        world.wait(.seconds(1))
        #expect(Self.sent(world) == "A B C D -A -B -C -D")
        #expect(world.positions.isEmpty)
        expectSound(world)
    }

    @Test("No second and no minute has more orders than its limit, whatever is asked for", arguments: [(2, 5), (5, 7), (3, 20)])
    func windows(perSecond: Int, perMinute: Int) {
        let world = Self.world(perSecond: perSecond, perMinute: perMinute, reserved: 1)
        for round in 0..<40 {
            if round.isMultiple(of: 2) { Self.enter(world, Self.names) } else { Self.exit(world, Self.names) }
            world.wait(.milliseconds(2_700))
        }
        world.wait(.minutes(10))
        let times = world.orders.compactMap(\.sentAt).sorted()
        #expect(times.count > perMinute)
        for (window, limit) in [(Span.seconds(1), perSecond), (.minutes(1), perMinute)] {
            let isOver = times.indices.contains { $0 + limit < times.count && times[$0 + limit] - times[$0] < window }
            #expect(!isOver, "more than \(limit) orders within \(window)")
        }
        expectSound(world)
    }

    @Test(
        "An entry that the rate would let leave only after its window is refused, one that still fits waits",
        arguments: [(31, true), (29, false)])
    func window(age: Int, isRefused: Bool) {
        let world = Self.world(perMinute: 1, reserved: 0)
        Self.enter(world, ["A"])
        let late = world.send(Fixture.base("B", at: world.now - .seconds(Int64(age))))
        #expect(world.signal(late)?.status == (isRefused ? .refused : .working))
        #expect(world.signal(late)?.reason == (isRefused ? .orderRate : nil))
        let dropped = world.orders.filter { $0.state == .dropped }
        #expect(dropped.map(\.reason) == (isRefused ? [.orderRate] : []) && dropped.allSatisfy { $0.message == nil })
        world.wait(.seconds(60))
        #expect(Self.sent(world) == (isRefused ? "A" : "A B"))
        expectSound(world)
    }

    @Test("When only the exits' share of the day is left, entries are refused and exits leave")
    func dayOfEntries() {
        let world = Self.world(perSecond: 10, perDay: 5, reserved: 4)
        Self.enter(world, ["A", "B", "C"])
        #expect(world.verdicts.map(\.reason) == [nil, nil, nil])
        world.wait(.seconds(2))
        Self.enter(world, ["D"])
        #expect(world.verdicts.last?.status == .refused)
        #expect(world.verdicts.last?.reason == .orderRate)
        Self.exit(world, ["A", "B"])
        #expect(Self.sent(world) == "A B C -A -B")
        #expect(!world.alertCodes.contains("order_rate"))
        expectSound(world)
    }

    @Test("An exit that finds the day's orders used up is told of each hour, not at each event, and leaves on the next day")
    func dayOfExits() {
        let world = Self.world(perDay: 2, reserved: 0)
        Self.enter(world, ["A", "B"])
        world.wait(.minutes(1))
        let exit = world.send(Fixture.exit(1, "A", at: world.now))
        for _ in 0..<5 {
            world.wait(.seconds(1))
            world.send(Fixture.bar("A", price: "52100", at: world.now))
        }
        #expect(world.alertCodes == ["order_rate"])
        world.wait(.minutes(61))
        #expect(world.alertCodes == ["order_rate", "order_rate"])
        world.wait(.days(3))
        #expect(world.signal(exit)?.status == .executed)
        #expect(Self.sent(world) == "A B -A")
        expectSound(world)
    }

    @Test("A new process counts what was sent before it")
    func restart() async throws {
        let world = Self.world(perDay: 3, reserved: 0)
        Self.enter(world, ["A", "B"])
        try await world.restart()
        Self.enter(world, ["C", "D"])
        #expect(world.verdicts.map(\.reason) == [nil, nil, nil, .orderRate])
        #expect(Self.sent(world) == "A B C")
        expectSound(world)
    }
}
