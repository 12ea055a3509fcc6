import MunimKit

/// The plugins that a configuration can name.
struct KnownPlugins: Sendable {
    /// Those that are built in or were loaded.
    let registry: PluginRegistry
    /// Whether none is missing because its library could not be loaded.
    var isComplete = true
}

/// A plugin that the configuration chose with `use`, its options read and checked.
struct ChosenPlugin: Sendable {
    /// The plugin, ready to be created.
    let prepared: PreparedPlugin
    /// The option path of its section, such as `broker`.
    let path: String
    /// Where its section stands.
    let mark: Mark

    /// The name after `use`.
    var name: String { prepared.manifest.name }

    /// Reads `use` and the options beside it; nil after a fault when no plugin of that kind and name is known.
    init?(_ kind: PluginKind, default name: String?, from reader: inout OptionReader, plugins: KnownPlugins) {
        let names = plugins.registry.names(of: kind)
        let chosen = reader.value(
            "use", .pluginName(of: names), default: name, summary: "The \(kind.rawValue) plugin; its options stand beside it.")
        guard let entry = plugins.registry.entry(kind, chosen) else {
            // The library that could not be loaded is reported, and this may be what was in it.
            if plugins.isComplete { reader.fail("use", Vocabulary(names).unknown("plugin", chosen)) }
            reader.acceptUnknownKeys()
            return nil
        }
        self.init(entry: entry, from: &reader)
    }

    /// Reads the options of a known plugin.
    init(entry: PluginRegistry.Entry, from reader: inout OptionReader) {
        prepared = entry.type.prepare(from: &reader)
        path = reader.path
        mark = reader.mark
    }
}

extension OptionKind where Value == String {
    /// The name of a plugin; whether it is known is checked by the reader of the section.
    fileprivate static func pluginName(of names: [String]) -> OptionKind {
        var kind = text
        kind.noun = "the name of a plugin"
        kind.form = names.isEmpty ? nil : "known: " + names.joined(separator: ", ")
        kind.words = names
        return kind
    }
}

extension OptionReader {
    /// The plugin that a section chooses.
    mutating func plugin(
        _ key: String, _ kind: PluginKind, default name: String?, _ plugins: KnownPlugins, summary: String
    ) -> ChosenPlugin? {
        section(key, summary: summary) { ChosenPlugin(kind, default: name, from: &$0, plugins: plugins) }
    }
}
