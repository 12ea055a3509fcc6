import Glibc
import MunimKit

/// Loads plugins from a shared library: what it was compiled against is compared before any Swift value crosses, and nothing is ever unloaded.
enum DynamicPlugin {
    /// Loads what a configuration names; paths that do not begin with `/` start at the folder of `file`.
    static func loading(beside file: String) -> PluginLoading {
        { request, registry throws(PluginFault) in
            let path = FilePath.beside(file, request.path)
            // The loader of the system searches folders of its own for a name without a slash.
            try load(path.contains("/") ? path : "./" + path, into: &registry)
        }
    }

    /// Adds all plugins of the library at `path`, or none; throws the sentence that says why not.
    static func load(_ path: String, into registry: inout PluginRegistry) throws(PluginFault) {
        try LibraryFile.check(path)
        // Local, so that two libraries may have the same symbols; at once, so that a missing symbol is a sentence and no crash later.
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw PluginFault("\(path) cannot be loaded as a shared library: \(reason(besides: path))")
        }
        let symbols = LibrarySymbols(library: library, path: path)
        try symbols.compareWithHost()
        guard let register = symbols.entry else { throw symbols.isNoPlugin }
        let registrar = PluginRegistrar()
        registrar.collect(register)
        guard !registrar.types.isEmpty else { throw PluginFault("\(path) registers no plugin") }
        var extended = registry
        for type in registrar.types { try extended.add(type, origin: .loaded(path)) }
        registry = extended
    }

    /// What the loader says, without the path that stands in front of it already.
    private static func reason(besides path: String) -> String {
        guard let text = dlerror().map({ String(cString: $0) }) else { return "no reason is known" }
        let reason = text.hasPrefix(path + ": ") ? String(text.dropFirst(path.count + 2)) : text
        // A library for another interface may already miss what it calls.
        return reason + (text.contains("undefined symbol") ? ": build it again from clean, with this host's source" : "")
    }
}
