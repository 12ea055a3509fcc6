import Alerts
import MunimKit
import MunimTesting
import Testing

@Suite("Alerts in the log")
struct LogAlertTests {
    private static func open(_ log: RecordingLog) throws -> LogAlerts {
        try LogAlerts(options: NoOptions(), context: PluginContext(name: "log", clock: ManualClock(), log: log))
    }

    private let suite = AlertConformance {
        let log = RecordingLog()
        return AlertConformance.Bench(plugin: try open(log)) {
            log.lines.map { line in ([line.message] + line.fields.map { "\($0.name)=\($0.value)" }).joined(separator: " ") }
        }
    }

    @Test("Alerts in the log keep the promise", arguments: AlertConformance.Promise.allCases)
    func promise(_ promise: AlertConformance.Promise) async throws { try await suite.check(promise) }

    @Test("An alert is written once, at its own severity, with its fields", arguments: Severity.allCases)
    func writes(_ severity: Severity) async throws {
        let log = RecordingLog()
        let at = Instant(seconds: 1_764_302_400)
        try await Self.open(log).deliver(
            Alert(id: "a1", severity: severity, code: "order_unknown", message: "Nobody knows.", instrument: "ALPHA", at: at))
        let line = try #require(log.lines.first)
        #expect(log.lines.count == 1)
        #expect(line.severity == severity && line.message == "Nobody knows.")
        #expect(line.value("alert") == "a1" && line.value("code") == "order_unknown")
        #expect(line.value("instrument") == "ALPHA" && line.value("raised_at") == "2025-11-28T04:00:00Z")
    }

    @Test("The plugin is listed under its name")
    func isListed() {
        #expect(BuiltInAlerts.all.map { $0.manifest.name } == ["log"])
        #expect(BuiltInAlerts.all.allSatisfy { $0.manifest.kind == .alerts })
    }
}
