/// Where a plugin's code comes from.
public enum PluginOrigin: Hashable, Codable, Sendable, CustomStringConvertible {
    /// Part of the host.
    case builtIn
    /// Loaded from this file.
    case loaded(String)
    /// Where it is from, in words for people.
    public var description: String {
        switch self {
        case .builtIn: "built in"
        case .loaded(let path): path
        }
    }
}

/// All plugins that configuration can name, by kind and name. Filled while the host starts, then only read.
public struct PluginRegistry: Sendable {
    /// One plugin that can be named.
    public struct Entry: Sendable {
        /// What it says of itself.
        public let manifest: PluginManifest
        /// Where it comes from.
        public let origin: PluginOrigin
        /// Its type.
        public let type: any Plugin.Type
    }

    /// All plugins, sorted by kind and name, so that listings are stable.
    public private(set) var entries: [Entry] = []

    /// An empty registry.
    public init() {}

    /// Adds a plugin; throws a sentence when its name is taken or it does not conform to the protocol of its kind.
    public mutating func add(_ type: any Plugin.Type, origin: PluginOrigin) throws(PluginFault) {
        let manifest = type.manifest
        guard Self.conforms(type, to: manifest.kind) else {
            throw PluginFault("plugin \(manifest.name) (\(origin)) says it is of kind \(manifest.kind.rawValue) but does not conform to it")
        }
        if let other = entry(manifest.kind, manifest.name) {
            throw PluginFault(
                "plugin \(manifest.name) (\(origin)) has the name of another \(manifest.kind.rawValue) plugin (\(other.origin))")
        }
        let index = entries.firstIndex { Self.sortsAfter($0.manifest, manifest) } ?? entries.endIndex
        entries.insert(Entry(manifest: manifest, origin: origin, type: type), at: index)
    }

    /// The plugin of this kind and name, or nil.
    public func entry(_ kind: PluginKind, _ name: String) -> Entry? {
        entries.first { $0.manifest.kind == kind && $0.manifest.name == name }
    }

    /// The names of all plugins of a kind, sorted.
    public func names(of kind: PluginKind) -> [String] { entries.filter { $0.manifest.kind == kind }.map(\.manifest.name) }

    private static func sortsAfter(_ left: PluginManifest, _ right: PluginManifest) -> Bool {
        let order = PluginKind.allCases
        let (leftRank, rightRank) = (order.firstIndex(of: left.kind) ?? 0, order.firstIndex(of: right.kind) ?? 0)
        return leftRank == rightRank ? left.name > right.name : leftRank > rightRank
    }

    private static func conforms(_ type: any Plugin.Type, to kind: PluginKind) -> Bool {
        switch kind {
        case .instruments: type is any InstrumentPlugin.Type
        case .sizing: type is any SizingPlugin.Type
        case .rollover: type is any RolloverPlugin.Type
        case .brokers: type is any BrokerPlugin.Type
        case .storage: type is any StoragePlugin.Type
        case .coordination: type is any CoordinationPlugin.Type
        case .alerts: type is any AlertPlugin.Type
        }
    }
}

/// A plugin whose options are read and checked, ready to be created.
public struct PreparedPlugin: Sendable {
    /// What it says of itself.
    public let manifest: PluginManifest
    /// Every option of the plugin as it holds, given or defaulted.
    public let options: [EffectiveOption]
    /// Every option that the plugin knows, in the order in which it is read.
    public let optionDescriptions: [OptionDescription]
    private let create: @Sendable (PluginContext) throws -> any Plugin

    /// Creates the plugin; throws its sentence.
    public func make(in context: PluginContext) throws -> any Plugin { try create(context) }

    fileprivate init(
        manifest: PluginManifest, options: [EffectiveOption], optionDescriptions: [OptionDescription],
        create: @escaping @Sendable (PluginContext) throws -> any Plugin
    ) {
        self.manifest = manifest
        self.options = options
        self.optionDescriptions = optionDescriptions
        self.create = create
    }
}

extension Plugin {
    /// Reads this plugin's options; faults are collected by the reader.
    public static func prepare(from reader: inout OptionReader) -> PreparedPlugin {
        // What was read before, such as `use`, is not the plugin's own.
        let before = Set(reader.effective.map(\.key))
        let options = Options(from: &reader)
        let own = reader.effective.filter { !before.contains($0.key) }
        return PreparedPlugin(manifest: manifest, options: own, optionDescriptions: Options.descriptions()) { context in
            try Self(options: options, context: context)
        }
    }
}
