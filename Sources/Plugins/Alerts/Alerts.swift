public import MunimKit

/// The alert plugins that are part of the host.
public enum BuiltInAlerts {
    /// All of them.
    public static var all: [any AlertPlugin.Type] { [LogAlerts.self] }
}
