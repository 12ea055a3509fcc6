import MunimKit
import Simulation
import Testing

/// The end of a contract: no position meets it in silence, and no entry goes where a roll is near.
@Suite("The end of contracts")
struct CoreExpiryTests {
    /// Rolls on one day of the calendar only, whatever is left.
    private struct OnlyOn: RolloverPlugin {
        static let manifest = PluginManifest(kind: .rollover, name: "only-on", version: "1.0.0", summary: "For a test.")
        let day: TradingDay
        init(day: TradingDay) { self.day = day }
        init(options: NoOptions, context: PluginContext) { day = TradingDay(daysSinceEpoch: 0) }
        func advice(on view: RolloverView) -> RolloverAdvice { view.day == day ? .roll("its day") : .stay("not its day") }
    }

    @Test("A position whose rule's day fell behind it is told before, on the day and every day after")
    func passesItsExpiry() {
        var policy = Policy.testing
        policy.entryRolloverDays = 0
        let world = Fixture.world([Fixture.traded(rollDays: -1)], policy: policy, at: CoreRollTests.morning(22))
        world.send(Fixture.base(at: world.now))
        #expect(world.positions.map(\.expiry) == [TradingDay("2025-12-31")])
        var told: [Int: [String]] = [:]
        for day in [29, 30, 31, 32, 33] {
            let before = world.alertCodes.count
            world.wait(until: CoreRollTests.morning(29) + .days(Int64(day - 29)))
            told[day] = world.alertCodes.dropFirst(before).filter { $0.hasPrefix("position_expire") }
        }
        #expect(told[29] == [])
        #expect(told[30] == ["position_expires"] && told[31] == ["position_expires"])
        #expect(told[32] == ["position_expired"] && told[33] == ["position_expired"])
    }

    @Test("An entry avoids a contract that its rule would leave on one of the coming days, also where the rule looks at the day alone")
    func guardAsksForDays() throws {
        let today = TradingDay(of: CoreRollTests.morning(8))
        let traded = { (day: TradingDay) in
            TradedInstrument(name: Fixture.future, instrument: TestFuture(), sizing: TestSizing(fixed: Lots(1)), rollover: OnlyOn(day: day))
        }
        let december = try #require(TradingDay("2025-12-31"))
        let january = try #require(TradingDay("2026-01-30"))
        for ahead in 0...5 {
            // The 13th and 14th are a weekend.
            let day = today.advanced(by: ahead == 5 ? 7 : ahead)
            #expect(traded(day).entryExpiry(on: today, avoidingDays: 5) != december, "\(day)")
        }
        #expect(traded(today.advanced(by: 8)).entryExpiry(on: today, avoidingDays: 5) == december)
        #expect(traded(today.advanced(by: -1)).entryExpiry(on: today, avoidingDays: 5) == december)
        #expect(january > december)
    }

    @Test("A roll leaves a trail whose states follow each other, and a status that says how it ended")
    func trail() {
        let world = CoreRollTests.due()
        CoreRollTests.roll(world)
        let rows = world.engine.store.all(AuditRecord.self).filter { $0.entity == "position" }
        #expect(rows.allSatisfy { PositionStatus(rawValue: $0.to) != nil })
        #expect(rows.contains { $0.cause.hasPrefix("rolled from") && $0.from == $0.to })
        #expect(world.positions.first?.rolloverStatus == .rolled)
    }

    @Test("A roll that is due while trading is stopped is pending, one that closes nothing has failed")
    func rollStates() {
        let pending = CoreRollTests.due()
        pending.ask(.stop(reason: "a drill"))
        CoreRollTests.roll(pending)
        #expect(pending.positions.first?.rolloverStatus == .pending)
        pending.ask(.resume(reason: "over"))
        CoreRollTests.roll(pending)
        #expect(pending.positions.first?.rolloverStatus == .rolled)
    }

    @Test("With several layers the price from which the next one is spaced follows the roll of its own layer, once")
    func spacing() {
        let world = CoreRollTests.due(layers: 3)
        let before = world.engine.store.row(PyramidingRecord.self, Fixture.future)?.lastPyramidPrice
        world.broker {
            $0.marks[CoreRollTests.old] = Fixture.price("53200")
            $0.marks[CoreRollTests.new] = Fixture.price("53600")
        }
        CoreRollTests.roll(world)
        world.wait(.seconds(30))
        #expect(world.positions.allSatisfy { $0.rolloverCount == 1 })
        let after = world.engine.store.row(PyramidingRecord.self, Fixture.future)?.lastPyramidPrice
        #expect(before.flatMap { try? $0.adding(Fixture.price("400")) } == after)
    }

    @Test("After a restart an older bar still hits no stop, and a bar of the future keeps no later one out")
    func bars() async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.send(Fixture.bar(price: "52500", at: world.now))
        try await world.restart()
        world.send(Fixture.bar(price: "40000", at: world.now - .seconds(30)))
        #expect(world.positions.count == 1)
        world.send(Fixture.bar(price: "52600", at: world.now + .minutes(60)))
        world.wait(.seconds(5))
        world.send(Fixture.bar(price: "40000", at: world.now))
        world.wait(.seconds(5))
        #expect(world.positions.isEmpty)
    }
}
