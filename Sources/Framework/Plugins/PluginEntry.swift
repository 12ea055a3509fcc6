/// Collects the plugins of a library while it is loaded.
///
/// The host calls the library's C symbol `munim_plugin_register` with a registrar, and the library hands it on to ``registerPlugins(_:in:)``.
public final class PluginRegistrar {
    /// The plugins in the order in which they were added.
    public private(set) var types: [any Plugin.Type] = []

    /// A registrar without plugins.
    public init() {}

    /// Calls a library's entry with this registrar, which lives at least until the call returns.
    public func collect(_ entry: (UnsafeMutableRawPointer) -> Void) {
        withExtendedLifetime(self) { entry(Unmanaged.passUnretained(self).toOpaque()) }
    }

    fileprivate func add(_ types: [any Plugin.Type]) { self.types += types }
}

/// Hands a library's plugins to the host; to be called from the library's entry and nowhere else, with the pointer that the entry was given.
///
/// The whole of a plugin library's contract with the host:
/// ```swift
/// @c(munim_plugin_abi) public func pluginABI() -> Int32 { munimABI }
/// @c(munim_plugin_interface) public func pluginInterface() -> UInt64 { munimInterface() }
/// @c(munim_plugin_is_debug) public func pluginIsDebug() -> Bool { munimIsDebug }
/// @c(munim_plugin_register) public func register(_ registrar: UnsafeMutableRawPointer) { registerPlugins([MyPlugin.self], in: registrar) }
/// ```
public func registerPlugins(_ types: [any Plugin.Type], in registrar: UnsafeMutableRawPointer) {
    Unmanaged<PluginRegistrar>.fromOpaque(registrar).takeUnretainedValue().add(types)
}
