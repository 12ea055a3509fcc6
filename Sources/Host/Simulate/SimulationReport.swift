import MunimKit
import Simulation

/// What came of many runs.
struct SimulationReport: Encodable {
    struct Violation: Encodable {
        let seed: UInt64
        let breaches: [String]
    }

    var runs = 0
    var signals = 0
    var events = 0
    var steps = 0
    var faults: [String: Int] = [:]
    var marks: Set<String> = []
    var verdicts: [String: Int] = [:]
    var violations: [Violation] = []
    /// A hash over the traces of all runs.
    var trace = FNV1a()
    var elapsed: Span = .zero
    /// The smallest part of the run that failed, where it was looked for.
    var smallest: ShrinkReport?
    /// Deaths at every step, and what must be seen and was not; nil unless everything was played.
    var crashes: [CrashReport.Line]?
    var unseen: [String]?

    private enum CodingKeys: String, CodingKey {
        case runs, signals, events, steps, faults, marks, verdicts, violations, trace, crashes, unseen, smallest
        case signalsPerSecond = "signals_per_second"
    }

    mutating func add(_ outcome: Simulation.Outcome) {
        runs += 1
        signals += outcome.signals
        events += outcome.events
        steps += outcome.steps
        for (fault, count) in outcome.faults { faults[fault.rawValue, default: 0] += count }
        marks.formUnion(outcome.marks)
        for (verdict, count) in outcome.verdicts { verdicts[verdict, default: 0] += count }
        trace.combine(outcome.trace)
        if !outcome.breaches.isEmpty { violations.append(Violation(seed: outcome.seed, breaches: outcome.breaches)) }
    }

    var signalsPerSecond: Int { elapsed > .zero ? Int(Int128(signals) * 1_000_000 / Int128(elapsed.microseconds)) : 0 }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(runs, forKey: .runs)
        try container.encode(signals, forKey: .signals)
        try container.encode(events, forKey: .events)
        try container.encode(steps, forKey: .steps)
        try container.encode(faults, forKey: .faults)
        try container.encode(marks.sorted(), forKey: .marks)
        try container.encode(verdicts, forKey: .verdicts)
        try container.encode(violations, forKey: .violations)
        try container.encode(String(trace.value, radix: 16), forKey: .trace)
        try container.encode(signalsPerSecond, forKey: .signalsPerSecond)
        try container.encodeIfPresent(crashes, forKey: .crashes)
        try container.encodeIfPresent(unseen, forKey: .unseen)
        try container.encodeIfPresent(smallest, forKey: .smallest)
    }

    var lines: [String] {
        let injected = faults.values.reduce(0, +)
        return [
            "\(runs) runs, \(signals) signals, \(injected) faults, \(events) events, \(steps) steps, \(signalsPerSecond) signals/s",
            "\(marks.count) marks reached, trace \(String(trace.value, radix: 16))",
            violations.isEmpty ? "no promise was broken" : "\(violations.count) runs broke a promise",
        ] + (smallest?.lines ?? [])
    }
}
