import MunimKit

/// `munim doctor`.
enum DoctorCommand {
    static let command = Command(
        words: ["doctor"],
        summary: "Examines this machine and a configuration, says what to do about each finding, and answers 1 when something fails.",
        options: [.json, .config], examples: ["munim doctor", "munim doctor --config plugins.yaml --json"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let findings = try await findings(input)
        if input.isJSON { try input.show(json: findings) } else { input.show(lines(of: findings)) }
        return findings.contains { $0.state == .fail } ? 1 : 0
    }

    private static func findings(_ input: CommandInput) async throws(CommandFailure) -> [Finding] {
        let file = input.configurationFile
        let report = validate(
            file: file, registry: try input.builtIns(), environment: input.world.environment, loading: DynamicPlugin.loading(beside: file),
            checks: [ConstructionCheck(input).faults(of:in:)])
        let limit = MachineExamination.openFiles()
        guard let configuration = report.configuration else {
            return report.faults.map { Finding("configuration", .fail, $0.description, "mend the file; munim validate \(file) shows all") }
                + [limit]
        }
        let machine = MachineExamination(folder: configuration.instance.data, clock: input.world.clock)
        var findings = [Finding("configuration", .ok, "\(file) has no fault")]
        findings += await machine.findings()
        findings += await RecordsExamination(input: input, configuration: configuration).findings()
        findings += [await Self.port(configuration.http), limit]
        findings += CalendarExamination(tradedInstruments: try input.tradedInstruments(of: configuration), now: input.world.clock.now())
            .findings()
        return findings + secrets(configuration.http)
    }

    /// Who listens at the port: only what speaks of its health as a host does is one.
    private static func port(_ http: HTTPConfiguration) async -> Finding {
        let remedy = "stop what uses it, or name another http.listen"
        do throws(CommandFailure) {
            guard let answer = try await HostConnection(http).get("/health") else {
                guard let reason = MachineExamination.refusal(of: http.listen) else {
                    return Finding("port", .ok, "\(http.listen) is free")
                }
                return Finding("port", .fail, "\(http.listen) cannot be used: \(reason)", remedy)
            }
            guard let health = try? InterfaceCoding.decode(Health.self, from: answer.body) else {
                return Finding("port", .fail, "what answers at \(http.listen) is no munim: it says \(answer.status) to /health", remedy)
            }
            return Finding("port", .ok, "munim \(health.version) answers at \(http.listen) and is \(health.status.rawValue)")
        } catch {
            return Finding("port", .fail, "what listens at \(http.listen) is no munim: \(error.message)", remedy)
        }
    }

    private static func secrets(_ http: HTTPConfiguration) -> [Finding] {
        var findings: [Finding] = []
        if http.secret == nil {
            findings.append(
                Finding(
                    "secret", .warn, "webhooks need no secret; only programs of this machine are believed",
                    "set http.secret; `make secret` makes one for the shipped configuration"))
        } else {
            findings.append(Finding("secret", .ok, "webhooks need a secret"))
        }
        if http.operatorToken == nil {
            findings.append(
                Finding("operator token", .warn, "operators cannot stop, resume or roll over HTTP", "set http.operator_token"))
        } else {
            findings.append(Finding("operator token", .ok, "operators need a token"))
        }
        return findings
    }

    /// A line for each finding, and below it what to do.
    static func lines(of findings: [Finding]) -> [String] {
        let rows = TextTable.aligned(findings.map { [$0.state.rawValue, $0.subject, $0.message] })
        return zip(rows, findings).flatMap { row, finding in [row] + (finding.advice.map { ["      \($0)"] } ?? []) }
    }
}

/// What an examination found.
struct Finding: Encodable, Sendable {
    /// How bad it is.
    enum State: String, Encodable, Sendable { case ok, warn, fail }

    /// What was examined.
    let subject: String
    let state: State
    /// What was seen.
    let message: String
    /// What to do; nil when nothing is to be done.
    let advice: String?

    init(_ subject: String, _ state: State, _ message: String, _ advice: String? = nil) {
        self.subject = subject
        self.state = state
        self.message = message
        self.advice = advice
    }
}
