import Alerts
import Brokers
import Coordination
import Instruments
import MunimKit
import Rollover
import Sizing
import Storage

/// The plugins that are part of the host, one list per kind.
enum Builtins {
    /// A registry with every built-in plugin.
    static func registry() throws(PluginFault) -> PluginRegistry {
        var registry = PluginRegistry()
        for type in all { try registry.add(type, origin: .builtIn) }
        return registry
    }

    private static var all: [any Plugin.Type] {
        BuiltInInstruments.all + BuiltInSizing.all + BuiltInRollover.all + BuiltInBrokers.all + BuiltInStorage.all + BuiltInCoordination.all
            + BuiltInAlerts.all
    }
}
