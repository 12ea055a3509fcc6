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
                name: "faults", value: "LIST",
                summary: "Names of faults and groups with commas between, or all, none; all when left out."),
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
        let options = try SimulationOptions(input)
        if options.diesEverywhere {
            let scenarios = options.scenarios.isEmpty ? Scenario.mortal : options.scenarios
            return try await CrashReport.run(scenarios, options, input)
        }
        if options.scenarios.count > 1 { return try list(options.scenarios, input) }
        var total = try await play(options, input)
        if !input.isJSON { total.lines.forEach(input.world.output) }
        let isRecovered = options.isFull ? await addDeaths(to: &total, options, input) : true
        if input.isJSON { try input.show(json: total) }
        return total.violations.isEmpty && isRecovered && total.unseen?.isEmpty ?? true ? 0 : 1
    }

    private static func list(_ scenarios: [Scenario], _ input: CommandInput) throws(CommandFailure) -> Int32 {
        if input.isJSON {
            try input.show(json: scenarios.map { ["name": $0.name, "summary": $0.summary] })
        } else {
            TextTable.aligned(scenarios.map { [$0.name, $0.summary] }).forEach(input.world.output)
        }
        return 0
    }

    /// Lets processes die at every step of all scenarios, and holds what was seen against what must be; answers whether all recovered.
    private static func addDeaths(to total: inout SimulationReport, _ options: SimulationOptions, _ input: CommandInput) async -> Bool {
        let crashes = await CrashReport.measure(Scenario.mortal, options, input)
        total.crashes = crashes.lines
        total.marks.formUnion(crashes.marks)
        let unseen = Marks.expected.subtracting(total.marks).sorted()
        total.unseen = unseen
        if !input.isJSON {
            let names = unseen.isEmpty ? "nothing" : unseen.joined(separator: ", ")
            input.world.output("\(Marks.expected.count) paths must be seen; not seen: \(names)")
        }
        return crashes.isRecovered
    }

    /// Plays the seeds one after the other, and tells at once of each that breaks a promise.
    private static func play(_ options: SimulationOptions, _ input: CommandInput) async throws(CommandFailure) -> SimulationReport {
        let (seeds, world) = (options.seeds, input.world)
        let path = input.values["trace"]
        let story = try path.map { path throws(CommandFailure) in try RunStory(path: path, output: world.output) }
        let runs = Int(clamping: (seeds.upperBound - seeds.lowerBound).addingReportingOverflow(1).partialValue)
        let (signals, isTooMany) = runs.multipliedReportingOverflow(by: options.plan.signals)
        var progress = SignalProgress(
            total: isTooMany ? .max : signals, clock: world.clock,
            draw: world.drawsProgress && path != "-" ? { Console.write($0, to: Streams.errors) } : nil)
        var total = SimulationReport()
        for seed in seeds {
            var plan = options.plan
            plan.seed = seed
            let outcome = await Simulation(plan).run(line: story.map { story in { story.tell($0, $1) } })
            total.add(outcome)
            progress.show(total.signals)
            guard let breach = outcome.breaches.first else { continue }
            if !input.isJSON {
                progress.end()
                world.output("seed \(seed): \(breach)")
                world.output(
                    "  repeat with: munim simulate --seed \(seed) --signals \(plan.signals) --instances \(plan.instances)\(options.repeated) --trace -"
                )
            }
            if options.shrinks { total.smallest = await ShrinkReport.find(plan, input, options: options.repeated) }
            if options.endsAtFirst || options.shrinks { break }
        }
        progress.end()
        total.elapsed = progress.elapsed
        return total
    }

    private static var testing: [CommandOption] {
        #if DEBUG || MUTANTS
            [CommandOption(name: "mutant", value: "NAME", summary: "Build a bug in; test builds only.")]
        #else
            []
        #endif
    }
}
