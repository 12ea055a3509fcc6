import MunimKit
import MunimTesting
import SilverMini
import Testing

@Suite("Silver Mini")
struct SilverMiniTests {
    private func instrument() throws -> SilverMini {
        SilverMini(options: try SilverMini.Options.read([:]), context: PluginContext(name: "SILVER_MINI", clock: ManualClock()))
    }

    @Test("It keeps what every instrument promises")
    func conformance() throws { InstrumentConformance.check(try instrument(), price: Price(whole: 95_000)) }

    @Test("An expiry on a weekend moves to the trading day before")
    func weekend() throws {
        let day = try #require(TradingDay("2026-02-02"))
        #expect(try instrument().expiries(onOrAfter: day, count: 2) == [TradingDay("2026-02-27"), TradingDay("2026-04-30")])
    }
}
