public import MunimKit

/// The broker plugins that are part of the host.
public enum BuiltInBrokers {
    /// All of them.
    public static var all: [any BrokerPlugin.Type] { [PaperBroker.self] }
}
