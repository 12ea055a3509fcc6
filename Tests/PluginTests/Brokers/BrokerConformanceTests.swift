import Brokers
import MunimKit
import MunimTesting
import Testing

@Suite("The conformance suite of brokers finds faults")
struct BrokerConformanceTests {
    private func suite(reopen: @escaping @Sendable (PaperBench) async throws -> any BrokerPlugin) -> BrokerConformance {
        BrokerConformance {
            let bench = try await PaperBench()
            return BrokerConformance.Bench(
                broker: try await bench.open(), clock: bench.clock, structure: PaperScene.outright(), price: PaperScene.price(1_000),
                reopen: { try await reopen(bench) })
        }
    }

    private static let promises: [BrokerConformance.Promise] = [.remembersBook, .goesOnAfterReopening]

    @Test("A broker that forgets everything at a restart does not pass", arguments: promises)
    func forgetful(_ promise: BrokerConformance.Promise) async throws {
        await withKnownIssue { try await suite { _ in try await PaperBench().open() }.check(promise) }
    }

    @Test("A broker that cannot be opened again does not pass", arguments: promises)
    func once(_ promise: BrokerConformance.Promise) async throws {
        let suite = BrokerConformance {
            let bench = try await PaperBench()
            return BrokerConformance.Bench(
                broker: try await bench.open(), clock: bench.clock, structure: PaperScene.outright(), price: PaperScene.price(1_000))
        }
        await withKnownIssue { try await suite.check(promise) }
    }
}
