import MunimKit
import MunimTesting
import Sizing
import Testing

@Suite("Three constraints: base entries")
struct ThreeConstraintTests {
    /// One row of the worked examples, with the stop that the signal carries.
    struct Example: CustomTestStringConvertible, Sendable {
        var name: String
        var price: String
        var stop: String
        var range: String
        var ratio: String
        var pointValue: Int
        var margin: Int
        var equity = 5_000_000
        var risk = "1.0"
        var volatility: String
        var quotients: [String]
        /// Lots and limiter with risk and margin, and with all three.
        var twoWay: (Int64, String)
        var threeWay: (Int64, String)

        var testDescription: String { name }

        func request() throws -> SizingRequest {
            SizingRequest(
                price: try Price(price), stop: try Price(stop), averageTrueRange: try Price(range), efficiencyRatio: try Ratio(ratio),
                suggestedLots: Lots(5), equity: Money(whole: equity), availableMargin: Money(whole: equity * 6 / 10),
                marginPerLot: Money(whole: margin), pointValue: PointValue(whole: pointValue))
        }

        func decision(_ constraints: [ThreeConstraint.BaseConstraint]) throws -> SizingDecision {
            try ThreeConstraint.with(
                .init(risk: try .percent(risk), volatility: try .percent(volatility), constraints: constraints)
            ).size(request())
        }
    }

    static let examples = [
        Example(
            name: "index", price: "52000", stop: "51650", range: "350", ratio: "0.82", pointValue: 30, margin: 270_000, volatility: "0.5",
            quotients: ["3.9047", "2.3809", "11.1111"], twoWay: (3, "risk"), threeWay: (2, "volatility")),
        Example(
            name: "index at half the risk", price: "52000", stop: "51650", range: "350", ratio: "0.82", pointValue: 30, margin: 270_000,
            risk: "0.5", volatility: "0.5", quotients: ["1.9523", "2.3809", "11.1111"], twoWay: (1, "risk"), threeWay: (1, "risk")),
        Example(
            name: "gold", price: "78500", stop: "77800", range: "450", ratio: "0.85", pointValue: 10, margin: 105_000, volatility: "0.2",
            quotients: ["6.0714", "2.2222", "28.5714"], twoWay: (6, "risk"), threeWay: (2, "volatility")),
        Example(
            name: "silver", price: "95000", stop: "93100", range: "950", ratio: "0.85", pointValue: 5, margin: 385_000, volatility: "0.2",
            quotients: ["4.4736", "2.1052", "7.7922"], twoWay: (4, "risk"), threeWay: (2, "volatility")),
        Example(
            name: "dear silver", price: "244010", stop: "236536", range: "3737", ratio: "0.9", pointValue: 5, margin: 385_000,
            volatility: "0.2", quotients: ["1.2041", "0.5351", "7.7922"], twoWay: (1, "risk"), threeWay: (0, "volatility")),
        Example(
            name: "copper", price: "800", stop: "788", range: "4", ratio: "0.9", pointValue: 2_500, margin: 300_000, volatility: "0.2",
            quotients: ["1.5000", "1.0000", "10.0000"], twoWay: (1, "risk"), threeWay: (1, "volatility")),
        Example(
            name: "exactly five", price: "60000", stop: "59400", range: "400", ratio: "0.9", pointValue: 30, margin: 270_000,
            equity: 10_000_000, volatility: "0.5", quotients: ["5.0000", "4.1666", "22.2222"], twoWay: (5, "risk"),
            threeWay: (4, "volatility")),
        Example(
            name: "small account", price: "78500", stop: "78200", range: "450", ratio: "0.95", pointValue: 10, margin: 105_000,
            equity: 800_000, volatility: "0.2", quotients: ["2.5333", "0.3555", "4.5714"], twoWay: (2, "risk"), threeWay: (0, "volatility")),
    ]

    @Test("A worked example has the lots, the limiter and the cut quotients of both rules", arguments: examples)
    func workedExample(_ example: Example) throws {
        let all = try example.decision(ThreeConstraint.BaseConstraint.allCases)
        #expect(all.lots == Lots(example.threeWay.0))
        #expect(all.limiter == example.threeWay.1)
        #expect(all.constraints.map(\.quotient.description) == example.quotients)
        let two = try example.decision([.risk, .margin])
        #expect(two.lots == Lots(example.twoWay.0))
        #expect(two.limiter == example.twoWay.1)
        #expect(two.constraints.map(\.quotient.description) == example.quotients)
    }

    @Test("L-44 Every constraint is shown with its number, and whether it binds", arguments: examples)
    func everyConstraintIsShown(_ example: Example) throws {
        let decision = try example.decision([.risk, .margin])
        #expect(decision.constraints.map(\.name) == ["risk", "volatility", "margin"])
        #expect(decision.constraints.map(\.binds) == [true, false, true])
        #expect(decision.rule == "three-constraint")
    }

    @Test(
        "Ties go to risk before volatility before margin",
        arguments: [
            ([ThreeConstraint.BaseConstraint.risk, .volatility, .margin], "risk"), ([.margin, .volatility], "volatility"),
            ([.margin, .risk], "risk"),
        ])
    func ties(constraints: [ThreeConstraint.BaseConstraint], limiter: String) throws {
        let rule = ThreeConstraint.with(.init(risk: Ratio(units: 10_000), volatility: Ratio(units: 10_000), constraints: constraints))
        let request = SizingRequest(
            price: Price(whole: 1_000), stop: Price(whole: 900), averageTrueRange: Price(whole: 100), efficiencyRatio: .one,
            suggestedLots: .zero, equity: Money(whole: 1_000_000), availableMargin: Money(whole: 10_000), marginPerLot: Money(whole: 1_000),
            pointValue: PointValue(whole: 10))
        let decision = try rule.size(request)
        #expect(decision.lots == Lots(10))
        #expect(decision.limiter == limiter)
    }

    @Test("The smallest quotient limits, also when both would floor to the same lots")
    func exactComparison() throws {
        var request = try Self.examples[0].request()
        request.availableMargin = Money(whole: 270_000 * 2 + 1)
        let decision = try ThreeConstraint.with(.init()).size(request)
        #expect(decision.limiter == "margin")
        #expect(decision.constraints.map(\.lots) == [Lots(3), Lots(2), Lots(2)])
    }

    @Test("L-39 A divisor of zero or less is refused with its name", arguments: [0, -1, Int64.min])
    func divisors(units: Int64) throws {
        let rule = ThreeConstraint.with(.init())
        let request = try Self.examples[0].request()
        var cases: [(SizingRequest, String)] = []
        for (path, reason) in [(\SizingRequest.averageTrueRange, "invalid_atr")] {
            var other = request
            other[keyPath: path] = Price(units: units)
            cases.append((other, reason))
        }
        var worthless = request
        worthless.pointValue = PointValue(units: units)
        cases.append((worthless, "invalid_point_value"))
        var free = request
        free.marginPerLot = Money(units: units)
        cases.append((free, "invalid_margin"))
        for (request, reason) in cases {
            let decision = try rule.size(request)
            #expect(decision.lots == .zero)
            #expect(decision.limiter == reason)
        }
    }

    @Test("A stop at or above the price has no size", arguments: ["52000", "52000.0001", "99999"])
    func invalidRisk(stop: String) throws {
        var request = try Self.examples[0].request()
        request.stop = try Price(stop)
        for pyramid in [nil, PyramidContext(taken: 0, baseLots: Lots(10), baseEntry: Price(whole: 50_000), baseRisk: Price(whole: 600))] {
            request.pyramid = pyramid
            let decision = try ThreeConstraint.with(.init()).size(request)
            #expect(decision.lots == .zero)
            #expect(decision.limiter == "invalid_risk")
        }
    }

    @Test("An account without money or with debts gets nothing", arguments: [0, -1, -5_000_000])
    func poorAccount(money: Int) throws {
        var request = try Self.examples[0].request()
        request.equity = Money(whole: money)
        #expect(try ThreeConstraint.with(.init()).size(request).lots == .zero)
        request = try Self.examples[0].request()
        request.availableMargin = Money(whole: money)
        let decision = try ThreeConstraint.with(.init()).size(request)
        #expect(decision.lots == .zero)
        #expect(decision.limiter == "margin")
    }

    @Test("L-35 Sized on the wider stop, the loss at that stop stays within the budget; sized on the narrow one it would not")
    func widerStop() throws {
        let rule = ThreeConstraint.with(.init(risk: Ratio(units: 7_000), constraints: [.risk, .margin]))
        var request = try Self.examples[0].request()
        request.efficiencyRatio = .one
        let budget = try request.equity.times(Ratio(units: 7_000))
        let ownStop = try Price("51475")
        let narrow = try rule.size(request).lots
        request.stop = ownStop
        let wide = try rule.size(request).lots
        let distance = try request.price.subtracting(ownStop)
        #expect(narrow == Lots(3))
        #expect(wide == Lots(2))
        #expect(try distance.value(of: narrow, at: request.pointValue) > budget)
        #expect(try distance.value(of: wide, at: request.pointValue) <= budget)
    }

    @Test("Numbers too large for exact arithmetic overflow instead of trapping")
    func overflow() throws {
        var request = try Self.examples[0].request()
        request.price = Price(units: .max)
        request.stop = Price(units: .min)
        request.pointValue = PointValue(units: .max)
        #expect(throws: Overflow.self) { try ThreeConstraint.with(.init()).size(request) }
        request = try Self.examples[0].request()
        request.availableMargin = Money(units: .max)
        request.marginPerLot = Money(units: 1)
        #expect(try ThreeConstraint.with(.init()).size(request).constraints[2].lots == Lots(.max))
    }

    @Test(
        "The rule keeps the contract of sizing",
        arguments: [
            ThreeConstraint.Options(), .init(constraints: [.risk, .margin]), .init(risk: .one, volatility: .one, constraints: [.margin]),
        ])
    func conformance(options: ThreeConstraint.Options) { SizingConformance.check(ThreeConstraint.with(options)) }
}

extension ThreeConstraint {
    /// The rule with options written in code.
    static func with(_ options: Options) -> ThreeConstraint {
        ThreeConstraint(options: options, context: PluginContext(name: "test", clock: SystemClock()))
    }
}
