public import MunimKit

/// The coordination plugins that are part of the host.
public enum BuiltInCoordination {
    /// All of them.
    public static var all: [any CoordinationPlugin.Type] { [LocalCoordination.self] }
}
