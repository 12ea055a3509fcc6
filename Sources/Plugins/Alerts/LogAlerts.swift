public import MunimKit

/// Writes alerts into the host's log, at their own severity.
public struct LogAlerts: AlertPlugin {
    public static var manifest: PluginManifest {
        PluginManifest(kind: .alerts, name: "log", version: "1.0.0", summary: "Writes alerts into the host's log.")
    }

    private let log: any Log

    public init(options: NoOptions, context: PluginContext) throws { log = context.log }

    public func deliver(_ alert: Alert) async throws {
        var fields = [LogField("alert", alert.id), LogField("code", alert.code), LogField("raised_at", alert.at)]
        if let instrument = alert.instrument { fields.append(LogField("instrument", instrument)) }
        guard log.alert(alert.severity, alert.message, fields) else { throw PluginFault("nobody reads the log, and it has no room left") }
    }
}
