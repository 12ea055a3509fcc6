import MunimKit
import MunimTesting
import Sizing
import Testing

@Suite("Sizing rules without arithmetic, and the options of all")
struct SimpleSizingTests {
    private let context = PluginContext(name: "test", clock: SystemClock())

    private func request(lots: Int64, pyramid: Bool = false) -> SizingRequest {
        SizingRequest(
            price: Price(whole: 100), stop: Price(whole: 90), averageTrueRange: .zero, efficiencyRatio: .zero, suggestedLots: Lots(lots),
            equity: .zero, availableMargin: .zero, marginPerLot: .zero, pointValue: .zero,
            pyramid: pyramid ? PyramidContext(taken: 0, baseLots: Lots(3), baseEntry: Price(whole: 80), baseRisk: Price(whole: 5)) : nil)
    }

    @Test("The signal's own lots are taken as they are", arguments: [Int64(0), 1, 15, 10_000])
    func asSignalled(lots: Int64) throws {
        let decision = try AsSignalled(options: NoOptions(), context: context).size(request(lots: lots))
        #expect(decision.lots == Lots(lots))
        #expect(decision.limiter == "signal")
        #expect(decision.constraints == [SizingConstraint(name: "signal", quotient: try FractionalLots(Lots(lots)), lots: Lots(lots))])
    }

    @Test(
        "Fixed lots do not depend on the signal, and pyramids may have their own",
        arguments: [
            (nil, false, Int64(4)), (nil, true, 4), (Lots(2), false, 4), (Lots(2), true, 2), (Lots(0), true, 0),
        ] as [(Lots?, Bool, Int64)])
    func fixedLots(pyramidLots: Lots?, isPyramid: Bool, lots: Int64) throws {
        let rule = FixedLots(options: .init(lots: Lots(4), pyramidLots: pyramidLots), context: context)
        let decision = try rule.size(request(lots: 99, pyramid: isPyramid))
        #expect(decision.lots == Lots(lots))
        #expect(decision.limiter == "fixed")
    }

    @Test("Rules without arithmetic keep the contract of sizing")
    func conformance() {
        SizingConformance.check(AsSignalled(options: NoOptions(), context: context))
        SizingConformance.check(FixedLots(options: .init(lots: Lots(3), pyramidLots: Lots(1)), context: context))
    }

    @Test("Options read as they are written, with the documented defaults")
    func options() throws {
        #expect(try ThreeConstraint.Options.read([:]) == ThreeConstraint.Options())
        let read = try ThreeConstraint.Options.read([
            "risk": "0.5%", "volatility": "0.2%", "ongoing_risk": "1.5%", "ongoing_volatility": "0.3%", "constraints": ["risk", "margin"],
        ])
        #expect(
            read
                == ThreeConstraint.Options(
                    risk: Ratio(units: 5_000), volatility: Ratio(units: 2_000), ongoingRisk: Ratio(units: 15_000),
                    ongoingVolatility: Ratio(units: 3_000), constraints: [.risk, .margin]))
        #expect(try FixedLots.Options.read(["lots": 3, "pyramid_lots": 1]) == FixedLots.Options(lots: Lots(3), pyramidLots: Lots(1)))
    }

    @Test(
        "Options out of range and unknown constraints are faults",
        arguments: [
            ["risk": "0%"], ["risk": "101%"], ["constraints": []], ["constraints": ["risk", "risk"]], ["constraints": ["vol"]], ["riks": 1],
        ] as [ConfigNode])
    func badOptions(node: ConfigNode) { #expect(throws: ConfigFaults.self) { try ThreeConstraint.Options.read(node) } }

    @Test("The list of built-in rules has each name once")
    func list() {
        #expect(BuiltInSizing.all.map { $0.manifest.name } == ["three-constraint", "as-signalled", "fixed-lots"])
        #expect(BuiltInSizing.all.allSatisfy { $0.manifest.kind == .sizing })
    }
}
