/// The number of the binary interface between host and plugins; raised with every change that breaks compiled plugins.
@export(implementation) public var munimABI: Int32 { 3 }

/// The number of the framework that is loaded in this process, for comparison with the one that a plugin was compiled against.
@export(interface) public func loadedMunimABI() -> Int32 { munimABI }

/// A kind of plugin: one protocol, one section of the configuration, one conformance suite.
public enum PluginKind: String, Codable, CaseIterable, Sendable {
    case instruments, sizing, rollover, brokers, storage, coordination, alerts
}

/// What a plugin says of itself.
public struct PluginManifest: Codable, Sendable {
    /// Which kind it is.
    public var kind: PluginKind
    /// The name after `use:`, lower case with hyphens.
    public var name: String
    /// Its version.
    public var version: String
    /// One sentence for listings.
    public var summary: String

    /// Creates a manifest.
    public init(kind: PluginKind, name: String, version: String, summary: String) {
        self.kind = kind
        self.name = name
        self.version = version
        self.summary = summary
    }
}

/// A part of the system that configuration chooses by name.
///
/// Order of calls: `init`, `start`, any number of calls of the kind's own protocol, `stop`. Nothing is opened before `start`; `stop` is safe without
/// `start` and safe twice.
public protocol Plugin: Sendable {
    /// The plugin's configuration, read and checked before anything is created.
    associatedtype Options: PluginOptions & Sendable
    /// Kind, name, version and summary.
    static var manifest: PluginManifest { get }
    /// Creates the plugin without any input or output; throws a sentence when options contradict each other.
    init(options: Options, context: PluginContext) throws
    /// Opens what the plugin needs; throws a sentence when it cannot work.
    func start() async throws
    /// Closes what `start` opened.
    func stop() async
}

extension Plugin {
    public func start() async throws {}
    public func stop() async {}
}

/// All that a plugin may touch of the world.
public struct PluginContext: Sendable {
    /// The name of the configuration entry, such as the instrument's name.
    public var name: String
    /// Time.
    public var clock: any Clock
    /// Randomness.
    public var random: any RandomSource
    /// Lines of log.
    public var log: any Log
    /// Counts and durations.
    public var metrics: any Metrics
    /// The folder for files of this host; it exists before `start`.
    public var directory: String
    /// Opens a store of records that belongs to the plugin alone, by name; only brokers that keep a book of their own need one.
    public var openRecords: @Sendable (_ name: String, _ tables: [Table]) async throws -> any RecordStore

    /// Creates a context.
    public init(
        name: String, clock: any Clock, random: any RandomSource = SystemRandomSource(), log: any Log = SilentLog(),
        metrics: any Metrics = NoMetrics(), directory: String = ".",
        openRecords: @escaping @Sendable (_ name: String, _ tables: [Table]) async throws -> any RecordStore = { name, _ in
            throw PluginFault("no store of records is offered here for \(name)")
        }
    ) {
        self.name = name
        self.clock = clock
        self.random = random
        self.log = log
        self.metrics = metrics
        self.directory = directory
        self.openRecords = openRecords
    }
}

/// A sentence that says why a plugin cannot be created or started.
public struct PluginFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The sentence.
    public let description: String
    /// Creates a fault from its sentence.
    public init(_ description: String) { self.description = description }
}
