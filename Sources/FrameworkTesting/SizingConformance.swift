public import MunimKit
public import Testing

/// What every sizing rule must do, whoever wrote it; a plugin's own test makes one and calls ``check(_:sourceLocation:)``.
///
/// Faults are recorded as issues of the running test, at the line of the caller.
public enum SizingConformance {
    /// Checks a rule on usual, empty, negative and overflowing requests, for base entries and pyramids.
    public static func check(_ sizing: any SizingPlugin, sourceLocation: SourceLocation = #_sourceLocation) {
        let suite = Checks(sizing: sizing, recorder: ConformanceRecorder(place: sourceLocation))
        for request in usual { suite.usual(request) }
        for request in strange { suite.strange(request) }
        suite.peeling()
    }

    /// Requests as they occur: prices, stops, accounts and stacks of several sizes.
    static var usual: [SizingRequest] {
        var requests: [SizingRequest] = []
        for (price, stop, range) in [(52_000, 51_650, 350), (78_500, 77_800, 450), (244_010, 236_536, 3_737), (60_000, 59_400, 400)] {
            for (equity, margin) in [(5_000_000, 3_000_000), (10_000_000, 6_000_000), (800_000, 0), (1, 1)] {
                for ratio in [Ratio.zero, Ratio(units: 820_000), .one] {
                    let request = SizingRequest(
                        price: Price(whole: price), stop: Price(whole: stop), averageTrueRange: Price(whole: range), efficiencyRatio: ratio,
                        suggestedLots: Lots(5), equity: Money(whole: equity), availableMargin: Money(whole: margin),
                        marginPerLot: Money(whole: 270_000), pointValue: PointValue(whole: 30))
                    requests += [request] + (0..<6).map { request.asPyramid(taken: $0) }
                }
            }
        }
        return requests
    }

    /// Requests with one number at a time at an edge, and with all of them there.
    static var strange: [SizingRequest] {
        let edges = [Int64.min, Int64.min + 1, -1, 0, 1, Int64.max - 1, Int64.max]
        var requests: [SizingRequest] = []
        for base in [usual[0], usual[0].asPyramid(taken: 1)] {
            for edge in edges {
                requests += base.variations(edge)
                requests.append(
                    SizingRequest(
                        price: Price(units: edge), stop: Price(units: edge == .min ? .max : edge - 1), averageTrueRange: Price(units: edge),
                        efficiencyRatio: Ratio(units: edge), suggestedLots: Lots(max(0, edge)), equity: Money(units: edge),
                        availableMargin: Money(units: edge), marginPerLot: Money(units: edge), pointValue: PointValue(units: edge),
                        pyramid: base.pyramid))
            }
        }
        return requests
    }

    /// The checks with what they speak about.
    struct Checks {
        let sizing: any SizingPlugin
        let recorder: ConformanceRecorder

        func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) { recorder.expect(condition, sentence()) }
    }
}

extension SizingConformance.Checks {
    func usual(_ request: SizingRequest) {
        guard let decision = try? sizing.size(request) else {
            return expect(false, "a usual request overflows: \(request)")
        }
        explained(decision)
        expect((try? sizing.size(request)) == decision, "the same request had two sizes")
        var richer = request
        richer.availableMargin = Money(units: request.availableMargin.units * 2)
        richer.equity = Money(units: request.equity.units * 2)
        let larger = try? sizing.size(richer)
        expect(larger.map { $0.lots >= decision.lots } ?? false, "a larger account got fewer lots than \(decision.lots)")
    }

    /// Either a size or an overflow, never a trap.
    func strange(_ request: SizingRequest) {
        do throws(Overflow) { explained(try sizing.size(request)) } catch { return }
    }

    private func explained(_ decision: SizingDecision) {
        expect(!decision.rule.isEmpty && !decision.limiter.isEmpty, "a size has no rule or limiter")
        for constraint in decision.constraints where constraint.binds {
            expect(decision.lots <= constraint.lots, "\(decision.lots) lots are more than \(constraint.name) allows, \(constraint.lots)")
        }
        for constraint in decision.constraints where constraint.quotient.units < .max {
            let floored = max(0, Int128(constraint.quotient.units).divided(by: Int128(FractionalLots.unitsPerWhole), rounding: .floor))
            expect(
                Int128(constraint.lots.count) == floored,
                "\(constraint.name) allows \(constraint.lots) lots, but its quotient is \(constraint.quotient)")
        }
        let names = decision.constraints.map(\.name)
        expect(Set(names).count == names.count, "two constraints have one name")
        expect(decision.lots == .zero || names.contains(decision.limiter), "the limiter \(decision.limiter) is not among the constraints")
    }

    func peeling() {
        let amounts = [Int64.min, -1, 0, 1, 300_000_000, 720_000_000, Int64.max].map(Money.init(units:))
        for risk in amounts {
            for volatility in amounts {
                for equity in [Money.zero, Money(units: -1), Money(whole: 5_000_000), Money(units: .max)] {
                    for lots in [Lots(1), Lots(6), Lots(.max)] {
                        peeled(PeelRequest(lots: lots, risk: risk, volatility: volatility, equity: equity))
                    }
                }
            }
        }
    }

    private func peeled(_ request: PeelRequest) {
        guard let advice = try? sizing.peel(request) else { return }
        expect(advice.lots <= request.lots, "\(advice.lots) lots are to be peeled off \(request.lots)")
        expect((advice.lots == .zero) == advice.limits.isEmpty, "lots to peel and the limits that ask for it do not agree")
    }
}

extension SizingRequest {
    /// The same numbers for a pyramid on a base below the price.
    fileprivate func asPyramid(taken: Int) -> SizingRequest {
        var request = self
        request.pyramid = PyramidContext(
            taken: taken, baseLots: Lots(10), baseEntry: Price(units: price.units - 13_000_000), baseRisk: Price(units: 6_000_000))
        return request
    }

    /// Copies with one number each replaced by `edge`.
    fileprivate func variations(_ edge: Int64) -> [SizingRequest] {
        let changes: [(inout SizingRequest) -> Void] = [
            { $0.price = Price(units: edge) }, { $0.stop = Price(units: edge) }, { $0.averageTrueRange = Price(units: edge) },
            { $0.efficiencyRatio = Ratio(units: edge) }, { $0.equity = Money(units: edge) }, { $0.availableMargin = Money(units: edge) },
            { $0.marginPerLot = Money(units: edge) }, { $0.pointValue = PointValue(units: edge) },
            { $0.suggestedLots = Lots(max(0, edge)) }, { $0.pyramid?.taken = Int(edge) }, { $0.pyramid?.baseLots = Lots(max(0, edge)) },
            { $0.pyramid?.baseEntry = Price(units: edge) }, { $0.pyramid?.baseRisk = Price(units: edge) },
        ]
        return changes.map { change in
            var request = self
            change(&request)
            return request
        }
    }
}
