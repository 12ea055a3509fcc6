import MunimKit
import Simulation

/// What `munim simulate` was asked for.
struct SimulationOptions {
    let seeds: ClosedRange<UInt64>
    /// What all runs have in common.
    let plan: Simulation.Plan
    /// The scripts of `--scenario`; empty when seeds are played.
    let scenarios: [Scenario]
    let diesEverywhere: Bool
    let diesTwice: Bool
    let isFull: Bool
    let endsAtFirst: Bool
    let shrinks: Bool
    /// What was given besides seeds, as it is written, to repeat a run.
    let repeated: String

    init(_ input: CommandInput) throws(CommandFailure) {
        seeds = try Self.seeds(of: input)
        scenarios = try Self.scenarios(of: input)
        (diesEverywhere, diesTwice) = (input.flags.contains("crash-every-step"), input.flags.contains("pairs"))
        isFull = input.flags.contains("full")
        (endsAtFirst, shrinks) = (input.flags.contains("first"), input.flags.contains("shrink"))
        var plan = Simulation.Plan(
            seed: seeds.lowerBound, signals: try input.number("signals", default: 100, in: 1...100_000),
            instances: try input.number("instances", default: 3, in: 1...9), faults: try Self.faults(of: input))
        if input.values["until"] != nil { plan.until = try input.number("until", default: 1, in: 1...Int.max) }
        plan.scenario = scenarios.first
        plan.reduction = try Self.reduction(of: input)
        if plan.scenario != nil, plan.reduction != nil || shrinks {
            throw .usage("a scenario is small as it is: --shrink and the parts of a run are for seeds")
        }
        if plan.reduction != nil, shrinks { throw .usage("option --shrink looks for the part by itself") }
        #if DEBUG || MUTANTS
            plan.mutant = try input.values["mutant"].map { name throws(CommandFailure) in try MutantsCommand.mutant(named: name) }
        #endif
        self.plan = plan
        repeated = ["faults", "until", "mutant", "only-signals", "only-faults", "only-instances", "only-instruments"].compactMap { name in
            input.values[name].map { " --\(name) \($0)" }
        }.joined()
    }

    /// The part of a run that is asked for; nil for the whole.
    private static func reduction(of input: CommandInput) throws(CommandFailure) -> Simulation.Reduction? {
        var reduction = Simulation.Reduction()
        reduction.signals = try numbers("only-signals", of: input)
        reduction.faults = try numbers("only-faults", of: input)
        if input.values["only-instances"] != nil { reduction.instances = try input.number("only-instances", default: 1, in: 1...9) }
        if let text = input.values["only-instruments"] {
            let names = text == "none" ? [] : text.split(separator: ",").map { InstrumentName(String($0)) }
            if let unknown = names.first(where: { !Simulation.instruments.contains($0) }) {
                throw .usage("\"\(unknown)\" is traded in no run; known are \(Simulation.instruments.map(\.text).joined(separator: ", "))")
            }
            reduction.instruments = Set(names)
        }
        return reduction == Simulation.Reduction() ? nil : reduction
    }

    private static func numbers(_ name: String, of input: CommandInput) throws(CommandFailure) -> Set<Int>? {
        guard let text = input.values[name] else { return nil }
        if text == "none" { return [] }
        guard let numbers = NumberList.read(text) else {
            throw .usage("option --\(name) expects numbers such as 3,9..12, or none, found \"\(text)\"")
        }
        return numbers
    }

    private static func seeds(of input: CommandInput) throws(CommandFailure) -> ClosedRange<UInt64> {
        if let text = input.values["seed"] {
            guard let seed = UInt64(text) else { throw .usage("option --seed expects a whole number, found \"\(text)\"") }
            return seed...seed
        }
        let text = input.values["seeds"] ?? "1..20"
        let parts = text.split(separator: ".", omittingEmptySubsequences: true).compactMap { UInt64($0) }
        guard parts.count == 2, parts[0] <= parts[1] else { throw .usage("option --seeds expects A..B such as 1..200, found \"\(text)\"") }
        return parts[0]...parts[1]
    }

    private static func scenarios(of input: CommandInput) throws(CommandFailure) -> [Scenario] {
        guard let name = input.values["scenario"] else { return [] }
        if name == "all" { return Scenario.all }
        if let scenario = Scenario(named: name) { return [scenario] }
        throw .usage("\"\(name)\" is no scenario; known are \(Scenario.all.map(\.name).joined(separator: ", "))")
    }

    private static let groups: [(name: String, faults: [Fault])] =
        [("all", Fault.allCases), ("none", [])] + Fault.Group.allCases.map { ($0.rawValue, $0.faults) }

    /// The faults of a list of names and groups, in the order in which a run draws them.
    private static func faults(of input: CommandInput) throws(CommandFailure) -> [Fault] {
        var named: Set<Fault> = []
        for word in (input.values["faults"] ?? "all").split(separator: ",") {
            if let group = groups.first(where: { $0.name == word }) {
                named.formUnion(group.faults)
            } else if let fault = Fault(rawValue: String(word)) {
                named.insert(fault)
            } else {
                let known = groups.map(\.name) + Fault.allCases.map(\.rawValue)
                throw .usage("\"\(word)\" is no fault; known are \(known.joined(separator: ", "))")
            }
        }
        return Fault.allCases.filter(named.contains)
    }
}
