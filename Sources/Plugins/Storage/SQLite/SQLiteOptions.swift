public import MunimKit

/// The options of ``SQLiteStorage``.
public struct SQLiteOptions: PluginOptions {
    /// The file, relative to the host's folder.
    public var path: String
    /// How long to wait for another program that has the file open, 0 to 60 s.
    public var busyTimeout: Span
    /// Size of each connection's page cache in MiB, 1 to 4 096.
    public var cache: Int
    /// How the whole file is checked for damage at start.
    public var integrityCheck: IntegrityCheck
    /// Whether the schema is brought up at start.
    public var migrate: MigrationPolicy

    /// Creates options.
    public init(
        path: String = "munim.db", busyTimeout: Span = .seconds(5), cache: Int = 4, integrityCheck: IntegrityCheck = .quick,
        migrate: MigrationPolicy = .auto
    ) {
        self.path = path
        self.busyTimeout = busyTimeout
        self.cache = cache
        self.integrityCheck = integrityCheck
        self.migrate = migrate
    }

    public init(from reader: inout OptionReader) {
        path = reader.value("path", .text, default: "munim.db", summary: "The database file, relative to the host's folder.")
        busyTimeout = reader.value(
            "busy_timeout", .span.within(.zero ... .seconds(60)), default: .seconds(5),
            summary: "How long to wait for another program that has the file open.")
        cache = reader.value("cache", .integer.within(1...4_096), default: 4, unit: "MiB", summary: "Page cache of each connection.")
        integrityCheck = reader.value(
            "integrity_check", .choice(IntegrityCheck.self), default: .quick,
            summary: "Whether the whole file is checked beside the work, and the work stopped by damage, or thoroughly before it.")
        migrate = reader.value(
            "migrate", .choice(MigrationPolicy.self), default: .auto,
            summary: "Whether an older schema is brought up at start, or the start refused until `munim migrate up`.")
    }
}

/// Whether the schema is brought up at start.
public enum MigrationPolicy: String, CaseIterable, Sendable {
    case auto, manual
}
