import MunimKit
import MunimTesting
import Testing

@Suite("The conformance suite of rollover finds faults")
struct RolloverConformanceTests {
    @Test("A rule with one fault does not pass", arguments: FaultyRollover.Fault.allCases)
    func oneFault(fault: FaultyRollover.Fault) {
        withKnownIssue { RolloverConformance.check(FaultyRollover(fault: fault)) }
    }
}

/// A rule with one thing wrong.
struct FaultyRollover: RolloverPlugin {
    /// What is wrong.
    enum Fault: String, CaseIterable, Sendable {
        case changesItsMind, withoutSentence
    }

    static let manifest = PluginManifest(kind: .rollover, name: "faulty", version: "1.0.0", summary: "A rule with one thing wrong.")
    let fault: Fault

    init(options: NoOptions, context: PluginContext) throws { throw PluginFault("made by tests only") }

    init(fault: Fault) { self.fault = fault }

    func advice(on view: RolloverView) -> RolloverAdvice {
        switch fault {
        case .changesItsMind: view.tradingDaysLeft == 3 ? .roll("three days are left") : .stay("more or fewer than three days are left")
        case .withoutSentence: .stay("")
        }
    }
}
