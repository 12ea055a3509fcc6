import MunimKit
import Simulation
import Testing

/// Worlds and signals that the tests of the machine share.
enum Fixture {
    static let future: InstrumentName = "TEST_FUTURE"
    static let synthetic: InstrumentName = "TEST_SYNTHETIC"

    static func traded(
        _ name: InstrumentName = future, facts: TestFuture.Facts = TestFuture.Facts(), lots: Int64? = 2, rollDays: Int = 0
    ) -> TradedInstrument {
        let instrument: any InstrumentPlugin = name == synthetic ? TestSynthetic(facts) : TestFuture(facts)
        return TradedInstrument(
            name: name, instrument: instrument, sizing: TestSizing(fixed: lots.map { Lots($0) }), rollover: TestRollover(days: rollDays))
    }

    static func world(
        _ tradedInstruments: [TradedInstrument]? = nil, policy: Policy = .testing, traits: BrokerTraits = .testing, at: Instant = .testing,
        seed: UInt64 = 1
    ) -> World {
        var facts = TestFuture.Facts()
        facts.root = "TS"
        let world = World(
            tradedInstruments: tradedInstruments ?? [traded(), traded(synthetic, facts: facts)], policy: policy, traits: traits, at: at,
            seed: seed)
        world.start()
        return world
    }

    static func price(_ text: String) -> Price { (try? Price(text)) ?? .zero }
    static func money(_ text: String) -> Money { (try? Money(text)) ?? .zero }

    static func base(
        _ name: InstrumentName = future, price: String = "52000", stop: String = "51650", atr: String = "350", at: Instant = .testing
    ) -> Signal {
        Signal(
            kind: .baseEntry, instrument: name, target: .layer(.base), price: Self.price(price), stop: Self.price(stop), lots: Lots(5),
            atr: Self.price(atr), efficiencyRatio: Ratio(units: 820_000), supertrend: Self.price(stop), timestamp: at)
    }

    static func pyramid(
        _ number: Int = 2, _ name: InstrumentName = future, price: String = "52600", stop: String = "52000", atr: String = "350",
        at: Instant
    ) -> Signal {
        Signal(
            kind: .pyramid, instrument: name, target: .layer(Layer(number) ?? .base), price: Self.price(price), stop: Self.price(stop),
            lots: Lots(3), atr: Self.price(atr), efficiencyRatio: Ratio(units: 850_000), supertrend: Self.price(stop), timestamp: at)
    }

    static func exit(_ layer: Int? = 1, _ name: InstrumentName = future, price: String = "51600", at: Instant) -> Signal {
        Signal(
            kind: .exit, instrument: name, target: layer.flatMap { Layer($0) }.map { .layer($0) } ?? .all, price: Self.price(price),
            atr: Self.price("355"), efficiencyRatio: Ratio(units: 400_000), timestamp: at, reason: "SuperTrend")
    }

    static func bar(_ name: InstrumentName = future, price: String, atr: String = "350", at: Instant) -> Signal {
        Signal(
            kind: .marketData, instrument: name, target: .none, price: Self.price(price), atr: Self.price(atr), supertrend: Self.price("1"),
            timestamp: at)
    }
}

/// Fails when a promise was broken on the way, or when the books do not agree at the end.
func expectSound(_ world: World, atRest: Bool = true, _ place: SourceLocation = #_sourceLocation) {
    #expect(world.breaches.isEmpty, sourceLocation: place)
    guard atRest else { return }
    #expect(differences(in: world).isEmpty, sourceLocation: place)
    #expect(Oracle.atRest(world.engine.store, world.engine.broker, at: world.now).isEmpty, sourceLocation: place)
}

/// What the published view of the account has otherwise than the rows.
private func differences(in world: World) -> [String] {
    let store = world.engine.store
    guard !world.isDead, let view = world.engine.shell.view else { return [] }
    let live = store.all(PositionRecord.self).filter(\.status.isLive)
    let waiting = store.all(SignalRecord.self).count { !$0.status.isVerdict }
    let latest = store.all(SignalRecord.self).sorted { $0.receivedAt > $1.receivedAt }.first
    let parts: [(String, Bool)] = [
        ("portfolio", view.portfolio == store.all(PortfolioRecord.self).first),
        ("switch", view.tradingSwitch == store.row(SwitchRecord.self, Core.tradingSwitchName)),
        ("scopes", view.scopes == store.all(ScopeRecord.self)),
        ("positions", Set(view.positions) == Set(live) && view.positions.count == live.count),
        ("waiting signals", view.waitingSignals == waiting),
        ("newest signal", view.latestSignals.first?.receivedAt == latest?.receivedAt),
    ]
    return parts.filter { !$0.1 }.map(\.0)
}
