import MunimKit
import Simulation
import Testing

/// What the account really holds: closed is at most that, and whatever else it holds is noticed.
@Suite("The account's figure")
struct CoreAccountTests {
    private static let contract = "TF2025-12-31"

    @Test("An exit of what was squared off while no process lived sends nothing, and its scope waits for a person")
    func squaredOffWhileDown() async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.foreign = [Self.contract: -60] }
        world.death = (world.performed, false)
        let exit = world.send(Fixture.exit(at: world.now))
        world.death = nil
        try await world.restart()
        world.wait(.minutes(2))
        #expect(world.engine.broker.requests.count == 1)
        #expect(world.holdings.isEmpty)
        #expect(world.scope(Fixture.future)?.state == .frozen)
        #expect(world.signal(exit)?.status.isVerdict == true)
        #expect(world.alertCodes.contains("position_mismatch") || world.alertCodes.contains("missing_in_broker"))
    }

    @Test("An exit of what was squared off beside a living host sends nothing, however short ago that was", arguments: [2, 20, 29])
    func squaredOffLive(seconds: Int64) {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.wait(.minutes(1))
        world.broker { $0.foreign = [Self.contract: -60] }
        world.wait(.seconds(seconds))
        world.send(Fixture.exit(at: world.now))
        world.wait(.minutes(2))
        #expect(world.engine.broker.requests.count == 1)
        #expect(world.holdings.isEmpty)
    }

    @Test("What is missing in the account is missing from the exit's own book: the rest of ALL layers is closed, the account ends flat")
    func partlySquaredOff() {
        let world = CoreCrashTests.held(3, Fixture.future)
        world.wait(.minutes(1))
        world.broker { $0.foreign = [Self.contract: -60] }
        world.wait(.seconds(5))
        world.send(Fixture.exit(nil, price: "54000", at: world.now))
        world.wait(.minutes(3))
        #expect(world.holdings.isEmpty)
        #expect(world.engine.broker.orders.filter { $0.request.side == .sell }.count == 2)
    }

    @Test("An exit of one layer leaves alone what the account holds for the others")
    func othersAreLeft() {
        let world = CoreCrashTests.held(2, Fixture.future)
        world.wait(.minutes(1))
        world.broker { $0.foreign = [Self.contract: -60] }
        world.wait(.seconds(5))
        world.send(Fixture.exit(2, price: "54000", at: world.now))
        world.wait(.minutes(3))
        #expect(world.holdings == [Self.contract: 60])
    }

    @Test(
        "A position in our contract while we hold nothing freezes its instrument, before the next entry and after a start",
        arguments: [true, false])
    func unexplainedWhileFlat(isRestarted: Bool) async throws {
        let world = Fixture.world()
        world.broker { $0.foreign = [Self.contract: -60] }
        if isRestarted { try await world.restart() }
        world.wait(.minutes(1))
        #expect(world.alertCodes.contains("position_mismatch"))
        #expect(world.scope(Fixture.future)?.state == .frozen)
        #expect(world.scope(Fixture.synthetic)?.state != .frozen)
        let entry = world.send(Fixture.base(at: world.now))
        #expect(world.signal(entry)?.reason == .scopeFrozen)
        #expect(world.engine.broker.requests.isEmpty)
    }

    @Test("What the account holds of contracts that are no instrument's is told once and stops nothing")
    func foreign() {
        let world = Fixture.world()
        world.broker { $0.foreign = ["RELIANCE": 10] }
        world.wait(.minutes(5))
        #expect(world.alertCodes.count { $0 == "foreign_position" } == 1)
        let entry = world.send(Fixture.base(at: world.now))
        #expect(world.signal(entry)?.status == .executed)
    }

    @Test("An entry waits until the account was compared since the start, and expires when it never is")
    func entriesWait() {
        let world = Fixture.world([Fixture.traded()])
        world.broker { $0.positionsMood = .failing }
        world.wait(.minutes(3))
        let lost = world.send(Fixture.base(at: world.now))
        world.wait(.seconds(60))
        #expect(world.signal(lost)?.status == .accepted)
        world.wait(.seconds(31))
        #expect(world.signal(lost)?.status == .expired)
        let late = world.send(Fixture.base(at: world.now))
        world.broker { $0.positionsMood = .honest }
        world.wait(.seconds(10))
        #expect(world.signal(late)?.status == .executed)
        expectSound(world)
    }

    @Test("An exit right behind its entry leaves at once, although the broker's figure lags behind the trade")
    func rightBehind() {
        let world = Fixture.world()
        world.send(Fixture.base(at: world.now))
        let exit = world.send(Fixture.exit(at: world.now))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("A report of somebody else's trade has the account read before the next exit, and a stream of them keeps none waiting")
    func foreignReports() {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.wait(.minutes(1))
        for number in 0..<50 {
            let fill = Fill(id: TradeID("F\(number)"), quantity: Quantity(30), price: Fixture.price("52000"), at: world.now)
            world.push(
                OrderReport(
                    orderID: BrokerOrderID("X\(number)"), tag: nil, symbol: Self.contract, side: .sell, quantity: Quantity(30),
                    state: .filled, fills: [fill],
                    updatedAt: world.now))
        }
        let exit = world.send(Fixture.exit(at: world.now))
        #expect(world.signal(exit)?.status == .executed)
        expectSound(world)
    }

    @Test(
        "C42 An order with our tag in our contract freezes its instrument even while that holds nothing; in another contract it freezes all",
        arguments: [true, false])
    func restored(isOurs: Bool) async throws {
        let world = Fixture.world()
        let day = TradingDay(of: world.now)
        let expiry = try #require(TestFuture().expiries(onOrAfter: day, count: 1).first)
        var contract = try #require(
            try? TestFuture().structure(expiry: expiry, price: Fixture.price("52000"), on: day).legs.first?.contract)
        if !isOurs { contract.symbol = "ELSEWHERE" }
        let now = world.now
        world.broker {
            _ = $0.place(OrderRequest(tag: "MUSTRAY0000000000001", contract: contract, side: .buy, quantity: Quantity(60)), at: now)
        }
        try await world.restart()
        world.wait(.minutes(1))
        #expect(world.alertCodes.contains("order_without_record"))
        #expect(world.scope(Fixture.future)?.state == .frozen)
        #expect((world.scope(Fixture.synthetic)?.state == .frozen) == !isOurs)
        let entry = world.send(Fixture.base(at: world.now))
        #expect(world.signal(entry)?.reason == .scopeFrozen)
    }

    @Test("C42 A report of an order that the records only plan freezes its instrument, and the order is not sent again")
    func plannedIsReported() throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.positionsMood = .failing }
        world.wait(.seconds(5))
        world.send(Fixture.exit(1, at: world.now))
        let planned = try #require(world.orders.first { $0.state == .planned })
        let fill = Fill(id: "X1", quantity: planned.quantity, price: Fixture.price("52000"), at: world.now)
        world.push(
            OrderReport(
                orderID: "B99", tag: planned.tag, symbol: planned.symbol, side: planned.side, quantity: planned.quantity,
                state: .filled, fills: [fill], updatedAt: world.now))
        #expect(world.alertCodes.contains("order_without_record"))
        #expect(world.scope(Fixture.future)?.state == .frozen)
        let order = world.orders.first { $0.tag == planned.tag }
        #expect(order?.state == .filled && order?.sentAt != nil)
    }

    @Test("A difference in a contract that two instruments trade freezes both, also the one that holds nothing")
    func sharedWhileOneIsFlat() {
        let names: [InstrumentName] = ["FIRST", "SECOND"]
        let world = Fixture.world(names.map { Fixture.traded($0) })
        world.send(Fixture.base(names[0]))
        world.wait(.minutes(1))
        world.broker { $0.foreign = [Self.contract: 30] }
        world.wait(.minutes(1))
        #expect(names.map { world.scope($0)?.state } == [.frozen, .frozen])
        let entry = world.send(Fixture.base(names[1], at: world.now))
        #expect(world.signal(entry)?.reason == .scopeFrozen)
    }

    @Test("A trade that the books of a booked order lack freezes every instrument of its contract, its own too")
    func unknownTradeOfSharedContract() throws {
        let names: [InstrumentName] = ["FIRST", "SECOND"]
        let world = Fixture.world(names.map { Fixture.traded($0) })
        for name in names { world.send(Fixture.base(name, at: world.now)) }
        let order = try #require(world.engine.broker.orders.last)
        world.push(
            OrderReport(
                orderID: "B99", tag: order.request.tag, symbol: order.request.contract.symbol, side: .buy,
                quantity: order.request.quantity, state: .filled,
                fills: [Fill(id: "X1", quantity: order.request.quantity, price: Fixture.price("52000"), at: world.now)],
                updatedAt: world.now))
        #expect(names.map { world.scope($0)?.state } == [.frozen, .frozen])
        #expect(names.allSatisfy { name in world.alerts.contains { $0.code == "fill_not_understood" && $0.instrument == name } })
    }

    @Test("A figure that equals the books by chance, because it lacks our last trade and they lack another's, closes nothing that is gone")
    func equalByChance() throws {
        let world = CoreCrashTests.held(2, Fixture.future)
        world.broker { $0.foreign = [Self.contract: -60] }
        world.wait(.minutes(1))
        #expect(world.alertCodes.contains("position_mismatch"))
        world.broker { $0.script = [.fillAfter(.milliseconds(500))] }
        world.send(Fixture.exit(nil, at: world.now))
        let read = world.now + .milliseconds(450)
        world.wait(.milliseconds(600))
        let order = try #require(world.engine.broker.orders.last)
        world.push(try #require(world.engine.broker.report(on: order.id, at: world.now)))
        world.hand(.positionsRead(PositionsReading(startedAt: read, positions: [BrokerPosition(symbol: Self.contract, netUnits: 60)])))
        world.wait(.minutes(1))
        #expect(world.holdings.isEmpty, "\(world.holdings)")
        #expect(world.breaches.isEmpty)
    }

    @Test("Rows that are read anew make no exit wait again for a figure that shows everything since long")
    func readAnew() async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.foreign = [Self.contract: 30] }
        world.wait(.seconds(65))
        world.broker { $0.positionsMood = .failing }
        let exit = world.send(Fixture.exit(at: world.now))
        #expect(world.signal(exit)?.status == .working)
        world.broker { $0.positionsMood = .honest }
        try await world.reload()
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.holdings == [Self.contract: 30])
        #expect(world.breaches.isEmpty)
    }

    @Test("I13 What no order explains is told while an exit is under way, to all who trade the contract")
    func unexplainedInFlight() {
        let names: [InstrumentName] = ["FIRST", "SECOND"]
        let world = Fixture.world(names.map { Fixture.traded($0) })
        world.send(Fixture.base(names[0]))
        world.wait(.seconds(70))
        world.broker { $0.script = [.fillAfter(.minutes(10))] }
        world.send(Fixture.exit(1, names[0], at: world.now))
        world.broker { $0.foreign = [Self.contract: 30] }
        world.wait(.minutes(1))
        #expect(world.orders.contains { $0.state == .working })
        #expect(names.map { world.scope($0)?.state } == [.frozen, .frozen])
    }

    @Test("I13 A late order that was taken back explains nothing any more", arguments: [false, true])
    func takenBackExplainsNothing(isRestarted: Bool) async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.script = [.unknownWithOrder(visibleAfter: .seconds(100))] }
        world.send(Fixture.pyramid(stop: "52100", at: world.now))
        world.wait(.minutes(5))
        #expect(world.alertCodes.contains("late_order") && world.scope(Fixture.future)?.state != .frozen)
        if isRestarted { try await world.restart() }
        world.broker { $0.foreign = [Self.contract: 30] }
        world.wait(.minutes(2))
        #expect(world.scope(Fixture.future)?.state == .frozen)
    }
}
