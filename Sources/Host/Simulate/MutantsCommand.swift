#if DEBUG || MUTANTS
    import Foundation
    import MunimKit

    /// `munim mutants`: builds bugs in, one after the other, and tells in which seed the simulation found each. Test builds only.
    enum MutantsCommand {
        static let command = Command(
            words: ["mutants"],
            summary: "Builds bugs in one after the other and tells how soon the simulation finds each; test builds only.",
            options: [
                CommandOption(name: "signals", value: "N", summary: "Give a bug up after so many signals; 20,000 when left out."),
                CommandOption(name: "only", value: "NAME", summary: "One bug."), .json,
            ],
            examples: ["munim mutants", "munim mutants --only entryAfterUnknown"], run: run)

        /// How many signals each seed sends.
        private static let signalsPerSeed = 100

        @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
            let limit = try input.number("signals", default: 20_000, in: 100...10_000_000)
            let only = try input.values["only"].map { name throws(CommandFailure) in try mutant(named: name) }
            var findings: [Finding] = []
            for mutant in only.map({ [$0] }) ?? Mutant.allCases {
                let finding = try hunt(mutant, seeds: limit / signalsPerSeed)
                findings.append(finding)
                if !input.isJSON { input.world.output(finding.line) }
            }
            let survivors = findings.filter { $0.place == nil }
            if input.isJSON {
                try input.show(json: findings)
            } else {
                input.world.output(
                    "\(findings.count - survivors.count) of \(findings.count) bugs found within \(limit) signals each or by a death in a scenario"
                )
            }
            return survivors.isEmpty ? 0 : 1
        }

        /// The bug of a name.
        static func mutant(named name: String) throws(CommandFailure) -> Mutant {
            if let mutant = Mutant(rawValue: name) { return mutant }
            throw .usage("\"\(name)\" is no built-in bug; known are \(Mutant.allCases.map(\.rawValue).joined(separator: ", "))")
        }

        /// Plays seed by seed, and what survives that in every scenario with a death at every step.
        private static func hunt(_ mutant: Mutant, seeds: Int) throws(CommandFailure) -> Finding {
            let output = try run(
                mutant, ["--seeds", "1..\(seeds)", "--signals", "\(signalsPerSeed)"])
            guard let output else {
                return Finding(mutant: mutant.rawValue, place: "stopped", promise: "an invariant of the core ended the process")
            }
            guard let report = try? JSONDecoder().decode(Report.self, from: output) else {
                throw .failed("the run with \(mutant.rawValue) gave no report")
            }
            if let violation = report.violations.first {
                return Finding(
                    mutant: mutant.rawValue, seeds: report.runs, place: "seed \(violation.seed)", promise: violation.breaches.first)
            }
            return try huntInScenarios(mutant)
        }

        private static func huntInScenarios(_ mutant: Mutant) throws(CommandFailure) -> Finding {
            guard let output = try run(mutant, ["--crash-every-step"]) else {
                return Finding(mutant: mutant.rawValue, place: "a scenario", promise: "an invariant of the core ended the process")
            }
            guard let lines = try? JSONDecoder().decode([Line].self, from: output) else {
                throw .failed("the scenarios with \(mutant.rawValue) gave no report")
            }
            guard let line = lines.first(where: { !$0.breaches.isEmpty }) else {
                return Finding(mutant: mutant.rawValue, place: nil, promise: nil)
            }
            return Finding(mutant: mutant.rawValue, place: line.scenario, promise: line.breaches.first)
        }

        /// What `munim simulate` prints with a bug, in a process of its own, because a bug may end the process; nil when it did, which is a finding.
        private static func run(_ mutant: Mutant, _ arguments: [String]) throws(CommandFailure) -> Data? {
            let process = Foundation.Process()
            process.executableURL = Bundle.main.executableURL
            process.arguments = ["simulate", "--mutant", mutant.rawValue] + arguments + ["--first", "--json"]
            process.environment = ["SWIFT_BACKTRACE": "enable=no"]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            do { try process.run() } catch { throw .failed("the run with \(mutant.rawValue) could not be started: \(error)") }
            let output = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return process.terminationReason == .exit ? output : nil
        }

        private struct Report: Decodable {
            struct Violation: Decodable {
                let seed: UInt64
                let breaches: [String]
            }
            let runs: Int
            let violations: [Violation]
        }

        private struct Line: Decodable {
            let scenario: String
            let breaches: [String]
        }

        private struct Finding: Encodable {
            let mutant: String
            /// After how many seeds it was found; nil when no seed showed it.
            var seeds: Int?
            /// The seed or the scenario; nil when it survived all of them.
            let place: String?
            let promise: String?

            var line: String {
                let name = mutant.padding(toLength: 28, withPad: " ", startingAt: 0)
                guard let place, let promise else { return "\(name) SURVIVED" }
                return "\(name) \(place.padding(toLength: max(9, place.count), withPad: " ", startingAt: 0)) \(promise.prefix(100))"
            }
        }
    }
#endif
