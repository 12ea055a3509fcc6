import MunimTesting
import Simulation
import Testing

@testable import MunimKit

@Suite("Several engines on one store", .timeLimit(.minutes(1)))
struct SeveralEnginesTests {
    private let first: EngineBench
    private let second: EngineBench

    init() throws {
        let clock = SystemClock()
        let coordination = ModelCoordination(options: NoOptions(), context: PluginContext(name: "model", clock: clock))
        let base = try EngineBench(clock: clock)
        first = try EngineBench("P1", beside: base, by: coordination)
        second = try EngineBench("P2", beside: base, by: coordination)
    }

    @Test("One decides, also what the other took in; when it ends the other goes on in the next epoch, and nothing is traded twice")
    func handOver() async throws {
        let (one, other) = (Task { try await first.engine.run() }, Task { try await second.engine.run() })
        try await first.wait { self.first.engine.condition.isRecovered || self.second.engine.condition.isRecovered }
        let firstLeads = first.engine.condition.isRecovered
        let (leader, follower) = firstLeads ? (first, second) : (second, first)
        #expect(!follower.engine.condition.isRecovered)
        _ = await follower.send(Fixture.base(at: SystemClock().now()), waiting: .zero)
        try await first.wait { await first.store.all(PositionRecord.self).count == 1 }
        let epoch = await first.store.all(LeaseRecord.self).map(\.epoch)

        await leader.engine.stop(grace: .seconds(5))
        try await (firstLeads ? one : other).value
        try await first.wait { follower.engine.condition.isRecovered }
        let next = await first.store.all(LeaseRecord.self).map(\.epoch)
        #expect(zip(epoch, next).allSatisfy { $0 < $1 } && next.count == 1)
        guard case .accepted(let exit) = await follower.send(Fixture.exit(1, at: SystemClock().now())) else {
            Issue.record("the exit was not taken")
            return
        }
        #expect(exit.status == .executed)
        await follower.engine.stop(grace: .seconds(5))
        try await (firstLeads ? other : one).value
        // An attempt that a busy machine kept back did not leave, and is followed by another.
        let filled = await first.store.all(OrderRecord.self).filter { $0.state == .filled }
        #expect(filled.map(\.side).sorted { $0.rawValue < $1.rawValue } == [.buy, .sell])
    }
}
