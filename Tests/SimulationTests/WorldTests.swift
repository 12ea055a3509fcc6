import MunimKit
import Testing

@testable import Simulation

/// What a run is about, what second operators do, and whether the judge sees it.
@Suite("Worlds", .serialized)
struct WorldTests {
    private static func play(_ name: String, _ change: (inout Simulation.Plan) -> Void = { _ in }) async throws -> Simulation.Outcome {
        var plan = Simulation.Plan(seed: 1, signals: 0, instances: 3, faults: [])
        let scenario: Scenario = try #require(Scenario(named: name))
        plan.scenario = scenario
        change(&plan)
        return await Simulation(plan).run()
    }

    @Test(
        "Every kind of world keeps every promise by itself",
        arguments: Fault.allCases.filter { ![.first, .later, .machines].contains($0.group) })
    func alone(fault: Fault) async {
        var happened = 0
        // Orders of rolls need positions that roll, a poison signal a process that is alone.
        let company: [Fault: Fault] = [.rollKilled: .expiryNears, .signalPoisons: .processAlone]
        let faults = [fault] + [company[fault]].compactMap(\.self)
        for seed in UInt64(1)...120 where seed <= 12 || happened == 0 {
            let outcome = await Simulation(.init(seed: seed, signals: 60, faults: faults)).run()
            #expect(outcome.breaches.isEmpty, "seed \(seed): \(outcome.breaches.joined(separator: "\n"))")
            happened += outcome.faults[fault] ?? 0
        }
        // A doubled tag is so rare that some of these runs have none.
        #expect(happened > 0 || fault == .tagDoubled)
    }

    @Test("Where contracts end soon, most runs roll positions")
    func rolls() async {
        var (runs, rolled) = (0, 0)
        for seed in UInt64(1)...40 {
            let outcome = await Simulation(.init(seed: seed, faults: [.expiryNears])).run()
            guard outcome.faults[.expiryNears] != nil else { continue }
            runs += 1
            if outcome.marks.contains("position: rolled") { rolled += 1 }
        }
        #expect(runs > 10 && rolled * 2 > runs)
    }

    @Test("Neighbouring seeds are different runs")
    func neighbours() async {
        var openings: Set<[Int64]> = []
        for seed in UInt64(1)...20 {
            let simulation = Simulation(.init(seed: seed, signals: 5, faults: []))
            _ = await simulation.run()
            openings.insert(simulation.evidence.signals.values.map(\.signal.content.price.units).sorted())
        }
        #expect(openings.count == 20)
    }

    @Test(
        "An exit that turns the account around is seen, whatever the books say",
        arguments: ["exit-after-square-off", "exit-all-after-square-off"])
    func reversal(scenario: String) async throws {
        let outcome = try await Self.play(scenario) { $0.mutant = .exitBeyondExposure }
        #expect(outcome.breaches.contains { $0.hasPrefix("account: ") })
    }

    @Test("What nobody can know turns no account around: a trade by hand while the exit is on its way")
    func unknowable() async throws {
        let broker = Self.account(squaredAfter: .milliseconds(-300))
        #expect(broker == [])
    }

    @Test("A trade by hand before the process began is known to it, however short ago")
    func knowable() async throws {
        #expect(Self.account(squaredAfter: .milliseconds(-300), begun: .milliseconds(-200)).count == 1)
    }

    @Test("A trade by hand is known after a while")
    func known() async throws { #expect(Self.account(squaredAfter: .seconds(-20)).count == 1) }

    private static let contract = Contract(
        venue: "TEST", root: "TF", kind: .future, expiry: TradingDay(of: .testing), symbol: "TF", unitsPerLot: 30, tick: Tick(units: 500))

    @Test("An order fills in parts, each at its own time and price")
    func parts() throws {
        var broker = ModelBroker()
        broker.script = [
            .parts([
                ModelBroker.Part(units: 20), ModelBroker.Part(units: 10, after: .seconds(2), worse: Price(units: 500)),
            ])
        ]
        let order = OrderRequest(tag: "MUAAAAAAAAAAAAAAAAAA", contract: Self.contract, side: .buy, quantity: Quantity(30))
        _ = broker.place(order, at: .testing)
        let early = try #require(broker.report(on: "B1", at: .testing + .seconds(1)))
        let late = try #require(broker.report(on: "B1", at: .testing + .seconds(2)))
        #expect(early.state == .open && early.fills.map(\.quantity.count) == [20])
        #expect(late.state == .filled && late.fills.map(\.quantity.count) == [20, 10])
        #expect(late.fills[1].price.units == late.fills[0].price.units + 500)
    }

    @Test("A part fills, and the rest rests until somebody ends it")
    func rest() throws {
        var broker = ModelBroker()
        broker.script = [.restsPartly(10)]
        let order = OrderRequest(tag: "MUAAAAAAAAAAAAAAAAAA", contract: Self.contract, side: .buy, quantity: Quantity(30))
        _ = broker.place(order, at: .testing)
        #expect(broker.report(on: "B1", at: .testing + .minutes(300))?.state == .open)
        #expect(broker.cancel("B1", at: .testing + .minutes(300)) == .requested)
        #expect(broker.report(on: "B1", at: .testing + .minutes(300))?.state == .cancelled)
        #expect(broker.net(at: .testing + .minutes(300)) == ["TF": 10])
    }

    @Test("Contracts end on the days that are named, and on the last weekday of a month otherwise")
    func expiries() throws {
        var facts = TestFuture.Facts()
        let wednesday = try #require(TradingDay(year: 2025, month: 11, day: 26))
        #expect(TestFuture(facts).expiries(onOrAfter: wednesday, count: 2).map(\.description) == ["2025-11-28", "2025-12-31"])
        facts.expiryDays = [.tuesday, .friday]
        #expect(
            TestFuture(facts).expiries(onOrAfter: wednesday, count: 3).map(\.description) == ["2025-11-28", "2025-12-02", "2025-12-05"])
    }

    @Test("Rows that are put back are those of their moment, and who decides then is judged by them")
    func restored() async throws {
        let outcome = try await Self.play("restored-older")
        #expect(outcome.breaches == [] && outcome.marks.contains("C42"))
    }

    @Test("A process that is alone has no lease, recovers all the same and keeps every promise")
    func lone() async throws {
        var runs = 0
        for seed in UInt64(1)...30 {
            let simulation = Simulation(.init(seed: seed, signals: 60, faults: [.processAlone]))
            guard simulation.isAlone else { continue }
            runs += 1
            let outcome = await simulation.run()
            #expect(outcome.breaches == [] && simulation.processes.count == 1)
            #expect(simulation.store.all(LeaseRecord.self).isEmpty && outcome.verdicts["executed"] ?? 0 > 0)
        }
        #expect(runs > 5)
    }

    /// What is said of an exit of 30 units that were sold by hand some time before it left.
    private static func account(squaredAfter: Span, begun: Span = .minutes(-10)) -> [String] {
        let (opened, left) = (Instant.testing, Instant.testing + .minutes(5))
        var broker = ModelBroker()
        _ = broker.place(OrderRequest(tag: "MUAAAAAAAAAAAAAAAAAA", contract: contract, side: .buy, quantity: Quantity(30)), at: opened)
        broker.trade(-30, of: "TF", at: left + squaredAfter)
        let exit = OrderRequest(tag: "MUBBBBBBBBBBBBBBBBBB", contract: contract, side: .sell, quantity: Quantity(30))
        _ = broker.place(exit, at: left)
        let history = AccountHistory(
            broker: broker, isReducing: { $0 == exit.tag }, sent: [exit.tag: left], begins: [left + begun], blindness: .seconds(15))
        return history.breaches(until: left + .minutes(1))
    }
}
