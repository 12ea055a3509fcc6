import MunimKit

/// What a run is about, made of ``Fault/worlds``.
extension SimulationStage {
    /// Limits one decision, so closely that the sizes of this stage reach it: in lots, in orders of a leg, or in value.
    mutating func cap(_ chance: inout Chance) {
        policy.limits.areEnforced = true
        switch chance.below(3) {
        case 0: policy.limits.lots = Lots(chance.pick([1, 2, 3, 5]))
        case 1: policy.limits.slices = chance.pick([1, 1, 2])
        default: policy.limits.orderValue = Money(whole: chance.pick([1_600_000, 3_200_000, 6_400_000]))
        }
    }

    /// Becomes the stage of a run that is about something.
    mutating func become(_ mix: FaultMix, _ chance: inout Chance) {
        guard Fault.worlds.contains(where: mix.has) else { return }
        var facts = Self.facts
        var sizing = tradedInstruments.first?.sizing
        var isShared = (future: false, options: false)
        if mix.has(.slicesUneven) {
            facts.sliced.freezeQuantity = Quantity(chance.pick([45, 70, 100]))
            sizing = TestSizing(fixed: Lots(chance.pick([3, 5, 7])))
        }
        if mix.has(.contractShared) {
            isShared = chance.happens(500) ? (true, false) : (false, true)
            // Two instruments, one contract, with one largest quantity.
            if isShared.future { facts.single = facts.sliced }
        }
        if mix.has(.expiryNears) || mix.has(.expiryPasses) {
            let days: Set<Weekday> = chance.pick([
                Set(Weekday.allCases.filter { !$0.isWeekend }), [.tuesday, .friday], [.monday, .wednesday, .friday],
            ])
            facts.single.expiryDays = days
            facts.synthetic.expiryDays = days
            facts.sliced.expiryDays = days
            policy.entryRolloverDays = 0
            policy.rolloverInterval = chance.pick([.seconds(10), .minutes(1)])
        }
        // A rule whose day never comes, or one that is always near.
        let rollover =
            mix.has(.expiryPasses) ? TestRollover(days: -1) : mix.has(.expiryNears) ? TestRollover(days: chance.pick([0, 0, 1])) : nil
        let all: [(InstrumentName, any InstrumentPlugin)] = [
            (Self.single, isShared.options ? TestSynthetic(facts.synthetic) : TestFuture(facts.single)),
            (Self.synthetic, TestSynthetic(facts.synthetic)), (Self.sliced, TestFuture(facts.sliced)),
        ]
        var wanted = Set(tradedInstruments.map(\.name))
        if mix.has(.slicesUneven) { wanted.insert(Self.sliced) }
        if isShared.future { wanted.formUnion([Self.single, Self.sliced]) }
        if isShared.options { wanted.formUnion([Self.single, Self.synthetic]) }
        guard let first = tradedInstruments.first else { return }
        tradedInstruments = all.filter { wanted.contains($0.0) }.map { name, instrument in
            TradedInstrument(name: name, instrument: instrument, sizing: sizing ?? first.sizing, rollover: rollover ?? first.rollover)
        }
        if mix.has(.chargesTaken) { policy.chargeRate = Ratio(units: chance.pick([300, 777, 2_000])) }
        if mix.has(.secondsTie) {
            hasTies = true
            pace = chance.pick([.milliseconds(100), .milliseconds(300)])
        }
        hasAbsurdPrices = mix.has(.pricesAbsurd)
    }
}
