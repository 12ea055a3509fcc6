import Glibc
import MunimKit
import Simulation
import Synchronization
import Testing

/// The engine's shell itself, in every order of its jobs that a seed may choose, against the run that does one thing at a time.
@Suite("Engine on a seeded executor", .serialized)
struct EngineRunTests {
    @Test("Whatever the order of its jobs, the engine ends with the books of the synchronous run", arguments: 1...10)
    func books(script: Int) async {
        let script = EngineScript(seed: UInt64(script))
        let world = script.inWorld()
        #expect(world.breaches.isEmpty)
        let expected = EngineBooks(world.engine.store, world.engine.broker, at: world.now)
        for seed in 1...10 {
            let run = EngineRun(script, EngineRun.Plan(seed: UInt64(seed)))
            run.run()
            #expect(run.breaches.isEmpty, "seed \(seed)")
            #expect(run.books == expected, "seed \(seed)")
            #expect(run.unanswered == 0, "seed \(seed)")
            await Task.yield()
        }
    }

    @Test("Without latency the engine hears and answers event for event what the synchronous run does", arguments: 1...10)
    func trace(seed: Int) {
        let script = EngineScript(seed: UInt64(seed))
        let (direct, shell) = (TraceList(), TraceList())
        _ = script.inWorld(sink: direct)
        let run = EngineRun(script, EngineRun.Plan(seed: nil), sink: shell)
        run.run()
        #expect(run.breaches.isEmpty)
        #expect(direct.lines.count > 50)
        for (index, (left, right)) in zip(direct.lines, shell.lines).enumerated() {
            guard left.stimulus != right.stimulus || "\(left.effects)" != "\(right.effects)" else { continue }
            Issue.record("line \(index): \(left) is not \(right)")
            break
        }
        #expect(shell.lines.count >= direct.lines.count)
    }

    @Test("One seed is one order of jobs", arguments: UInt64(1)...5)
    func determinism(seed: UInt64) {
        let script = EngineScript(seed: seed)
        let runs = [seed, seed, seed + 1].map { seed in
            let run = EngineRun(script, EngineRun.Plan(seed: seed))
            run.run()
            return run
        }
        #expect(runs[0].jobHash == runs[1].jobHash && runs[0].jobCount == runs[1].jobCount)
        #expect(runs[0].jobHash != runs[2].jobHash)
    }

    @Test("No part of the engine runs in another thread")
    func oneThread() {
        let sink = ThreadCheck()
        EngineRun(EngineScript(seed: 1), EngineRun.Plan(seed: 1), sink: sink).run()
        #expect(sink.isTrue)
    }

    @Test("Killed between any two jobs, the engine recovers and sends nothing twice", arguments: UInt64(1)...100)
    func deaths(seed: UInt64) {
        let run = EngineRun(EngineScript(seed: seed), Self.troubled(seed))
        run.run()
        #expect(run.processCount > 1)
        Self.expectSound(run)
    }

    @Test("Asked to end at any moment, the engine ends in time and the next one goes on", arguments: UInt64(1)...40)
    func stops(seed: UInt64) {
        let random = SeededChoice(seed)
        var plan = EngineRun.Plan(seed: seed)
        plan.stops = (0..<3).map { .milliseconds(Int64(25_000 + $0 * 60_000 + random.below(30_000))) }
        plan.outcomes = Self.outcomes(random)
        // What is slow and fails besides may need longer than its grace.
        if random.below(2) == 0 { plan.longest = 900 } else { plan.troubles = [0, 20][random.below(2)] }
        let run = EngineRun(EngineScript(seed: seed), plan)
        run.run()
        #expect(run.processCount >= 4)
        Self.expectSound(run)
    }

    @Test("Bugs that only a death shows are found", arguments: [Mutant.sentAgainAfterDeath, .entryAfterUnknown, .fillPostedTwice])
    func mutants(mutant: Mutant) {
        for seed in UInt64(1)...60 {
            var script = EngineScript(seed: seed)
            script.policy.mutant = mutant
            let run = EngineRun(script, Self.troubled(seed))
            run.run()
            if !run.breaches.isEmpty { return }
        }
        Issue.record("\(mutant.rawValue) was found in none of 60 seeds")
    }

    /// A plan with deaths, orders that do not go as they should, and commits that fail.
    private static func troubled(_ seed: UInt64) -> EngineRun.Plan {
        let random = SeededChoice(seed)
        var plan = EngineRun.Plan(seed: seed)
        plan.deaths = (0..<1 + random.below(4)).map { _ in 10 + random.below(500) }
        plan.outcomes = outcomes(random)
        plan.troubles = [0, 0, 10, 50][random.below(4)]
        return plan
    }

    private static func outcomes(_ random: SeededChoice) -> [ModelBroker.Outcome] {
        (0..<40).map { _ in
            switch random.below(12) {
            case 0: .unknownWithOrder(visibleAfter: .seconds(Int64(random.below(40))))
            case 1: .unknownWithoutOrder
            case 2: .late(.seconds(Int64(random.below(50))))
            case 3: .fillAfter(.seconds(Int64(random.below(20))))
            case 4: .partial(30, restAfter: .seconds(Int64(random.below(20))))
            case 5: .partialThenCancelled(30)
            case 6: .reject
            case 7: .notSent
            case 8: .acceptThenReject
            default: .fill
            }
        }
    }

    private static func expectSound(_ run: EngineRun, _ place: SourceLocation = #_sourceLocation) {
        #expect(run.breaches.isEmpty, sourceLocation: place)
        #expect(Set(run.sentTags).count == run.sentTags.count, sourceLocation: place)
        #expect(run.unanswered == 0, sourceLocation: place)
    }
}

/// Choices from a seed.
private final class SeededChoice {
    private var random: SplitMix64

    init(_ seed: UInt64) { random = SplitMix64(state: seed &* 0x9E37_79B9) }

    func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: random.next() >> 1) % bound }
}

/// Whether every event was handled in the thread that made this.
private final class ThreadCheck: TraceSink {
    private let thread = pthread_self()
    private let others = Mutex(0)

    var isTrue: Bool { others.withLock { $0 == 0 } }

    func record(_ stimulus: Stimulus, _ effects: [Effect]) {
        if pthread_equal(thread, pthread_self()) == 0 { others.withLock { $0 += 1 } }
    }
}
