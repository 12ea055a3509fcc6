import Glibc
import MunimKit

/// Loads plugins from a shared library: the number of the interface is compared before any Swift value crosses, and nothing is ever unloaded.
enum DynamicPlugin {
    /// Loads what a configuration names; paths that do not begin with `/` start at the folder of `file`.
    static func loading(beside file: String) -> PluginLoading {
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? "./"
        return { request, registry throws(PluginFault) in
            try load(request.path.hasPrefix("/") ? request.path : folder + request.path, into: &registry)
        }
    }

    /// Adds all plugins of the library at `path`, or none; throws the sentence that says why not.
    static func load(_ path: String, into registry: inout PluginRegistry) throws(PluginFault) {
        guard access(path, R_OK) == 0 else {
            throw PluginFault("plugin library \(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        // Local, so that two libraries may have the same symbols; at once, so that a missing symbol is a sentence and no crash later.
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw PluginFault("\(path) cannot be loaded as a shared library: \(reason(besides: path))")
        }
        guard let abi = dlsym(library, "munim_plugin_abi"), let register = dlsym(library, "munim_plugin_register") else {
            throw PluginFault("\(path) is no plugin of munim: expected the symbols munim_plugin_abi and munim_plugin_register")
        }
        let theirs = unsafeBitCast(abi, to: (@convention(c) () -> Int32).self)()
        guard theirs == loadedMunimABI() else {
            throw PluginFault(
                "\(path) was built for plugin interface \(theirs), this host has \(loadedMunimABI()): build it again with this host's source"
            )
        }
        let registrar = PluginRegistrar()
        registrar.collect(unsafeBitCast(register, to: (@convention(c) (UnsafeMutableRawPointer) -> Void).self))
        guard !registrar.types.isEmpty else { throw PluginFault("\(path) registers no plugin") }
        var extended = registry
        for type in registrar.types { try extended.add(type, origin: .loaded(path)) }
        registry = extended
    }

    /// What the loader says, without the path that stands in front of it already.
    private static func reason(besides path: String) -> String {
        guard let text = dlerror().map({ String(cString: $0) }) else { return "no reason is known" }
        return text.hasPrefix(path + ": ") ? String(text.dropFirst(path.count + 2)) : text
    }
}
