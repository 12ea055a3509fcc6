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
            let survivors = findings.filter { $0.seeds == nil }
            if input.isJSON {
                try input.show(json: findings)
            } else {
                input.world.output("\(findings.count - survivors.count) of \(findings.count) bugs found within \(limit) signals each")
            }
            return survivors.isEmpty ? 0 : 1
        }

        /// The bug of a name.
        static func mutant(named name: String) throws(CommandFailure) -> Mutant {
            if let mutant = Mutant(rawValue: name) { return mutant }
            throw .usage("\"\(name)\" is no built-in bug; known are \(Mutant.allCases.map(\.rawValue).joined(separator: ", "))")
        }

        /// Runs seed by seed in a process of its own, because a bug may end the process: that is a finding as well.
        private static func hunt(_ mutant: Mutant, seeds: Int) throws(CommandFailure) -> Finding {
            let process = Foundation.Process()
            process.executableURL = Bundle.main.executableURL
            process.arguments = [
                "simulate", "--mutant", mutant.rawValue, "--seeds", "1..\(seeds)", "--signals", "\(signalsPerSeed)", "--first", "--json",
            ]
            process.environment = ["SWIFT_BACKTRACE": "enable=no"]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            do { try process.run() } catch { throw .failed("the run with \(mutant.rawValue) could not be started: \(error)") }
            let output = pipe.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            guard process.terminationReason == .exit else {
                return Finding(mutant: mutant.rawValue, seeds: 0, promise: "an invariant of the core ended the process")
            }
            guard let report = try? JSONDecoder().decode(Report.self, from: output) else {
                throw .failed("the run with \(mutant.rawValue) gave no report")
            }
            return Finding(
                mutant: mutant.rawValue, seeds: report.violations.isEmpty ? nil : report.runs,
                promise: report.violations.first?.breaches.first)
        }

        private struct Report: Decodable {
            struct Violation: Decodable { let breaches: [String] }
            let runs: Int
            let violations: [Violation]
        }

        private struct Finding: Encodable {
            let mutant: String
            /// After how many seeds it was found; 0 when the process ended by itself, nil when it survived.
            let seeds: Int?
            let promise: String?

            var line: String {
                let name = mutant.padding(toLength: 28, withPad: " ", startingAt: 0)
                guard let seeds, let promise else { return "\(name) SURVIVED" }
                let after = seeds == 0 ? "stopped" : "seed \(seeds)"
                return "\(name) \(after.padding(toLength: 9, withPad: " ", startingAt: 0)) \(promise.prefix(100))"
            }
        }
    }
#endif
