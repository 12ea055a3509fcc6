import MunimKit

/// `munim plugins` and `munim plugins describe`.
enum PluginsCommand {
    private static let kinds = PluginKind.allCases.map(\.rawValue)

    static let command = Command(
        words: ["plugins"], summary: "Lists the plugins that a configuration can name.",
        arguments: [CommandArgument(name: "KIND", summary: "Only this kind.", isOptional: true, choices: kinds)],
        options: [.json, CommandOption(name: "config", value: "FILE", summary: "Also list what this configuration loads.")],
        examples: ["munim plugins", "munim plugins sizing", "munim plugins --config plugins.yaml --json"], run: list)

    static let describe = Command(
        words: ["plugins", "describe"], summary: "Shows every option of a plugin with its type, default, unit and range.",
        arguments: [CommandArgument(name: "NAME", summary: "The plugin; KIND/NAME where two kinds share a name.")],
        options: [.json, CommandOption(name: "config", value: "FILE", summary: "Also know what this configuration loads.")],
        examples: ["munim plugins describe three-constraint", "munim plugins describe sizing/three-constraint --json"], run: describe)

    /// A plugin as a listing shows it.
    struct Listing: Encodable {
        let kind: String
        let name: String
        let version: String
        let summary: String
        let origin: String
        var options: [OptionDescription]?

        init(_ entry: PluginRegistry.Entry) {
            kind = entry.manifest.kind.rawValue
            name = entry.manifest.name
            version = entry.manifest.version
            summary = entry.manifest.summary
            origin = entry.origin.description
        }
    }

    @Sendable private static func list(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let entries = try registry(input).entries.filter {
            input.arguments["KIND"] == nil || input.arguments["KIND"] == $0.manifest.kind.rawValue
        }
        guard !input.isJSON else {
            try input.show(json: entries.map(Listing.init))
            return 0
        }
        var table = TextTable(("KIND", .left), ("NAME", .left), ("VERSION", .left), ("ORIGIN", .left), ("SUMMARY", .left))
        table.rows = entries.map(Listing.init).map { [$0.kind, $0.name, $0.version, $0.origin, $0.summary] }
        input.show(table.lines)
        return 0
    }

    @Sendable private static func describe(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let entry = try entry(input.arguments["NAME"] ?? "", in: try registry(input))
        let options = entry.type.optionDescriptions
        guard !input.isJSON else {
            var listing = Listing(entry)
            listing.options = options
            try input.show(json: listing)
            return 0
        }
        let manifest = entry.manifest
        input.show(["\(manifest.name) \(manifest.version), \(manifest.kind.rawValue), \(entry.origin)", manifest.summary, ""])
        guard !options.isEmpty else {
            input.show(["It has no options."])
            return 0
        }
        var table = TextTable(("OPTION", .left), ("TYPE", .left), ("DEFAULT", .left), ("UNIT", .left), ("RANGE", .left), ("MEANING", .left))
        table.rows = options.map { [$0.path, type(of: $0), standard(of: $0), $0.unit ?? "", $0.range ?? "", $0.summary] }
        input.show(table.lines)
        return 0
    }

    private static func type(of option: OptionDescription) -> String {
        option.words.isEmpty ? option.type : option.words.joined(separator: " | ")
    }

    private static func standard(of option: OptionDescription) -> String {
        if option.isRequired { return "required" }
        return option.defaultText ?? "none"
    }

    private static func registry(_ input: CommandInput) throws(CommandFailure) -> PluginRegistry {
        let builtIns = try input.builtIns()
        guard let file = input.values["config"] else { return builtIns }
        let reading = ConfigurationReading(
            file: file, registry: builtIns, environment: input.world.environment, loading: DynamicPlugin.loading(beside: file))
        for fault in reading.faults { input.world.errors(fault.description) }
        guard reading.faults.isEmpty else { throw .usage("") }
        return reading.registry
    }

    private static func entry(_ name: String, in registry: PluginRegistry) throws(CommandFailure) -> PluginRegistry.Entry {
        let found = registry.entries.filter { $0.manifest.name == name || "\($0.manifest.kind.rawValue)/\($0.manifest.name)" == name }
        guard let first = found.first else {
            throw .usage(Vocabulary(registry.entries.map(\.manifest.name).uniqued()).unknown("plugin", name))
        }
        guard found.count == 1 else {
            let names = found.map { "\($0.manifest.kind.rawValue)/\($0.manifest.name)" }
            throw .usage("several plugins are called \(name): name one of \(names.joined(separator: ", "))")
        }
        return first
    }
}

extension Plugin {
    /// Every option of the plugin.
    static var optionDescriptions: [OptionDescription] { Options.descriptions() }
}
