import MunimKit
import MunimTesting
import Testing

@testable import Simulation

/// A model and the real thing answer alike: each keeps every promise of its kind.
@Suite("Models as backends")
struct ModelConformanceTests {
    private static let storage = StorageConformance {
        ModelStorage(options: NoOptions(), context: PluginContext(name: "model", clock: ManualClock()))
    } reopen: { storage in
        await storage.stop()
        return ModelStorage(reopening: try #require(storage as? ModelStorage))
    }

    private static let coordination = CoordinationConformance {
        let clock = ManualClock()
        let plugin = ModelCoordination(options: NoOptions(), context: PluginContext(name: "model", clock: clock))
        return CoordinationConformance.Bench(plugin: plugin, clock: clock) { clock.advance(by: $0) }
    }

    private static func broker(_ change: @escaping @Sendable (inout ModelBroker) -> Void = { _ in }) -> BrokerConformance {
        BrokerConformance {
            var facts = TestFuture.Facts()
            facts.freezeQuantity = Quantity(600)
            let day = TradingDay(of: .testing)
            let future = TestFuture(facts)
            let structure = try future.structure(expiry: future.expiries(onOrAfter: day, count: 1)[0], price: Price(whole: 52_000), on: day)
            var model = ModelBroker()
            model.funds = Funds(available: Money(whole: 5_000_000), used: .zero)
            change(&model)
            let clock = ManualClock(.testing)
            let broker = ModelBrokerPlugin(model, clock: clock)
            return BrokerConformance.Bench(
                broker: broker, clock: clock, structure: structure, price: Price(whole: 52_000),
                reopen: { ModelBrokerPlugin(broker.model, clock: clock) })
        }
    }

    @Test("The model store keeps the promise", arguments: StorageConformance.Promise.allCases)
    func storage(_ promise: StorageConformance.Promise) async throws { try await Self.storage.check(promise) }

    @Test("The model lease service keeps the promise", arguments: CoordinationConformance.Promise.allCases)
    func coordination(_ promise: CoordinationConformance.Promise) async throws { try await Self.coordination.check(promise) }

    @Test("The model broker keeps the promise", arguments: BrokerConformance.Promise.allCases)
    func broker(_ promise: BrokerConformance.Promise) async throws { try await Self.broker().check(promise) }

    @Test("A model broker that fills worse than it quotes keeps the promise", arguments: BrokerConformance.Promise.allCases)
    func slippage(_ promise: BrokerConformance.Promise) async throws {
        try await Self.broker { $0.slippage = Price(units: 1_500) }.check(promise)
    }
}
