import MunimKit
import Simulation

/// `munim simulate`: whole systems on virtual time, seed by seed, judged after every event.
enum SimulateCommand {
    static let command = Command(
        words: ["simulate"],
        summary: "Runs processes, database, broker and sender on virtual time with faults, and checks every promise after every event.",
        options: [
            CommandOption(name: "seeds", value: "A..B", summary: "One run for each seed from A to B; 1..20 when left out."),
            CommandOption(name: "seed", value: "S", summary: "One run."),
            CommandOption(name: "signals", value: "N", summary: "Signals of each run, 1 to 100,000; 100 when left out."),
            CommandOption(name: "instances", value: "N", summary: "Processes of each run, 1 to 9; 3 when left out."),
            CommandOption(
                name: "faults", value: "LIST", summary: "Names of faults with commas between, all, first or none; all when left out."),
            CommandOption(name: "until", value: "EVENT", summary: "End each run after so many events."),
            CommandOption(name: "scenario", value: "NAME", summary: "Play a script instead of what seeds draw; all lists them."),
            CommandOption(name: "crash-every-step", summary: "Let processes die before and after every step of the scenarios."),
            CommandOption(name: "pairs", summary: "With --crash-every-step: let them die a second time at every step of the recovery."),
            CommandOption(
                name: "full", summary: "Play the seeds and the deaths of all scenarios, and fail when something that must be seen was not."),
            CommandOption(name: "first", summary: "End after the first run that breaks a promise."),
            CommandOption(name: "shrink", summary: "Of the first run that breaks a promise, look for the smallest part that still does."),
            CommandOption(name: "only-signals", value: "LIST", summary: "Send only these signals of the run, such as 3,9..12 or none."),
            CommandOption(name: "only-faults", value: "LIST", summary: "Let only these faults of the run happen, by number, or none."),
            CommandOption(name: "only-instances", value: "N", summary: "Start only so many of the processes of the run."),
            CommandOption(name: "only-instruments", value: "LIST", summary: "Configure only these instruments of the run, or none."),
            CommandOption(name: "trace", value: "FILE", summary: "Write every event in words there; - for standard output."), .json,
        ] + testing,
        examples: [
            "munim simulate --seeds 1..200 --signals 500", "munim simulate --seed 17 --trace run.txt --until 4000",
            "munim simulate --seeds 1..200 --shrink", "munim simulate --crash-every-step",
            "munim simulate --crash-every-step --pairs --scenario entry-legs",
        ], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let seeds = try seeds(of: input)
        let signals = try input.number("signals", default: 100, in: 1...100_000)
        let instances = try input.number("instances", default: 3, in: 1...9)
        let until = try input.values["until"].map { _ throws(CommandFailure) in try input.number("until", default: 1, in: 1...Int.max) }
        let faults = try faults(of: input)
        let scenarios = try scenarios(of: input)
        if input.flags.contains("crash-every-step") {
            return try await CrashReport.run(
                scenarios.isEmpty ? Scenario.all : scenarios, pairs: input.flags.contains("pairs"), instances: instances, input)
        }
        if scenarios.count > 1 {
            TextTable.aligned(scenarios.map { [$0.name, $0.summary] }).forEach(input.world.output)
            return 0
        }
        var plan = Simulation.Plan(seed: seeds.lowerBound, signals: signals, instances: instances, faults: faults)
        plan.until = until
        plan.scenario = scenarios.first
        plan.reduction = try reduction(of: input)
        if plan.scenario != nil, plan.reduction != nil || input.flags.contains("shrink") {
            throw .usage("a scenario is small as it is: --shrink and the parts of a run are for seeds")
        }
        if plan.reduction != nil, input.flags.contains("shrink") { throw .usage("option --shrink looks for the part by itself") }
        #if DEBUG || MUTANTS
            plan.mutant = try mutant(of: input)
        #endif
        var total = try await play(seeds, plan, input)
        if !input.isJSON { total.lines.forEach(input.world.output) }
        var isRecovered = true
        if input.flags.contains("full") {
            let crashes = await CrashReport.measure(Scenario.all, pairs: false, instances: instances, input)
            isRecovered = crashes.isRecovered
            total.crashes = crashes.lines
            total.marks = crashes.marks.union(total.marks).sorted()
            total.unseen = Marks.expected.subtracting(total.marks).sorted()
            if !input.isJSON {
                let unseen = total.unseen.map { $0.isEmpty ? "nothing" : $0.joined(separator: ", ") } ?? "nothing"
                input.world.output("\(Marks.expected.count) paths must be seen; not seen: \(unseen)")
            }
        }
        if input.isJSON { try input.show(json: total) }
        return total.violations.isEmpty && isRecovered && total.unseen?.isEmpty ?? true ? 0 : 1
    }

    /// Plays the seeds one after the other, and tells at once of each that breaks a promise.
    private static func play(_ seeds: ClosedRange<UInt64>, _ common: Simulation.Plan, _ input: CommandInput) async throws(CommandFailure)
        -> SimulationReport
    {
        let world = input.world
        let path = input.values["trace"]
        let story = try path.map { path throws(CommandFailure) in try RunStory(path: path, output: world.output) }
        let runs = Int(clamping: (seeds.upperBound - seeds.lowerBound).addingReportingOverflow(1).partialValue)
        let (signals, isTooMany) = runs.multipliedReportingOverflow(by: common.signals)
        var progress = SignalProgress(
            total: isTooMany ? .max : signals, clock: world.clock,
            draw: world.drawsProgress && path != "-" ? { Console.write($0, to: Streams.errors) } : nil)
        var total = SimulationReport()
        for seed in seeds {
            var plan = common
            plan.seed = seed
            let outcome = await Simulation(plan).run(line: story.map { story in { story.tell($0, $1) } })
            total.add(outcome)
            progress.show(total.signals)
            guard let breach = outcome.breaches.first else { continue }
            if !input.isJSON {
                progress.end()
                world.output("seed \(seed): \(breach)")
                world.output(
                    "  repeat with: munim simulate --seed \(seed) --signals \(plan.signals) --instances \(plan.instances)\(options(of: input)) --trace -"
                )
            }
            if input.flags.contains("shrink") { total.smallest = await ShrinkReport.find(plan, input, options: options(of: input)) }
            if input.flags.contains("first") || input.flags.contains("shrink") { break }
        }
        progress.end()
        total.elapsed = progress.elapsed
        return total
    }

    /// What the command was given besides seeds and parts, to repeat a run.
    private static func options(of input: CommandInput) -> String {
        ["faults", "until", "mutant", "only-signals", "only-faults", "only-instances", "only-instruments"].compactMap { name in
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

    private static var testing: [CommandOption] {
        #if DEBUG || MUTANTS
            [CommandOption(name: "mutant", value: "NAME", summary: "Build a bug in; test builds only.")]
        #else
            []
        #endif
    }

    #if DEBUG || MUTANTS
        private static func mutant(of input: CommandInput) throws(CommandFailure) -> Mutant? {
            try input.values["mutant"].map { name throws(CommandFailure) in try MutantsCommand.mutant(named: name) }
        }
    #endif

    private static func faults(of input: CommandInput) throws(CommandFailure) -> [Fault] {
        let text = input.values["faults"] ?? "all"
        if text == "all" { return Fault.allCases }
        if text == "none" { return [] }
        if text == "first" { return Fault.first }
        var faults: [Fault] = []
        for name in text.split(separator: ",") {
            guard let fault = Fault(rawValue: String(name)) else {
                let known = Fault.allCases.map(\.rawValue)
                throw .usage("\"\(name)\" is no fault; known are \(known.joined(separator: ", "))")
            }
            faults.append(fault)
        }
        return faults
    }
}

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
    var marks: [String] = []
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
        marks = Set(marks).union(outcome.marks).sorted()
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
        try container.encode(marks, forKey: .marks)
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
