import Coordination
import MunimKit
import MunimTesting
import Testing

@Suite("Local coordination")
struct LocalCoordinationTests {
    private let suite = CoordinationConformance {
        let clock = ManualClock()
        let plugin = try LocalCoordination(options: NoOptions(), context: PluginContext(name: "local", clock: clock))
        return CoordinationConformance.Bench(plugin: plugin, clock: clock) { clock.advance(by: $0) }
    }

    @Test("Local coordination keeps the promise", arguments: CoordinationConformance.Promise.allCases)
    func promise(_ promise: CoordinationConformance.Promise) async throws { try await suite.check(promise) }

    @Test("A jump of the wall clock neither ends nor prolongs a lease", arguments: [Span.days(1), .days(-1)])
    func ignoresJumps(_ jump: Span) async throws {
        let clock = ManualClock()
        let plugin = try LocalCoordination(options: NoOptions(), context: PluginContext(name: "local", clock: clock))
        _ = try await plugin.acquire("a", holder: "one", for: .seconds(2))
        clock.jump(by: jump)
        #expect(try await plugin.acquire("a", holder: "two", for: .seconds(2)) == nil)
        clock.advance(by: .seconds(2))
        #expect(try await plugin.acquire("a", holder: "two", for: .seconds(2)) != nil)
    }

    @Test("Epochs of a restarted process are above those of the one before")
    func risesOverRestarts() async throws {
        let clock = ManualClock()
        let context = PluginContext(name: "local", clock: clock)
        var epochs: [Int64] = []
        for run in 0..<3 {
            let plugin = try LocalCoordination(options: NoOptions(), context: context)
            for holder in 0..<3 {
                let lease = try await plugin.acquire("a", holder: Incarnation("\(run)-\(holder)"), for: .seconds(1))
                epochs.append(try #require(lease).epoch)
                await plugin.release("a", holder: Incarnation("\(run)-\(holder)"))
            }
            clock.advance(by: .milliseconds(300))
        }
        #expect(epochs == epochs.sorted() && Set(epochs).count == 9)
    }

    @Test("The plugin is listed under its name")
    func isListed() {
        #expect(BuiltInCoordination.all.map { $0.manifest.name } == ["local"])
        #expect(BuiltInCoordination.all.allSatisfy { $0.manifest.kind == .coordination })
    }
}
