import MunimKit
import Testing

@testable import Simulation

/// A failing run and the smallest part of it.
@Suite("Shrinking", .serialized)
struct ShrinkTests {
    /// A run with a judge that forbids what is right, so that there is something to shrink.
    static func plan(_ seed: UInt64, _ judge: @escaping @Sendable (RunEvidence) -> String?) -> Simulation.Plan {
        var plan = Simulation.Plan(
            seed: seed, signals: 60, faults: [.orderLost, .databaseSlow, .processPaused, .signalRepeated, .fillSlow])
        plan.judge = judge
        // Of the seeds as they were drawn of old it is known what is left of them.
        plan.isOfOld = true
        return plan
    }

    /// Forbids that a layer is put on a base.
    static let noLayers: @Sendable (RunEvidence) -> String? = { evidence in
        evidence.positions.values.contains { !$0.isBase } ? "I99: there is a second layer" : nil
    }

    /// Forbids an order that was not found.
    static let noAbsence: @Sendable (RunEvidence) -> String? = { evidence in
        evidence.orders.values.contains { $0.state == .absent } ? "I98: an order was given up" : nil
    }

    static func shrunk(_ plan: Simulation.Plan) async -> Shrinker.Result? {
        var shrinker = Shrinker(plan)
        return await shrinker.run()
    }

    /// The first seed that a judge finds fault with.
    static func failing(_ judge: @escaping @Sendable (RunEvidence) -> String?) async throws -> Simulation.Plan {
        for seed in UInt64(1)...60 {
            let plan = plan(seed, judge)
            if await !Simulation(plan).run().breaches.isEmpty { return plan }
        }
        throw NothingFails()
    }

    struct NothingFails: Error {}

    @Test("A layer needs its base, itself and nothing else")
    func layers() async throws {
        let result = try #require(await Self.shrunk(Self.failing(Self.noLayers)))
        #expect(result.signals.map(\.signal.kind) == [.baseEntry, .pyramid])
        #expect(result.faults.isEmpty)
        #expect(result.plan.reduction?.instances == 1)
        #expect(result.plan.reduction?.instruments?.count == 1)
        #expect(result.breach == "own: I99: there is a second layer")
    }

    @Test("An order that is given up needs a decision and the fault that took it")
    func absence() async throws {
        let result = try #require(await Self.shrunk(Self.failing(Self.noAbsence)))
        // A second signal may be there only to let time pass.
        #expect((1...2).contains(result.signals.count))
        #expect(result.faults.count == 1)
        #expect(result.plan.reduction?.instances == 1)
        #expect(result.promise == "own: I98")
    }

    @Test("A part keeps the nights of the whole run, and its signals their days")
    func nights() async throws {
        for seed in UInt64(1)...60 {
            var plan = Simulation.Plan(seed: seed, signals: 60, faults: [.nightFalls])
            plan.judge = Self.noLayers
            let whole = await Simulation(plan).run()
            guard whole.faults[.nightFalls] != nil, !whole.breaches.isEmpty else { continue }
            let result = try #require(await Self.shrunk(plan))
            let alone = Simulation(result.plan)
            _ = await alone.run()
            let sent = alone.evidence.signals.values.map(\.signal.content).sorted { $0.timestamp < $1.timestamp }
            #expect(sent == result.signals.map(\.signal))
            return
        }
        Issue.record("no seed has a night and a second layer")
    }

    @Test("A part that breaks another promise is not taken for a smaller one")
    func samePromise() async throws {
        let plan = try await Self.failing { evidence in Self.noAbsence(evidence) }
        var strict = plan
        strict.judge = { evidence in Self.noAbsence(evidence) ?? "I97: no order was given up" }
        let result = try #require(await Self.shrunk(strict))
        #expect(result.promise == "own: I98" && result.breach.hasPrefix("own: I98"))
        #expect((1...2).contains(result.signals.count) && result.faults.count == 1)
    }

    @Test("The smallest part is the same each time, and breaks the promise when it is played alone")
    func determinism() async throws {
        let plan = try await Self.failing(Self.noAbsence)
        let first = try #require(await Self.shrunk(plan))
        let second = try #require(await Self.shrunk(plan))
        #expect(first.plan.reduction == second.plan.reduction && first.runs == second.runs)
        let alone = await Simulation(first.plan).run()
        #expect(alone.breaches.first == first.breach)
        #expect(alone.signals == first.signals.count)
        #expect(alone.faults.values.reduce(0, +) == first.faults.count)
    }

    @Test("A part that leaves nothing out is the whole run, event for event", arguments: UInt64(1)...6)
    func whole(seed: UInt64) async {
        let plan = Simulation.Plan(seed: seed, signals: 40)
        let whole = await Simulation(plan).run()
        var part = plan
        part.reduction = Simulation.Reduction()
        let played = await Simulation(part).run()
        #expect(whole.trace == played.trace && whole.events == played.events && whole.faults == played.faults)
    }

    @Test("Where nothing is broken there is nothing to shrink")
    func sound() async {
        #expect(await Self.shrunk(Simulation.Plan(seed: 1, signals: 10)) == nil)
    }

    @Test(
        "Two broken promises are the same when their numbers are",
        arguments: [
            ("I10: A closes 3 of 2", "I10"), ("rest: I2: signal 5 is accepted", "rest: I2"), ("model: X realised 2, booked 1", "model"),
            ("own: I99: no", "own: I99"),
        ])
    func promises(breach: String, promise: String) {
        #expect(Shrinker.promise(of: breach) == promise)
    }
}
