import MunimKit

/// What a run trades and when: drawn once per seed.
struct SimulationStage {
    static let single: InstrumentName = "SINGLE"
    static let synthetic: InstrumentName = "SYNTHETIC"
    static let sliced: InstrumentName = "SLICED"

    /// Leases as they are shipped.
    static let leaseTimes = LeaseTimes()

    var tradedInstruments: [TradedInstrument]
    var policy: Policy
    let traits: BrokerTraits
    var start: Instant
    /// Average time between two signals.
    var pace: Span
    /// Whether signals carry whole seconds, and several come in one.
    var hasTies = false
    /// Whether signals name prices that nothing is worth.
    var hasAbsurdPrices = false

    /// The stage of a scenario, which draws nothing.
    init(of scenario: Scenario) {
        var options = TestFuture.Facts()
        options.root = "SY"
        let rollover = TestRollover(days: scenario.rollDays)
        let sizing = TestSizing(fixed: Lots(2))
        tradedInstruments = [
            TradedInstrument(name: Self.single, instrument: TestFuture(), sizing: sizing, rollover: rollover),
            TradedInstrument(name: Self.synthetic, instrument: TestSynthetic(options), sizing: sizing, rollover: rollover),
        ]
        policy = Policy()
        policy.initialCapital = Money(whole: 50_000_000)
        policy.explainsCounterfactuals = false
        policy.limits.areEnforced = false
        policy.entryRolloverDays = 0
        var traits = BrokerTraits.testing
        traits.rate.perSecond = scenario.rate
        self.traits = traits
        // Wednesday, 26 November 2025, two trading days before the month's last.
        start = Instant(seconds: 1_764_131_700)
        pace = .seconds(1)
    }

    /// What the three instruments are made of.
    static var facts: (single: TestFuture.Facts, synthetic: TestFuture.Facts, sliced: TestFuture.Facts) {
        var slices = TestFuture.Facts()
        slices.root = "SL"
        slices.freezeQuantity = Quantity(60)
        var options = TestFuture.Facts()
        options.root = "SY"
        return (TestFuture.Facts(), options, slices)
    }

    init(_ chance: inout Chance) {
        let (_, options, slices) = Self.facts
        let sizing = TestSizing(fixed: chance.happens(500) ? nil : Lots(Int64(1 + chance.below(4))))
        let rollover = TestRollover(days: chance.pick([-1, 1, 3]))
        tradedInstruments = [
            TradedInstrument(name: Self.single, instrument: TestFuture(), sizing: sizing, rollover: rollover),
            TradedInstrument(name: Self.synthetic, instrument: TestSynthetic(options), sizing: sizing, rollover: rollover),
            TradedInstrument(name: Self.sliced, instrument: TestFuture(slices), sizing: sizing, rollover: rollover),
        ].shuffledPrefix(&chance)
        var policy = Policy()
        policy.initialCapital = Money(whole: chance.pick([2_000_000, 5_000_000, 50_000_000]))
        policy.sessions = chance.happens(500) ? .ignored : .enforced
        policy.explainsCounterfactuals = false
        policy.limits.areEnforced = chance.happens(500)
        policy.limits.positions = chance.pick([2, 4, 12])
        // Where few positions are allowed the shares are small as well, so that they bind.
        if policy.limits.positions == 4 {
            (policy.limits.entryRisk, policy.limits.pyramidRisk) = (Ratio(units: 25_000), Ratio(units: 18_000))
            (policy.limits.entryVolatility, policy.limits.pyramidVolatility) = (Ratio(units: 15_000), Ratio(units: 12_000))
        }
        policy.rolloverInterval = .minutes(5)
        policy.chargeRate = Ratio(units: chance.pick([0, 500]))
        self.policy = policy
        traits = BrokerTraits(
            isLive: false, findsOrdersByTag: true, horizon: .seconds(60),
            rate: OrderRate(perSecond: 10, perMinute: chance.pick([60, 400]), perDay: chance.pick([40, 80, 5_000, 5_000])))
        // A Wednesday before the month's last trading days, or the last one.
        start = Instant(seconds: chance.pick([1_764_128_100, 1_764_306_000])) + chance.span(0, 3_600_000)
        pace = .milliseconds(Int64(chance.pick([100, 300, 1_000, 3_000])))
    }
}

extension [TradedInstrument] {
    /// One, two or all three of them.
    fileprivate func shuffledPrefix(_ chance: inout Chance) -> [TradedInstrument] {
        let count = chance.pick([1, 2, 3, 3])
        let first = chance.below(self.count)
        return (0..<count).map { self[(first + $0) % self.count] }
    }
}
