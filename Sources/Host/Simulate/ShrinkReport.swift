import MunimKit
import Simulation

/// The smallest part of a failing run, for people and for programs.
struct ShrinkReport: Encodable {
    private struct SignalLine: Encodable {
        let number: Int
        let time: String
        let instrument: String
        let type: String
        let position: String
        let price: String

        var text: String { "signal \(number): \(time) \(instrument) \(type) \(position) at \(price)" }
    }

    private struct FaultLine: Encodable {
        let number: Int
        let time: String
        let fault: String

        var text: String { "fault \(number): \(time) \(fault)" }
    }

    private let seed: UInt64
    private let breach: String
    private let signals: [SignalLine]
    private let faults: [FaultLine]
    private let instances: Int
    private let instruments: [String]
    private let runs: Int
    private let command: String
    private let whole: String

    private enum CodingKeys: String, CodingKey { case seed, breach, signals, faults, instances, instruments, runs, command }

    /// The report of a search; `options` are what the command was given besides seed and parts.
    init(_ result: Shrinker.Result, options: String) {
        let plan = result.plan
        seed = plan.seed
        breach = result.breach
        signals = result.signals.map { number, signal in
            SignalLine(
                number: number, time: "\(signal.timestamp)", instrument: signal.instrument.text, type: signal.kind.rawValue,
                position: "\(signal.target)", price: "\(signal.price)")
        }
        faults = result.faults.map { FaultLine(number: $0, time: "\($2)", fault: $1.rawValue) }
        instances = plan.reduction?.instances ?? plan.instances
        instruments = (plan.reduction?.instruments ?? []).map(\.text).sorted()
        runs = result.runs
        whole =
            "\(plan.signals) signals, \(result.faultsOfWhole) faults, processes: \(plan.instances), instruments: \(result.instrumentsOfWhole)"
        command =
            "munim simulate --seed \(plan.seed) --signals \(plan.signals) --instances \(plan.instances)\(options)"
            + " --only-signals \(NumberList.text(of: plan.reduction?.signals ?? []))"
            + " --only-faults \(NumberList.text(of: plan.reduction?.faults ?? []))"
            + " --only-instances \(instances) --only-instruments \(instruments.isEmpty ? "none" : instruments.joined(separator: ","))"
    }

    /// The report in lines.
    var lines: [String] {
        let names = instruments.isEmpty ? "none" : instruments.joined(separator: ", ")
        let end = ["processes: \(instances), instruments: \(names)", breach, "repeat with: \(command) --trace"]
        return ["the smallest part of seed \(seed) that breaks it, found in \(runs) runs; the whole has \(whole):"]
            + (signals.map(\.text) + faults.map(\.text) + end).map { "  " + $0 }
    }

    /// Searches for the smallest part of a failing plan; nil when it does not fail with what the tape has of it.
    static func find(_ plan: Simulation.Plan, _ input: CommandInput, options: String) async -> ShrinkReport? {
        let draws = input.world.drawsProgress
        var shrinker = Shrinker(plan) { progress in
            guard draws else { return }
            Console.write(
                "\r\(progress.signals) signals and \(progress.faults) faults are left after \(progress.runs) runs\u{1B}[K",
                to: Streams.errors)
        }
        let result = await shrinker.run()
        if draws { Console.write("\r\u{1B}[K", to: Streams.errors) }
        return result.map { ShrinkReport($0, options: options) }
    }
}
