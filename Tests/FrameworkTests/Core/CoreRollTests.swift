import MunimKit
import Simulation
import Testing

/// Rollover: both contracts in one intent, known state at every failure.
@Suite("Rollover")
struct CoreRollTests {
    /// A position in the contract of December, four trading days before its expiry; the rule rolls at five.
    static func due(
        _ name: InstrumentName = Fixture.future, layers: Int = 1, entered: Int = 19, now: Int = 24, reconcileInterval: Span = .minutes(5)
    ) -> World {
        var policy = Policy.testing
        policy.rolloverInterval = .days(60)
        policy.reconcileInterval = reconcileInterval
        policy.entryRolloverDays = 0
        var facts = TestFuture.Facts()
        facts.root = name == Fixture.synthetic ? "TS" : "TF"
        let world = Fixture.world([Fixture.traded(name, facts: facts, rollDays: 5)], policy: policy, at: morning(entered))
        world.send(Fixture.base(name, at: world.now))
        world.send(Fixture.bar(name, price: "52000", at: world.now))
        for layer in 2..<max(2, layers + 1) {
            world.wait(.seconds(70))
            let price = 52_000 + 600 * (layer - 1)
            world.send(Fixture.pyramid(layer, name, price: "\(price)", stop: "\(price - 500)", at: world.now))
        }
        world.wait(until: morning(now))
        return world
    }

    /// A position on its first due day, for tests that need thousands of such worlds.
    static func freshlyDue(_ name: InstrumentName) -> World { due(name, entered: 22, now: 23, reconcileInterval: .minutes(60)) }

    /// A quarter past eleven on a day of December 2025.
    static func morning(_ day: Int, month: Int = 12) -> Instant {
        TradingDay(year: month == 12 ? 2025 : 2026, month: month, day: day)?.instant(at: TimeOfDay(secondsSinceMidnight: 40_500))
            ?? .testing
    }

    static func roll(_ world: World) { world.ask(.rollover(execute: true)) }

    static let old = "TF2025-12-31"
    static let new = "TF2026-01-30"

    @Test("A roll closes the old contract, opens the new one, and moves every stop by the basis (L-13, vector 9.4)")
    func basis() throws {
        let world = Self.due()
        let before = try #require(world.positions.first)
        world.broker {
            $0.marks[Self.old] = Fixture.price("52300")
            $0.marks[Self.new] = Fixture.price("52700")
        }
        Self.roll(world)
        let after = try #require(world.positions.first)
        #expect(after.id == before.id)
        #expect(world.engine.broker.requests.suffix(2).map(\.side) == [.sell, .buy])
        #expect(world.holdings == [Self.new: 60])
        #expect(after.entryPrice == Fixture.price("52700"))
        #expect(after.currentStop == Fixture.price("51875"))
        #expect(after.initialStop == Fixture.price("51875"))
        #expect(after.highestClose == Fixture.price("52400"))
        #expect(after.initialRisk == before.initialRisk)
        #expect(after.rolloverCount == 1 && after.rolloverStatus == .rolled)
        #expect(after.rolloverProfit == Fixture.money("18000"))
        #expect(after.originalEntryPrice == Fixture.price("52000"))
        #expect(world.portfolio?.closedEquity == Fixture.money("5018000"))
        #expect(world.portfolio?.equityHigh == Fixture.money("5018000"))
        #expect(world.engine.store.row(PyramidingRecord.self, Fixture.future)?.lastPyramidPrice == Fixture.price("52400"))
        #expect(world.engine.store.all(RolloverRecord.self).map(\.basis) == [Fixture.price("400")])
        expectSound(world)
    }

    @Test("L-14 A position that rolled is rolled again at its next expiry, and a new process knows its new contract")
    func again() async throws {
        let world = Self.due()
        Self.roll(world)
        Self.roll(world)
        #expect(world.positions.first?.rolloverCount == 1)
        try await world.restart()
        world.wait(until: Self.morning(23, month: 1))
        Self.roll(world)
        #expect(world.positions.first?.rolloverCount == 2)
        #expect(world.holdings == ["TF2026-02-27": 60])
        #expect(world.engine.store.all(RolloverRecord.self).count == 2)
        // L-20: an exit closes what is held, not what would be entered today.
        world.send(Fixture.exit(at: world.now))
        #expect(world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("What a roll left in the old contract rolls later, once it is there and a person has looked")
    func rest() {
        let world = Self.due()
        let now = world.now
        world.broker {
            $0.trade(-30, of: Self.old, at: now)
            $0.script = [.fill] + Array(repeating: .reject, count: 5)
        }
        world.wait(.seconds(3))
        Self.roll(world)
        world.wait(.minutes(2))
        #expect(world.alertCodes.contains("rollover_not_reopened"))
        #expect(world.positions.map(\.status) == [.partial] && world.positions.map(\.quantity.count) == [30])
        world.broker {
            $0.script = []
            $0.trade(30, of: Self.old, at: now)
        }
        world.wait(.seconds(30))
        world.ask(.unfreeze(Fixture.future, reason: "looked"))
        Self.roll(world)
        world.wait(.seconds(30))
        #expect(world.positions.map(\.rolloverCount) == [1] && world.holdings == [Self.new: 30])
        expectSound(world)
    }

    @Test("A roll that waits while an exit closes its position sends nothing", arguments: [Fixture.future, Fixture.synthetic])
    func overtaken(_ name: InstrumentName) async throws {
        let world = Self.due(name)
        world.broker { $0.positionsMood = .failing }
        world.wait(.seconds(10))
        Self.roll(world)
        world.wait(.seconds(2))
        world.ask(.closeAll(reason: "drill"))
        try await world.restart()
        world.wait(.seconds(2))
        world.broker { $0.positionsMood = .honest }
        world.wait(.minutes(5))
        #expect(world.positions.isEmpty && world.holdings.isEmpty, "\(world.holdings)")
        expectSound(world)
    }

    @Test("I21 What a roll closed twice is opened again before the new contract")
    func overclosed() {
        let world = Self.due()
        world.broker { $0.script = [.late(.seconds(150)), .fillAfter(.seconds(80))] }
        Self.roll(world)
        world.wait(.minutes(10))
        #expect(world.engine.broker.requests.suffix(4).map(\.contract.symbol) == [Self.old, Self.old, Self.old, Self.new])
        expectSound(world)
    }

    @Test("A position whose contract has ended is told, and not traded")
    func ended() {
        let world = Self.due()
        world.wait(until: Self.morning(2, month: 1))
        let orders = world.orders.count
        Self.roll(world)
        #expect(world.orders.count == orders && world.alertCodes.contains("position_expired"))
    }

    @Test("The profit of a synthetic over a roll with a new strike is the profit of its legs, exactly (L-13, L-15)")
    func synthetic() throws {
        let world = Self.due(Fixture.synthetic)
        world.send(Fixture.bar(Fixture.synthetic, price: "53600", at: world.now))
        Self.roll(world)
        let rolled = try #require(world.positions.first)
        #expect(rolled.strike == Fixture.price("53500"))
        #expect(rolled.rolloverProfit == Fixture.money("96000"))
        #expect(rolled.entryPrice == Fixture.price("53600"))
        world.wait(.minutes(5))
        world.send(Fixture.exit(1, Fixture.synthetic, price: "54000", at: world.now))
        #expect(world.portfolio?.closedEquity == Fixture.money("5120000"))
        expectSound(world)
    }

    @Test("C28 Every layer rolls once, one after the other, however often the schedule comes")
    func layers() {
        let world = Self.due(layers: 3)
        for _ in 0..<4 { Self.roll(world) }
        #expect(world.positions.map(\.rolloverCount) == [1, 1, 1])
        #expect(world.holdings == [Self.new: 180])
        expectSound(world)
    }

    @Test(
        "C23 C24 C25 C26 C27 A roll ends rolled, or flat with an alert, wherever its process dies",
        arguments: [Fixture.future, Fixture.synthetic])
    func crash(_ name: InstrumentName) async throws {
        let crashes = WorldCrashes(setUp: { Self.freshlyDue(name) }, scenario: { Self.roll($0) })
        var counts: Set<Int> = []
        try await crashes.single { world, point in
            expectSound(world)
            Self.roll(world)
            expectSound(world)
            let rolled = world.positions.first?.rolloverCount
            #expect(rolled == 1 || (rolled == nil && world.alertCodes.contains("rollover_not_reopened")), "\(point)")
            #expect(world.engine.store.all(RolloverRecord.self).count == world.positions.count, "\(point)")
            counts.insert(world.positions.count)
        }
        #expect(counts == [0, 1])
    }

    @Test("C37 A roll survives a second death during its recovery")
    func crashTwice() async throws {
        var crashes = WorldCrashes(setUp: { Self.freshlyDue(Fixture.synthetic) }, scenario: { Self.roll($0) })
        crashes.settling = .minutes(3)
        try await crashes.pairs { world, point in
            expectSound(world)
            let count = world.positions.first?.rolloverCount
            // A process may die before it tells of what it stored.
            let alerts = world.engine.store.all(OutboxRecord.self).map(\.code)
            #expect(count != nil || alerts.contains("rollover_not_reopened"), "\(point)")
            #expect(world.engine.store.all(RolloverRecord.self).count == count ?? 0, "\(point)")
        }
    }

    @Test("C24 Nothing closed: the position stays as it was, and the roll is tried again later")
    func closingFails() {
        let world = Self.due()
        world.broker { $0.script = [.reject] }
        Self.roll(world)
        world.wait(.minutes(1))
        #expect(world.positions.first?.rolloverCount == 1)
        expectSound(world)
    }

    @Test("C25 A new contract that is refused is tried again, then the position is flat with an alert", arguments: [1, 3, 40])
    func openingFails(times: Int) {
        let world = Self.due()
        world.broker { $0.script = [.fill] + Array(repeating: .reject, count: times) }
        Self.roll(world)
        world.wait(.minutes(5))
        #expect(world.positions.count == (times < 5 ? 1 : 0))
        #expect(world.alertCodes.contains("rollover_not_reopened") == (times >= 5))
        #expect(world.holdings == (times < 5 ? [Self.new: 60] : [:]))
        expectSound(world)
    }

    @Test("C26 A new contract of unknown outcome is never opened twice, and taken back when it comes late")
    func openingUnknown() {
        let world = Self.due()
        world.broker { $0.script = [.fill, .late(.minutes(10))] }
        Self.roll(world)
        world.wait(.minutes(5))
        #expect(world.positions.isEmpty)
        #expect(world.alertCodes.contains("rollover_not_reopened"))
        world.wait(.minutes(10))
        #expect(world.holdings.isEmpty)
        #expect(world.engine.broker.requests.count == 4)
        expectSound(world)
    }

    @Test("A closing leg of unknown outcome is resolved before anything is opened", arguments: [true, false])
    func closingUnknown(isFilled: Bool) {
        let world = Self.due()
        world.broker { $0.script = [isFilled ? .unknownWithOrder(visibleAfter: .seconds(20)) : .unknownWithoutOrder] }
        Self.roll(world)
        #expect(world.engine.broker.requests.count == 2)
        world.wait(.seconds(10))
        #expect(world.engine.broker.requests.count == 2)
        world.wait(.minutes(5))
        #expect(world.positions.first?.rolloverCount == 1)
        expectSound(world)
    }

    @Test("An exit during a roll ends the opening and closes what exists", arguments: [1, 2, 3])
    func exitMeanwhile(stage: Int) {
        let world = Self.due(Fixture.synthetic)
        world.broker { $0.script = Array(repeating: .fill, count: stage) + [.fillAfter(.seconds(10))] }
        Self.roll(world)
        world.wait(.seconds(1))
        let exit = world.send(Fixture.exit(1, Fixture.synthetic, at: world.now))
        world.wait(.minutes(5))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test(
        "A stop, or a person, that closes a position in the middle of its roll closes what it holds then", arguments: [1, 2, 3],
        [true, false])
    func stopMeanwhile(stage: Int, isStop: Bool) {
        let world = Self.due(Fixture.synthetic)
        world.broker { $0.script = Array(repeating: .fill, count: stage) + [.fillAfter(.seconds(10))] }
        Self.roll(world)
        world.wait(.seconds(1))
        if isStop {
            world.send(Fixture.bar(Fixture.synthetic, price: "50000", at: world.now))
        } else {
            world.ask(.closeAll(reason: "drill"))
        }
        world.wait(.minutes(5))
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("A kill switch thrown in the middle of a roll opens nothing more (I28)")
    func switchMeanwhile() {
        let world = Self.due(Fixture.synthetic)
        world.broker { $0.script = [.fill, .fillAfter(.seconds(10))] }
        Self.roll(world)
        world.ask(.stop(reason: "drill"))
        world.wait(.minutes(5))
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        #expect(world.alertCodes.contains("rollover_not_reopened"))
        expectSound(world)
    }

    @Test("No entry is made into a contract that the rule would roll within five trading days")
    func entry() {
        let world = Fixture.world([Fixture.traded(rollDays: 5)], at: Self.morning(15))
        world.send(Fixture.base(at: world.now))
        #expect(world.positions.first?.structure.content.legs.first?.contract.symbol == Self.old)
        world.send(Fixture.exit(at: world.now + .seconds(1)))
        world.wait(until: Self.morning(17))
        world.send(Fixture.base(at: world.now))
        #expect(world.positions.first?.structure.content.legs.first?.contract.symbol == Self.new)
        expectSound(world)
    }
}
