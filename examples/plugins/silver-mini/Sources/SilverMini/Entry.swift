import MunimKit

/// The number of the plugin interface that this library was built for; the host asks before anything else.
@c(munim_plugin_abi) public func pluginABI() -> Int32 { munimABI }

/// Hands the library's plugins to the host.
@c(munim_plugin_register) public func register(_ registrar: UnsafeMutableRawPointer) { registerPlugins([SilverMini.self], in: registrar) }
