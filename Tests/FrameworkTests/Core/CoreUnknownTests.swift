import MunimKit
import Simulation
import Testing

/// Every path of the rules on orders of unknown outcome, refusals and partial fills.
@Suite("Orders that do not simply fill")
struct CoreUnknownTests {
    static func world(_ script: [ModelBroker.Outcome], _ name: InstrumentName = Fixture.future) -> (World, Fingerprint) {
        let world = Fixture.world()
        world.broker { $0.script = script }
        return (world, world.send(Fixture.base(name)))
    }

    @Test(
        "An unknown entry that the broker has is found at the first look that shows it, and adopted with its fills (L-25)",
        arguments: [0, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 59_000])
    func found(milliseconds: Int) throws {
        let (world, fingerprint) = Self.world([.unknownWithOrder(visibleAfter: .milliseconds(Int64(milliseconds)))])
        #expect(world.orders.first?.state == .unknown)
        #expect(world.signal(fingerprint)?.status == .working)
        world.wait(.seconds(60))
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(world.positions.count == 1)
        #expect(world.engine.broker.requests.count == 1)
        expectSound(world)
    }

    @Test("An unknown entry is given up only after the horizon and two complete books, and is never sent again")
    func absent() {
        let (world, fingerprint) = Self.world([.unknownWithoutOrder])
        world.wait(.seconds(59))
        #expect(world.orders.first?.state == .unknown)
        world.wait(.seconds(60))
        #expect(world.orders.first?.state == .absent)
        #expect(world.signal(fingerprint)?.reason == .orderAbsent)
        #expect(world.engine.broker.requests.count == 1)
        #expect(world.alertCodes.contains("order_absent"))
        expectSound(world)
    }

    @Test("One look after the horizon is not enough to give an order up; the second is")
    func twoLooks() {
        var policy = Policy.testing
        policy.reconcileInterval = .minutes(60)
        let world = Fixture.world(policy: policy)
        world.broker { $0.script = [.unknownWithoutOrder] }
        world.send(Fixture.base())
        world.wait(.seconds(70))
        #expect(world.orders.first?.misses == 1)
        #expect(world.orders.first?.state == .unknown)
        world.wait(.seconds(25))
        #expect(world.orders.first?.state == .absent)
        expectSound(world)
    }

    @Test("A book that cannot be read, or is empty while orders are known, is no evidence", arguments: [ModelBroker.Mood.failing, .empty])
    func noEvidence(_ mood: ModelBroker.Mood) {
        let world = Fixture.world()
        world.send(Fixture.base(Fixture.synthetic))
        world.broker {
            $0.script = [.unknownWithOrder(visibleAfter: .zero)]
            $0.bookMood = mood
        }
        world.send(Fixture.base())
        world.wait(.minutes(20))
        #expect(world.orders.contains { $0.state == .unknown })
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(1))
        #expect(world.positions.count == 2)
        expectSound(world)
    }

    @Test("C36 A report of yesterday's order that comes today does not make today's empty book a wrong one")
    func reportOfYesterday() throws {
        let (world, _) = Self.world([.unknownWithOrder(visibleAfter: .minutes(3_000))])
        let order = try #require(world.orders.first)
        let sentAt = world.now
        world.broker { $0.bookMood = .failing }
        world.wait(.minutes(24 * 60))
        world.push(
            OrderReport(
                orderID: "B99", tag: order.tag, symbol: order.symbol, side: order.side, quantity: order.quantity, state: .open,
                updatedAt: sentAt))
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(5))
        #expect(world.orders.first { $0.tag == order.tag }?.state.isTerminal == true)
        #expect(world.scope(Fixture.future)?.state == .frozen)
    }

    @Test("C36 An order whose answer came a day late is of the day that its report tells, and asks nothing of today's book")
    func lateAnswer() async throws {
        let (world, _) = Self.world([.unknownWithOrder(visibleAfter: .minutes(3_000))])
        let order = try #require(world.orders.first)
        let sentAt = world.now
        world.broker { $0.bookMood = .failing }
        world.wait(.days(3))
        world.hand(.placed(order.tag, .unknown("no answer in 7 s")))
        let fill = Fill(id: "X1", quantity: order.quantity, price: Fixture.price("52000"), at: sentAt)
        world.push(
            OrderReport(
                orderID: "B99", tag: order.tag, symbol: order.symbol, side: order.side, quantity: order.quantity, state: .filled,
                fills: [fill], updatedAt: sentAt))
        world.broker { $0.bookMood = .honest }
        try await world.restart()
        world.wait(.minutes(1))
        let exit = world.send(Fixture.exit(at: world.now))
        #expect(world.signal(exit)?.status.isVerdict == true)
    }

    @Test("I10 An exit does not close what the account holds only once a late order is taken back")
    func lateOrderAgainstExit() {
        let world = CoreCrashTests.held(2, Fixture.future)
        world.broker { $0.script = [.late(.seconds(150)), .fill, .unknownWithoutOrder] }
        world.send(Fixture.exit(2, at: world.now))
        world.wait(.seconds(190))
        #expect(world.orders.contains { $0.intent.text.hasPrefix("repair") && ($0.state == .unknown || $0.state == .sending) })
        let exit = world.send(Fixture.exit(1, at: world.now))
        world.wait(.seconds(5))
        #expect(world.holdings.isEmpty, "\(world.holdings)")
        world.wait(.minutes(10))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("I10 An exit does not close what another exit closed twice and opens again")
    func overclosedAgainstExit() {
        let world = CoreCrashTests.held(2, Fixture.future)
        world.broker { $0.script = [.late(.seconds(150)), .fillAfter(.seconds(80)), .unknownWithoutOrder] }
        world.send(Fixture.exit(2, at: world.now))
        world.wait(.seconds(190))
        #expect(world.orders.contains { $0.leg > 0 && $0.state == .unknown })
        let exit = world.send(Fixture.exit(1, at: world.now))
        world.wait(.seconds(5))
        #expect(world.holdings.isEmpty, "\(world.holdings)")
        world.wait(.minutes(10))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("I21 What was opened again twice is closed again")
    func repairedTwice() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker {
            $0.script = [.late(.seconds(150)), .fillAfter(.seconds(80)), .late(.seconds(150)), .fillAfter(.seconds(80))]
        }
        let exit = world.send(Fixture.exit(1, at: world.now))
        world.wait(.minutes(15))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("A tag that is in the book twice throws the switch, and both orders are accounted for")
    func doubled() {
        let (world, _) = Self.world([.doubled])
        world.wait(.seconds(5))
        #expect(world.alertCodes.contains("tag_sent_twice"))
        #expect(world.engine.store.row(SwitchRecord.self, "trading")?.isThrown == true)
        world.wait(.minutes(1))
        #expect(world.send(Fixture.base(Fixture.synthetic, at: world.now)) == world.verdicts.last?.fingerprint)
        #expect(world.verdicts.last?.reason == .tradingStopped)
    }

    @Test("C6 An order that arrives after it was given up is taken back", arguments: [100, 200, 3_000])
    func late(seconds: Int) {
        let (world, fingerprint) = Self.world([.late(.seconds(Int64(seconds)))])
        world.wait(.minutes(60))
        #expect(world.signal(fingerprint)?.status == .failed)
        #expect(world.alertCodes.contains("late_order"))
        #expect(!world.alertCodes.contains("order_without_record"))
        #expect(world.engine.broker.orders.count == 2)
        #expect(world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("I12 What takes a late order back comes late itself: it is taken back in turn, and a person looks at what remains in doubt")
    func lateRepair() {
        let late: [ModelBroker.Outcome] = [.late(.seconds(70)), .fillAfter(.seconds(20))]
        let (world, _) = Self.world([.late(.seconds(150))] + late + late + late)
        world.wait(.minutes(90))
        let repairs = world.orders.filter { $0.intent.text.hasPrefix("repair") }
        #expect(repairs.map { "\($0.leg) \($0.attempt) \($0.side.rawValue)" }.sorted() == ["0 1 SELL", "0 2 SELL", "1 1 BUY"])
        #expect(repairs.allSatisfy { $0.filled == $0.quantity } && world.holdings.isEmpty && world.positions.isEmpty)
        #expect(world.scope(Fixture.future)?.state == .frozen && world.alertCodes.last == "exit_order_missing")
        expectSound(world)
    }

    @Test("I10 What a late order filled is not closed by an exit as well, while it waits to be taken back")
    func lateOrderBesideExit() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker {
            $0.script =
                [.unknownWithOrder(visibleAfter: .seconds(100)), .unknownWithOrder(visibleAfter: .minutes(6))]
                + Array(repeating: .notSent, count: 8)
        }
        world.send(Fixture.pyramid(stop: "52100", at: world.now))
        world.wait(.seconds(92))
        let exit = world.send(Fixture.exit(1, at: world.now))
        world.wait(.minutes(3))
        #expect(world.intents.contains { $0.kind == .repair })
        #expect(world.orders.count { $0.intent.text.hasPrefix("exit") } == 1)
        world.wait(.minutes(10))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("C8 An order that arrives late is taken back by the process that comes after, too")
    func lateAfterRestart() async throws {
        let (world, _) = Self.world([.late(.minutes(5))])
        world.wait(.minutes(3))
        #expect(world.orders.first?.state == .absent)
        try await world.restart()
        world.wait(.minutes(10))
        #expect(world.holdings.isEmpty)
        #expect(world.alertCodes.contains("late_order"))
        expectSound(world)
    }

    @Test("A slot that was given up takes no entry until its session ends")
    func quarantine() {
        let (world, _) = Self.world([.unknownWithoutOrder])
        world.wait(.minutes(10))
        world.send(Fixture.base(at: world.now))
        #expect(world.verdicts.last?.reason == .slotQuarantined)
        world.wait(until: TradingDay(of: world.now).advanced(by: 3).instant(at: TimeOfDay(secondsSinceMidnight: 36_000)))
        world.send(Fixture.base(at: world.now))
        #expect(world.verdicts.last?.status == .executed)
        expectSound(world)
    }

    @Test("An entry that provably did not leave is tried again with a new tag, inside its window only")
    func notSent() {
        let (world, fingerprint) = Self.world([.notSent, .notSent])
        world.wait(.seconds(10))
        #expect(world.signal(fingerprint)?.status == .executed)
        #expect(Set(world.engine.broker.requests.map(\.tag)).count == 3)
        let (hopeless, other) = Self.world(Array(repeating: .notSent, count: 50))
        hopeless.wait(.minutes(5))
        #expect(hopeless.signal(other)?.status == .failed)
        #expect(hopeless.engine.broker.requests.count == 5)
        expectSound(world)
        expectSound(hopeless)
    }

    @Test("A refused entry is not repeated")
    func rejected() {
        let (world, fingerprint) = Self.world([.reject])
        world.wait(.minutes(3))
        #expect(world.signal(fingerprint)?.status == .failed)
        #expect(world.engine.broker.requests.count == 1)
        expectSound(world)
    }

    @Test("L-16 When the second leg is refused the first is unwound and its cost booked")
    func secondLegRefused() {
        let (world, fingerprint) = Self.world([.fill, .reject], Fixture.synthetic)
        #expect(world.signal(fingerprint)?.status == .failed)
        #expect(world.engine.broker.orders.map(\.request.side) == [.sell, .buy])
        #expect(world.engine.broker.orders.map(\.request.quantity) == [Quantity(60), Quantity(60)])
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("L-16 A structure with one leg for two seconds is alerted, and its scope takes no entries")
    func oneLegged() {
        let (world, _) = Self.world([.fill, .fillAfter(.seconds(8))], Fixture.synthetic)
        world.wait(.seconds(1))
        #expect(!world.alertCodes.contains("one_legged"))
        world.wait(.seconds(1))
        #expect(world.alertCodes.contains("one_legged"))
        world.wait(.seconds(10))
        #expect(world.positions.count == 1)
        expectSound(world)
    }

    @Test("I20 An exit of several layers tells of the one that has one leg, whatever the others have")
    func oneLeggedExit() {
        let world = CoreCrashTests.held(2)
        world.broker { $0.script = [.fill, .fillAfter(.seconds(30)), .fillAfter(.seconds(30))] }
        world.send(Fixture.exit(nil, Fixture.synthetic, at: world.now))
        world.wait(.seconds(5))
        #expect(world.alertCodes.contains("one_legged"))
        world.wait(.minutes(2))
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("I20 A process that cannot read the book tells people all the same of a structure that has one leg")
    func oneLeggedAtStart() async throws {
        let (world, _) = Self.world([.fill, .unknownWithOrder(visibleAfter: .seconds(20))], Fixture.synthetic)
        world.broker { $0.bookMood = .failing }
        try await world.restart()
        world.wait(.seconds(5))
        #expect(world.alertCodes.contains("one_legged"))
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(5))
        #expect(world.positions.count == 1 && world.alertCodes.count { $0 == "one_legged" } == 1)
        expectSound(world)
    }

    @Test("A first leg that fills in part makes the whole position that size")
    func partialFirst() {
        let (world, _) = Self.world([.partialThenCancelled(30)], Fixture.synthetic)
        world.wait(.seconds(10))
        #expect(world.positions.first?.lots == Lots(1))
        #expect(world.engine.broker.orders.map(\.request.quantity) == [Quantity(60), Quantity(30)])
        expectSound(world)
    }

    @Test("A surplus of a leg, or of a broken lot, is taken back", arguments: [10, 30, 40])
    func partialSecond(units: Int) {
        let (world, _) = Self.world([.fill, .partialThenCancelled(Int64(units))], Fixture.synthetic)
        world.wait(.seconds(10))
        #expect(world.positions.first?.lots == (units < 30 ? nil : Lots(1)))
        expectSound(world)
    }

    @Test("A broken lot of a single leg is taken back")
    func brokenLot() {
        let (world, _) = Self.world([.partialThenCancelled(45)])
        world.wait(.seconds(10))
        #expect(world.positions.first?.quantity == Quantity(30))
        #expect(world.holdings.values.map { $0 } == [30])
        expectSound(world)
    }

    @Test("Quantities above the freeze limit leave in slices, each with a tag of its own")
    func slices() {
        var facts = TestFuture.Facts()
        facts.freezeQuantity = Quantity(100)
        let world = Fixture.world([Fixture.traded(facts: facts, lots: 8)])
        world.send(Fixture.base())
        #expect(world.engine.broker.requests.map(\.quantity.count) == [90, 90, 60])
        #expect(world.positions.first?.quantity == Quantity(240))
        expectSound(world)
    }

    @Test(
        "What another instrument's order in the same contract may explain is waited for, and freezes nothing",
        arguments: [[ModelBroker.Outcome.unknownWithOrder(visibleAfter: .seconds(55))], [.unknownWithoutOrder]])
    func sharedContract(_ script: [ModelBroker.Outcome]) {
        let (first, second): (InstrumentName, InstrumentName) = ("FIRST", "SECOND")
        let world = Fixture.world([Fixture.traded(first), Fixture.traded(second)])
        for name in [first, second] { world.send(Fixture.base(name)) }
        world.wait(.seconds(70))
        world.broker { $0.script = [.unknownWithoutOrder] + script }
        world.send(Fixture.exit(1, first, at: world.now))
        world.wait(.seconds(50))
        world.send(Fixture.exit(1, second, at: world.now))
        world.wait(.minutes(5))
        #expect([first, second].map { world.scope($0)?.state } == [.active, .active])
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("Two instruments whose one contract was squared off by hand are both frozen, and neither waits for the other")
    func sharedContractSquaredOff() {
        let names: [InstrumentName] = ["FIRST", "SECOND"]
        let world = Fixture.world(names.map { Fixture.traded($0) })
        for name in names { world.send(Fixture.base(name)) }
        world.wait(.seconds(70))
        world.broker {
            $0.script = [.reject, .reject]
            $0.foreign = ["TF2025-12-31": -120]
        }
        for name in names { world.send(Fixture.exit(1, name, at: world.now)) }
        world.wait(.minutes(2))
        #expect(names.map { world.scope($0)?.state } == [.frozen, .frozen])
        #expect(world.engine.broker.requests.count == 2)
        #expect(world.breaches.isEmpty)
    }

    @Test("C40 An order of a process that ended is given up only after a horizon of the next one")
    func horizonOfAnother() async throws {
        let (world, fingerprint) = Self.world([.late(.minutes(62))])
        try await world.restart(after: .minutes(61))
        world.wait(.seconds(40))
        #expect(world.orders.map(\.state) == [.unknown])
        world.wait(.minutes(5))
        #expect(world.signal(fingerprint)?.status == .executed)
        expectSound(world)
    }

    @Test(
        "C20 A lost order of a layer that is closed by now is taken back while the exit of another layer goes on", arguments: [false, true])
    func lateInSettledPositionPlan(isRestarted: Bool) async throws {
        let world = CoreCrashTests.held(2, Fixture.future)
        world.broker { $0.script = [.late(.seconds(150)), .fillAfter(.minutes(6)), .fill] }
        world.send(Fixture.exit(nil, at: world.now))
        world.wait(.seconds(120))
        #expect(world.positions.map(\.layer) == [.base], "the newer layer is closed by its second order")
        if isRestarted { try await world.restart() }
        world.wait(.minutes(15))
        #expect(world.alertCodes.contains("late_order"))
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("C20 What an exit closed twice is opened again although other layers hold the contract")
    func closedTwice() {
        let world = CoreCrashTests.held(2, Fixture.future)
        world.broker { $0.script = [.late(.seconds(90)), .fillAfter(.seconds(60)), .notSent] }
        world.send(Fixture.exit(2, at: world.now))
        world.wait(.minutes(15))
        #expect(world.positions.map(\.quantity) == [Quantity(60)])
        #expect(world.scope(Fixture.future)?.state == .active)
        expectSound(world)
    }

    @Test("An exit falls short because a lost order of another layer hides in the account's net: it waits for that order")
    func hiddenByAnotherLayer() {
        let world = CoreCrashTests.held(2, Fixture.future)
        world.broker { $0.script = [.partialThenCancelled(30), .unknownWithOrder(visibleAfter: .seconds(150))] }
        world.send(Fixture.exit(nil, at: world.now))
        world.wait(.minutes(15))
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }
}
