import MunimKit
import Simulation
import Testing

/// Seeds of the commit run: every promise holds under whatever the seed draws.
@Suite("Simulation", .serialized)
struct SimulationTests {
    @Test("Every promise holds under every fault", arguments: 1...24)
    func faults(seed: Int) async {
        let outcome = await Simulation(.init(seed: UInt64(seed), signals: 40)).run()
        #expect(outcome.breaches.isEmpty, "seed \(seed): \(outcome.breaches.joined(separator: "\n"))")
    }

    @Test("One seed is one run", arguments: 1...6)
    func determinism(seed: Int) async {
        let first = await Simulation(.init(seed: UInt64(seed), signals: 30)).run()
        let second = await Simulation(.init(seed: UInt64(seed), signals: 30)).run()
        #expect(first.trace == second.trace && first.events == second.events)
    }
}
