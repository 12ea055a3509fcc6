import Foundation

/// Commands that work without a host.
struct ProgramBench {
    let binary: URL
    let root: URL

    func decide() throws {
        let micros = try five { try DecisionBench().microsecondsPerEntry(count: 20_000) }
        Table.row("core: decide one entry", micros, "µs", goal: .atMost(20, "20 µs"))
    }

    func replay() throws {
        let rates = try five { try 50_000 / seconds(of: ["replay", "--synthetic", "50000", "--json"]) }
        Table.row("replay, whole process", rates, "signals/s", places: 0)
        guard let count = try instructions() else { return }
        Table.row("instructions of a replayed signal", [count], "", places: 0, goal: .atMost(60_000, "60000"))
    }

    func simulate() throws {
        let rates = try five { try 4_000 / seconds(of: ["simulate", "--seeds", "1..20", "--signals", "200", "--json"]) }
        Table.row("simulation, three instances, all faults", rates, "signals/s", places: 0, goal: .atLeast(5_000, "5000 signals/s"))
        let proof = try seconds(of: ["simulate", "--full", "--seeds", "1..200", "--json"])
        Table.row("20,000 signals and a death at every step", [proof], "s", places: 1, goal: .atMost(60, "60 s"))
    }

    /// As `make instructions` counts them; nil where they cannot be counted.
    private func instructions() throws -> Double? {
        let output = try run(root.appendingPathComponent("Benchmarks/instructions"), [], mayFail: true).output
        return output.split(separator: " ").dropFirst().first.flatMap { Double($0) }
    }

    private func seconds(of arguments: [String]) throws -> Double { try run(binary, arguments, mayFail: false).seconds }

    private func run(_ program: URL, _ arguments: [String], mayFail: Bool) throws -> (seconds: Double, output: String) {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        let start = Date()
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard mayFail || process.terminationStatus == 0, !output.isEmpty else {
            throw BenchFault("\(program.lastPathComponent) \(arguments.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
        return (Date().timeIntervalSince(start), output)
    }
}
