import MunimKit

/// All that a configuration file says, checked; nothing in it is created or opened.
struct HostConfiguration: Sendable {
    /// Name, mode and folder of this host.
    let instance: InstanceConfiguration
    /// Where and how requests are taken.
    let http: HTTPConfiguration
    /// The store of records.
    let storage: ChosenPlugin
    /// Leases between instances.
    let coordination: ChosenPlugin
    /// The broker.
    let broker: ChosenPlugin
    /// What is traded, in the order of the file; never empty, names are unique.
    let instruments: [InstrumentConfiguration]
    /// Every number that the core decides with and that is not a plugin's.
    let policy: Policy
    /// Who is told.
    let alerts: [ChosenPlugin]
    /// Files of dynamic plugins, loaded before the rest was read.
    let load: [LoadRequest]
    /// Every option of the file as it holds, given or defaulted.
    let effective: [EffectiveOption]

    /// Reads the sections of a file; nil when there are faults, of the options or of what they refer to.
    ///
    /// - Parameter isComplete: whether every plugin that the file loads is in the registry; if not, an unknown one is not a fault of its own.
    static func read(
        _ node: ConfigNode, file: String, registry: PluginRegistry, isComplete: Bool = true
    ) -> (value: HostConfiguration?, findings: OptionFindings) {
        let known = KnownPlugins(registry: registry, isComplete: isComplete)
        let (value, findings) = OptionReader.examine(node, file: file) { HostConfiguration(from: &$0, file: file, plugins: known) }
        return (findings.faults.isEmpty ? value : nil, findings)
    }

    /// Every option of the host itself; plugins describe their own.
    static func descriptions() -> [OptionDescription] {
        OptionReader.describe { _ = HostConfiguration(from: &$0, file: "", plugins: KnownPlugins(registry: PluginRegistry())) }
    }

    /// The configuration, or nil when a plugin is missing, which is reported then.
    private init?(from reader: inout OptionReader, file: String, plugins: KnownPlugins) {
        instance = reader.section("instance", summary: "This host.") { InstanceConfiguration(from: &$0, beside: file) }
        http = reader.section("http", summary: "Where and how requests are taken.") { HTTPConfiguration(from: &$0) }
        let storage = reader.plugin("storage", .storage, default: "sqlite", plugins, summary: "The store of records.")
        let coordination = reader.plugin(
            "coordination", .coordination, default: "local", plugins,
            summary: "Leases between instances. Not asked yet: a second host is held off by the lock of the records.")
        let broker = reader.plugin("broker", .brokers, default: "paper", plugins, summary: "Where orders go.")
        let mode = reader.isFaulty("instance.mode") ? nil : instance.mode
        let instruments = reader.entries("instruments", summary: "What is traded, by the name that signals carry.") { name, entry in
            InstrumentConfiguration(named: name, from: &entry, plugins: plugins, instanceMode: mode)
        }
        if instruments.isEmpty { reader.fail("instruments", "expected at least one instrument") }
        let policyMode = instance.mode
        policy = reader.section("risk", summary: "What the core decides with.") { Policy(from: &$0, mode: policyMode) }
        let alerts = Self.alerts(from: &reader, plugins: plugins)
        load = LoadRequest.list(from: &reader)
        effective = reader.effective
        guard let storage, let coordination, let broker else { return nil }
        self.storage = storage
        self.coordination = coordination
        self.broker = broker
        self.instruments = instruments.compactMap(\.value)
        self.alerts = alerts.compactMap(\.self)
    }

    private static func alerts(from reader: inout OptionReader, plugins: KnownPlugins) -> [ChosenPlugin?] {
        let isGiven = reader.isGiven("alerts") && !reader.isDescribing
        let rows = reader.rows("alerts", summary: "Who is told; the log when the list is left out.") { row in
            ChosenPlugin(.alerts, default: nil, from: &row, plugins: plugins)
        }
        guard !isGiven, let log = plugins.registry.entry(.alerts, "log") else { return rows }
        let (plugin, _) = OptionReader.read([:], file: "") { ChosenPlugin(entry: log, from: &$0) }
        return [plugin]
    }
}

/// A file of a dynamic plugin that the configuration names.
struct LoadRequest: Hashable, Sendable {
    /// The file.
    let path: String
    /// Where it is named.
    let mark: Mark
    /// The option path, such as `load[1]`.
    let option: String

    /// The files that `load` names, read by themselves because plugins are loaded before their options can be checked.
    static func list(in node: ConfigNode, file: String) -> [LoadRequest] {
        OptionReader.read(node, file: file) { reader in
            reader.acceptUnknownKeys()
            return list(from: &reader)
        }.value
    }

    fileprivate static func list(from reader: inout OptionReader) -> [LoadRequest] {
        let paths = reader.list("load", of: .text, default: [], count: 0...64, summary: "Files of dynamic plugins to load.")
        let marks = reader.marks(of: "load")
        return zip(paths, marks).enumerated().map { LoadRequest(path: $1.0, mark: $1.1, option: "load[\($0 + 1)]") }
    }
}
