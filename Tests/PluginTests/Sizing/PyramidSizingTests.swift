import MunimKit
import Sizing
import Testing

@Suite("Three constraints: pyramids and peeling off")
struct PyramidSizingTests {
    /// One row of the worked examples.
    struct Example: CustomTestStringConvertible, Sendable {
        var taken: Int
        var price: Int
        var stop: Int
        var base: (lots: Int64, entry: Int, stop: Int)
        var pointValue: Int
        var margin: (available: Int, perLot: Int)
        var lots: [Int64]
        var size: Int64
        var limiter: String

        var testDescription: String { "pyramid \(taken + 1) at \(price): \(size) lots, \(limiter)" }

        func decision() throws -> SizingDecision {
            try ThreeConstraint.with(.init()).size(
                SizingRequest(
                    price: Price(whole: price), stop: Price(whole: stop), averageTrueRange: Price(whole: 400), efficiencyRatio: .one,
                    suggestedLots: Lots(5), equity: Money(whole: 10_000_000), availableMargin: Money(whole: margin.available),
                    marginPerLot: Money(whole: margin.perLot), pointValue: PointValue(whole: pointValue),
                    pyramid: PyramidContext(
                        taken: taken, baseLots: Lots(base.lots), baseEntry: Price(whole: base.entry),
                        baseRisk: Price(whole: base.entry - base.stop))))
        }
    }

    private static func index(_ taken: Int, _ price: Int, _ stop: Int, _ lots: [Int64], _ size: Int64, _ limiter: String) -> Example {
        Example(
            taken: taken, price: price, stop: stop, base: (10, 50_000, 49_400), pointValue: 30, margin: (6_000_000, 270_000), lots: lots,
            size: size, limiter: limiter)
    }

    private static func gold(_ price: Int, _ stop: Int, _ lots: [Int64], _ size: Int64, _ limiter: String) -> Example {
        Example(
            taken: 0, price: price, stop: stop, base: (6, 78_500, 78_050), pointValue: 10, margin: (3_000_000, 105_000), lots: lots,
            size: size, limiter: limiter)
    }

    static let examples = [
        index(0, 51_300, 50_400, [22, 5, 3], 3, "risk_budget"),
        index(1, 52_200, 51_300, [22, 2, 8], 2, "geometric_0.5^2"),
        index(2, 53_000, 52_000, [22, 1, 12], 1, "geometric_0.5^3"),
        index(3, 54_000, 53_000, [22, 0, 17], 0, "geometric_0.5^4"),
        gold(79_900, 79_000, [28, 3, 3], 3, "geometric_0.5^1"),
        gold(79_200, 78_400, [28, 3, 0], 0, "risk_budget"),
        Example(
            taken: 0, price: 252_900, stop: 245_000, base: (2, 244_010, 236_536), pointValue: 5, margin: (3_000_000, 385_000),
            lots: [7, 1, 0], size: 0, limiter: "risk_budget"),
    ]

    @Test("A worked example has its lots, its limiter and all three figures", arguments: examples)
    func workedExample(_ example: Example) throws {
        let decision = try example.decision()
        #expect(decision.lots == Lots(example.size))
        #expect(decision.limiter == example.limiter)
        #expect(decision.constraints.map(\.lots) == example.lots.map(Lots.init))
        #expect(decision.constraints.map(\.name) == ["margin", "geometric_0.5^\(example.taken + 1)", "risk_budget"])
    }

    @Test("L-45 The fourth and later pyramids on ten lots are none, and the limiter says why", arguments: 3...8)
    func laterPyramids(taken: Int) throws {
        var example = Self.examples[3]
        example.taken = taken
        let decision = try example.decision()
        #expect(decision.lots == .zero)
        #expect(decision.limiter == "geometric_0.5^\(taken + 1)")
        #expect(decision.constraints[1].lots == .zero)
    }

    @Test("Margin limits before the halving when both allow the same")
    func tieWithMargin() throws {
        var example = Self.examples[1]
        example.margin = (2 * 270_000, 270_000)
        #expect(try example.decision().limiter == "margin")
    }

    @Test("A base that has not yet earned its risk carries no pyramid", arguments: [50_000, 50_600, 49_000])
    func withoutProfit(price: Int) throws {
        var example = Self.examples[0]
        example.price = price
        example.stop = price - 500
        let decision = try example.decision()
        #expect(decision.lots == .zero)
        #expect(decision.limiter == "risk_budget")
        #expect(decision.constraints[2].quotient == .zero)
    }

    @Test(
        "An open layer that passes an ongoing limit is to be peeled by the lots of the worked examples",
        arguments: [
            (72_000, 30_000, Int64(2), ["risk"]), (40_000, 63_000, 3, ["volatility"]), (40_000, 30_000, 0, []),
            (72_000, 63_000, 3, ["risk", "volatility"]), (50_000, 35_000, 0, []),
        ])
    func peeling(risk: Int, volatility: Int, lots: Int64, limits: [String]) throws {
        let request = PeelRequest(
            lots: Lots(6), risk: Money(whole: risk), volatility: Money(whole: volatility), equity: Money(whole: 5_000_000))
        let advice = try #require(try ThreeConstraint.with(.init()).peel(request))
        #expect(advice == PeelAdvice(lots: Lots(lots), limits: limits))
    }

    @Test("Without equity all lots are to be peeled, and never more than there are", arguments: [0, -1_000])
    func peelingWithoutEquity(equity: Int) throws {
        let request = PeelRequest(lots: Lots(6), risk: Money(whole: 10), volatility: .zero, equity: Money(whole: equity))
        #expect(try ThreeConstraint.with(.init()).peel(request) == PeelAdvice(lots: Lots(6), limits: ["risk"]))
    }
}
