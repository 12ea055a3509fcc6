import MunimKit
import MunimTesting
import Sizing
import Testing

@Suite("The conformance suite of sizing finds faults")
struct SizingConformanceTests {
    @Test("A rule with one fault does not pass", arguments: FaultySizing.Fault.allCases)
    func oneFault(fault: FaultySizing.Fault) {
        withKnownIssue { SizingConformance.check(FaultySizing(sound: .with(.init()), fault: fault)) }
    }
}

/// The three constraints with one thing wrong.
struct FaultySizing: SizingPlugin {
    /// What is wrong.
    enum Fault: String, CaseIterable, Sendable {
        case oneLotTooMany, roundedQuotient, silentLimiter, unknownLimiter, richerGetsLess, overflowsAlways, peelsTooMany,
            peelsWithoutReason
    }

    static let manifest = PluginManifest(
        kind: .sizing, name: "faulty", version: "1.0.0", summary: "Three constraints with one thing wrong.")
    let sound: ThreeConstraint
    let fault: Fault

    init(options: NoOptions, context: PluginContext) throws { throw PluginFault("made by tests only") }

    init(sound: ThreeConstraint, fault: Fault) {
        self.sound = sound
        self.fault = fault
    }

    func size(_ request: SizingRequest) throws(Overflow) -> SizingDecision {
        var decision = try sound.size(request)
        switch fault {
        case .oneLotTooMany: decision.lots = try decision.lots.adding(Lots(1))
        case .roundedQuotient:
            decision.constraints = try decision.constraints.map { constraint throws(Overflow) in
                var rounded = constraint
                rounded.lots = try constraint.lots.adding(Lots(1))
                return rounded
            }
        case .silentLimiter: decision.limiter = ""
        case .unknownLimiter: decision.limiter = "mood"
        case .richerGetsLess: if request.equity > Money(whole: 6_000_000) { decision.lots = .zero }
        case .overflowsAlways: throw Overflow()
        case .peelsTooMany, .peelsWithoutReason: break
        }
        return decision
    }

    func peel(_ request: PeelRequest) throws(Overflow) -> PeelAdvice? {
        switch fault {
        case .peelsTooMany: PeelAdvice(lots: try request.lots.adding(Lots(1)), limits: ["risk"])
        case .peelsWithoutReason: PeelAdvice(lots: request.lots, limits: [])
        default: try sound.peel(request)
        }
    }
}
