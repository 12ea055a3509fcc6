import MunimKit
import Simulation

/// The matrix of `munim simulate --crash-every-step`.
struct CrashReport {
    struct Line: Encodable {
        let scenario: String
        let steps: Int
        let runs: Int
        let recovered: Int
        let worst: String
        let breaches: [String]
    }

    var lines: [Line] = []
    /// What was seen on the way.
    var marks: Set<String> = []

    var points: Int { lines.reduce(0) { $0 + $1.runs } }
    var isRecovered: Bool { lines.allSatisfy { $0.runs == $0.recovered && $0.breaches.isEmpty } }

    /// Lets processes die at every point of the scenarios, and shows what came of it.
    static func run(_ scenarios: [Scenario], _ options: SimulationOptions, _ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let report = await measure(scenarios, options, input)
        if input.isJSON { try input.show(json: report.lines) }
        return report.isRecovered ? 0 : 1
    }

    /// Lets processes die at every point of the scenarios; tells each one when it is done, unless JSON is wanted.
    static func measure(_ scenarios: [Scenario], _ options: SimulationOptions, _ input: CommandInput) async -> CrashReport {
        var report = CrashReport()
        let began = input.world.clock.boot()
        if !input.isJSON { input.world.output(text("scenario", "steps", "deaths", "recovered", "longest")) }
        for scenario in scenarios {
            let matrix = CrashMatrix(scenario, like: options.plan, endsAtFirst: options.endsAtFirst)
            let row = options.diesTwice ? await matrix.pairs() : await matrix.single()
            let line = Line(
                scenario: row.scenario, steps: row.steps, runs: row.runs, recovered: row.recovered, worst: "\(row.worst)",
                breaches: row.breaches)
            report.lines.append(line)
            report.marks.formUnion(row.marks)
            if !input.isJSON {
                input.world.output(text(line.scenario, "\(line.steps)", "\(line.runs)", "\(line.recovered)", line.worst))
                for breach in line.breaches.prefix(5) { input.world.output("  \(breach)") }
            }
            if options.endsAtFirst, !line.breaches.isEmpty { break }
        }
        let elapsed = input.world.clock.boot() - began
        if !input.isJSON {
            input.world.output("\(report.points) runs with deaths in \(elapsed), \(report.isRecovered ? "all" : "not all") recovered")
        }
        return report
    }

    private static func text(_ scenario: String, _ steps: String, _ runs: String, _ recovered: String, _ worst: String) -> String {
        func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(1, width - text.count)) }
        func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(1, width - text.count)) + text }
        return left(scenario, 26) + right(steps, 6) + right(runs, 8) + right(recovered, 11) + right(worst, 15)
    }
}
