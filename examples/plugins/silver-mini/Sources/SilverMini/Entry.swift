import MunimKit

/// The number of the plugin interface that this library was built for; the host asks before anything else.
@c(munim_plugin_abi) public func pluginABI() -> Int32 { munimABI }

/// The digest of the framework's declarations that this library was built with.
@c(munim_plugin_interface) public func pluginInterface() -> UInt64 { munimInterface() }

/// Whether that framework was a debug build.
@c(munim_plugin_is_debug) public func pluginIsDebug() -> Bool { munimIsDebug }

/// Hands the library's plugins to the host.
@c(munim_plugin_register) public func register(_ registrar: UnsafeMutableRawPointer) { registerPlugins([SilverMini.self], in: registrar) }
