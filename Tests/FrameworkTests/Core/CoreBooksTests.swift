import MunimKit
import Simulation
import Testing

/// Money, stops, operators and explanations.
@Suite("Books, stops and people")
struct CoreBooksTests {
    @Test("L-55 The ledger of two months is reproduced row by row, from capital and booked profits")
    func ledger() throws {
        var facts = TestFuture.Facts()
        facts.terms = InstrumentTerms(
            pointValue: PointValue(whole: 1), unitsPerLot: 1, marginPerLot: Money(whole: 1),
            initialStopMultiple: Ratio(units: 1_000_000),
            trailingStopMultiple: Ratio(whole: 9), maximumPyramids: 0, pyramidSpacing: .one, barLength: .minutes(60))
        var policy = Policy.testing
        policy.initialCapital = .zero
        let world = Fixture.world([Fixture.traded(facts: facts, lots: 1)], policy: policy)
        world.ask(.capital(Money(whole: 5_000_000), notes: "start", key: "one"))
        let rows: [(String, String)] = [
            ("43059", "5043059"), ("-105000", "4938059"), ("10733", "4948792"), ("-16375", "4932417"), ("89450", "5021867"),
            ("-9451", "5012416"),
            ("34690", "5047106"), ("89100", "5136206"), ("15560", "5151766"), ("35010", "5186776"), ("DEPOSIT", "10186776"),
            ("46815", "10233591"), ("-36955", "10196636"), ("-2064", "10194572"), ("-105811.20", "10088760.80"), ("23280", "10112040.80"),
            ("11880", "10123920.80"),
        ]
        for (amount, equity) in rows {
            if amount == "DEPOSIT" {
                world.ask(.capital(Money(whole: 5_000_000), notes: "more", key: "two"))
            } else {
                world.send(Fixture.base(price: "200000", stop: "199000", at: world.now))
                world.wait(.seconds(2))
                let exit = try Fixture.price("200000").adding(Price(units: Fixture.money(amount).units))
                world.send(Fixture.exit(price: exit.description, at: world.now))
                world.wait(.seconds(59))
            }
            #expect(world.portfolio?.closedEquity == Fixture.money(equity), "\(amount)")
        }
        #expect(world.ledger.count == 18)
        #expect(world.portfolio?.equityHigh == Fixture.money("10233591"))
        let profit = world.ledger.filter { $0.kind == .tradingProfit }.reduce(Int64(0)) { $0 + $1.amount.units }
        #expect(Money(units: profit) == Fixture.money("123920.80"))
        expectSound(world)
    }

    @Test("A repeated capital request is answered and not booked again, also by the next process")
    func capital() async throws {
        let world = Fixture.world()
        for _ in 0..<2 { world.ask(.capital(Money(whole: 100), notes: "", key: "k"), id: "a") }
        try await world.restart()
        world.ask(.capital(Money(whole: 100), notes: "", key: "k"), id: "b")
        #expect(world.portfolio?.closedEquity == Fixture.money("5000100"))
        #expect(world.ask(.capital(Money(whole: -5_000_101), notes: "", key: "l"))?.isDone == false)
        #expect(world.ask(.capital(Money(whole: -5_000_100), notes: "", key: "l"))?.isDone == true)
        #expect(world.portfolio?.closedEquity == .zero)
        #expect(world.portfolio?.equityHigh == .zero)
        expectSound(world)
    }

    @Test("Charges are booked per side, on the position and in the ledger")
    func charges() throws {
        var policy = Policy.testing
        policy.chargeRate = Ratio(units: 500)
        let world = Fixture.world(policy: policy)
        world.send(Fixture.base())
        world.send(Fixture.exit(price: "53000", at: world.now + .seconds(1)))
        #expect(world.history.first?.charges == Fixture.money("3150"))
        #expect(world.portfolio?.closedEquity == Fixture.money("5056850"))
        expectSound(world)
    }

    @Test(
        "Stops follow the closes and never fall: the vectors of two instruments",
        arguments: [
            (
                "52000", "350", "1.5", "2.5", "51475",
                [
                    ("52200", "350", "51475"), ("52700", "360", "51800"), ("53400", "380", "52450"), ("53100", "400", "52450"),
                    ("52600", "410", "52450"), ("52450", "410", "52450"), ("52449", "410", "hit"),
                ]
            ),
            (
                "78500", "450", "1", "2", "78050",
                [("78900", "450", "78050"), ("79400", "470", "78460"), ("79000", "500", "78460"), ("78460", "500", "78460")]
            ),
        ])
    func stops(entry: String, atr: String, initial: String, trailing: String, stop: String, bars: [(String, String, String)]) throws {
        var facts = TestFuture.Facts()
        facts.terms.initialStopMultiple = try Ratio(initial)
        facts.terms.trailingStopMultiple = try Ratio(trailing)
        let world = Fixture.world([Fixture.traded(facts: facts, lots: 1)])
        world.send(Fixture.base(price: entry, stop: stop, atr: atr))
        #expect(world.positions.first?.currentStop == Fixture.price(stop))
        for (close, range, expected) in bars {
            world.wait(.seconds(75))
            let bar = world.send(Fixture.bar(price: close, atr: range, at: world.now))
            #expect(world.signal(bar)?.status == .executed)
            #expect(world.positions.first?.currentStop == (expected == "hit" ? nil : Fixture.price(expected)), "\(close)")
        }
        expectSound(world)
    }

    @Test("An older bar that comes late neither raises a stop by its range nor is held against it")
    func lateBar() {
        let world = Fixture.world()
        world.send(Fixture.base())
        world.wait(.minutes(10))
        world.send(Fixture.bar(price: "53400", atr: "380", at: world.now))
        world.send(Fixture.bar(price: "52200", at: world.now - .minutes(5)))
        #expect(world.positions.first?.currentStop == Fixture.price("52450"))
        world.send(Fixture.bar(price: "53900", atr: "380", at: world.now - .minutes(4)))
        #expect(world.positions.first?.highestClose == Fixture.price("53900"))
        #expect(world.positions.first?.currentStop == Fixture.price("52450"))
        expectSound(world)
    }

    @Test("L-18 Entry price and stop come from the fills, not from the signal")
    func fills() {
        let world = Fixture.world()
        world.broker { $0.slippage = Fixture.price("20") }
        world.send(Fixture.base())
        #expect(world.positions.first?.entryPrice == Fixture.price("52020"))
        #expect(world.positions.first?.signalPrice == Fixture.price("52000"))
        #expect(world.positions.first?.initialStop == Fixture.price("51495"))
        expectSound(world)
    }

    @Test("L-21 L-22 A slot that is used again is a new position, and each has its contract, range and stop")
    func identity() {
        let world = Fixture.world()
        world.send(Fixture.base())
        world.send(Fixture.exit(at: world.now + .seconds(1)))
        world.wait(.minutes(2))
        world.send(Fixture.base(at: world.now))
        #expect(Set(world.history.map(\.id)).count == 2)
        for position in world.history {
            #expect(position.averageTrueRange > .zero && position.initialStop > .zero && !position.structure.content.legs.isEmpty)
        }
        expectSound(world)
    }

    @Test("Counterfactuals are true: so much more gives the lots that are claimed, one whole unit less does not")
    func counterfactuals() throws {
        for (funds, limiter) in [(Int64(600_000), "margin"), (9_000_000, "risk")] {
            let world = Fixture.world([Fixture.traded(lots: nil)])
            world.broker { $0.funds = Funds(available: Money(units: funds * 10_000), used: .zero) }
            let fingerprint = world.send(Fixture.base())
            let explanation = try #require(world.signal(fingerprint)?.explanation?.content)
            let request = try #require(explanation.request)
            #expect(explanation.sizing?.limiter == limiter)
            #expect(!explanation.counterfactuals.isEmpty)
            for claim in explanation.counterfactuals {
                let amount = try #require(Int64(claim.change.dropFirst()))
                #expect(try Self.lots(request, claim.input, adding: amount) == claim.lots)
                #expect(try Self.lots(request, claim.input, adding: amount - 1) < claim.lots)
                #expect(claim.lots > (explanation.sizing?.lots ?? .zero))
            }
        }
    }

    private static func lots(_ request: SizingRequest, _ input: String, adding whole: Int64) throws -> Lots {
        var changed = request
        let more = Money(units: whole * 10_000)
        if input == "equity" {
            changed.equity = try changed.equity.adding(more)
        } else {
            changed.availableMargin = try changed.availableMargin.adding(more)
        }
        return try TestSizing(fixed: nil).size(changed).lots
    }

    @Test("People stop and resume trading, close one or all, book what they did by hand, and thaw a scope")
    func operators() throws {
        let world = Fixture.world()
        world.send(Fixture.base())
        world.send(Fixture.base(Fixture.synthetic))
        let id = try #require(world.positions.first { $0.instrument == Fixture.future }?.id)
        #expect(world.ask(.exit("nobody", reason: ""))?.isDone == false)
        #expect(world.ask(.exit(id, reason: "drill"))?.isDone == true)
        #expect(world.positions.map(\.instrument) == [Fixture.synthetic])
        #expect(world.ask(.closeAll(reason: "drill"))?.details.count == 1)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        world.wait(.minutes(2))
        world.ask(.stop(reason: "drill"))
        world.send(Fixture.base(at: world.now))
        #expect(world.verdicts.last?.reason == .tradingStopped)
        world.ask(.resume(reason: "over"))
        world.send(Fixture.base(at: world.now + .seconds(1)))
        let second = try #require(world.positions.first)
        world.broker { $0.foreign = ["TF2025-12-31": -60] }
        world.wait(.minutes(2))
        #expect(world.scope(Fixture.future)?.state == .frozen)
        #expect(world.ask(.bookExit(second.id, price: Fixture.price("52100"), reason: "by hand"))?.isDone == true)
        #expect(world.portfolio?.closedEquity == Fixture.money("5006000"))
        world.ask(.unfreeze(Fixture.future, reason: "looked"))
        world.wait(.minutes(2))
        #expect(world.scope(Fixture.future)?.state == .active)
        #expect(world.breaches.isEmpty)
    }

    @Test("The booked exit of a synthetic gives the same profit as its legs would")
    func bookedSynthetic() throws {
        let world = Fixture.world()
        world.send(Fixture.base(Fixture.synthetic))
        let id = try #require(world.positions.first?.id)
        world.ask(.bookExit(id, price: Fixture.price("52500"), reason: "by hand"))
        #expect(world.portfolio?.closedEquity == Fixture.money("5030000"))
        #expect(world.breaches.isEmpty)
    }

    @Test("I28 A switch survives a restart")
    func switchSurvives() async throws {
        let world = Fixture.world()
        world.ask(.stop(reason: "drill"))
        try await world.restart()
        world.send(Fixture.base(at: world.now))
        #expect(world.verdicts.last?.reason == .tradingStopped)
    }

    @Test("L-52 Of two machines on the same rows the second writer changes nothing")
    func versions() {
        let world = Fixture.world()
        let twin = Fixture.world()
        twin.store { $0 = world.engine.store }
        world.send(Fixture.base())
        let before = world.engine.store.all(PositionRecord.self)
        twin.store { $0 = world.engine.store }
        twin.send(Fixture.base(price: "52010", at: .testing + .seconds(1)))
        twin.wait(.zero)
        let isToReadAnew = twin.engine.awaitsRows
        #expect(isToReadAnew)
        #expect(twin.engine.store.all(PositionRecord.self) == before)
        #expect(twin.engine.broker.requests.isEmpty)
    }

    @Test("I13 A position that differs at the broker is not traded away; entries wait, exits go on")
    func mismatch() {
        let world = Fixture.world()
        world.send(Fixture.base())
        world.broker { $0.foreign = ["TF2025-12-31": 30] }
        world.wait(.minutes(1))
        #expect(world.alertCodes.contains("position_mismatch"))
        #expect(world.engine.broker.requests.count == 1)
        world.wait(.minutes(1))
        world.send(Fixture.pyramid(at: world.now))
        #expect(world.verdicts.last?.reason == .scopeFrozen)
        world.send(Fixture.exit(at: world.now))
        #expect(world.holdings == ["TF2025-12-31": 30])
        #expect(world.breaches.isEmpty)
    }
}

/// Trades that nobody wanted cost as much as others, and what the broker corrects is not passed over.
@Suite("Trades too many and trades changed")
struct CoreRepairBooksTests {
    private static var policy: Policy {
        var policy = Policy.testing
        policy.chargeRate = Ratio(units: 500)
        return policy
    }

    @Test("A surplus and the order that takes it back carry charges")
    func surplus() {
        let world = Fixture.world(policy: Self.policy)
        world.broker { $0.script = [.fill, .partialThenCancelled(30)] }
        world.send(Fixture.base(Fixture.synthetic, at: world.now))
        world.wait(.seconds(30))
        let repairs = world.ledger.filter { $0.kind == .repairCharges }
        #expect(repairs.count == 1)
        let traded = world.engine.broker.orders.filter { order in
            world.orders.first { $0.tag == order.request.tag }.map { $0.leg > 1 } ?? false
        }
        .flatMap(\.fills).reduce(Int64(0)) { $0 + $1.price.units * $1.quantity.count }
        // Bought or sold once too many and taken back at the same price: both sides pay 0.05 %.
        #expect(repairs.first?.amount.units == 0 - traded * 2 / 2_000)
        expectSound(world)
    }

    @Test("A late order that is taken back carries charges")
    func late() {
        let world = Fixture.world([Fixture.traded()], policy: Self.policy)
        world.broker { $0.script = [.late(.seconds(200))] }
        world.send(Fixture.base(at: world.now))
        world.wait(.minutes(6))
        #expect(world.holdings.isEmpty)
        #expect(world.ledger.filter { $0.kind == .repairCharges }.count == 1)
        expectSound(world)
    }

    @Test("A price that the broker corrects under a known trade is told once, and the books keep the first")
    func corrected() throws {
        let world = Fixture.world([Fixture.traded()])
        world.broker { $0.script = [.partial(30, restAfter: .minutes(30))] }
        world.send(Fixture.base(at: world.now))
        let order = try #require(world.engine.broker.orders.first)
        var fill = try #require(order.fills.first)
        fill.price = try fill.price.adding(Price(whole: 1))
        let report = OrderReport(
            orderID: order.id, tag: order.request.tag, symbol: order.request.contract.symbol, side: .buy, quantity: order.request.quantity,
            state: .open, fills: [fill], updatedAt: world.now)
        world.push(report)
        world.push(report)
        #expect(world.alertCodes.count { $0 == "fill_not_understood" } == 1)
        #expect(world.engine.store.all(TradeRecord.self).map(\.price) == [try #require(order.fills.first).price])
    }

    @Test("A price that the broker corrects after the order is booked is told once as well")
    func correctedLater() throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        let order = try #require(world.engine.broker.orders.first)
        var fill = try #require(order.fills.first)
        fill.price = try fill.price.adding(Price(whole: 1))
        let report = OrderReport(
            orderID: order.id, tag: order.request.tag, symbol: order.request.contract.symbol, side: .buy, quantity: order.request.quantity,
            state: .filled, fills: [fill], updatedAt: world.now)
        world.push(report)
        world.push(report)
        #expect(world.alertCodes.count { $0 == "fill_not_understood" } == 1)
        expectSound(world)
    }

    @Test("A second order under a tag is a tag sent twice, whoever tells of it")
    func doubled() throws {
        let world = Fixture.world([Fixture.traded()])
        world.broker { $0.script = [.partial(30, restAfter: .minutes(30))] }
        world.send(Fixture.base(at: world.now))
        let order = try #require(world.engine.broker.orders.first)
        world.push(
            OrderReport(
                orderID: "ANOTHER", tag: order.request.tag, symbol: order.request.contract.symbol, side: .buy,
                quantity: order.request.quantity, state: .open, updatedAt: world.now))
        #expect(world.alertCodes.contains("tag_sent_twice"))
        #expect(world.engine.store.row(SwitchRecord.self, Core.tradingSwitchName)?.isThrown == true)
    }
}
