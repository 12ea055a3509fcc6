public import MunimKit

/// Storage that forgets everything when it is dropped: for replays and tests.
public actor MemoryStorage: StoragePlugin {
    public typealias Options = NoOptions

    public static var manifest: PluginManifest {
        PluginManifest(kind: .storage, name: "memory", version: "1.0", summary: "Keeps records in memory until the process ends.")
    }

    private let records: MemoryRecords
    private var privateStores: [String: MemoryRecords] = [:]
    private let context: PluginContext?

    public init(options: NoOptions, context: PluginContext) throws {
        self.context = context
        records = MemoryRecords(context: context)
    }

    /// Creates an empty storage without configuration, which counts nothing.
    public init() {
        context = nil
        records = MemoryRecords()
    }

    public nonisolated func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        try await records.commit(transaction)
    }
    public nonisolated func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try await records.fetch(query) }
    public nonisolated func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try await records.count(query) }

    /// None: tables appear with their first record.
    public func migrations() async throws(StorageError) -> [MigrationStatus] { [] }

    /// Does nothing for the newest schema; throws `.unsupported` for a number.
    public func migrate(to target: MigrationTarget) async throws(StorageError) {
        guard target == .newest else { throw .unsupported("memory storage has no numbered migrations") }
    }

    /// Throws `.unsupported`.
    public func backUp(to path: String) async throws(StorageError) {
        throw .unsupported("memory storage has nothing to back up; use: sqlite keeps a file")
    }

    /// The plugin's own records: the same store for the same name as long as this storage lives.
    public func privateRecords(named name: String, tables: [Table]) async throws(StorageError) -> any RecordStore {
        if let store = privateStores[name] { return store }
        let store = MemoryRecords(context: context)
        privateStores[name] = store
        return store
    }
}

/// A ``MemoryDatabase`` that several tasks share.
public actor MemoryRecords: RecordStore {
    private var database: MemoryDatabase
    private let context: PluginContext?

    /// Creates a store that starts with what `database` holds; its commits are counted where there is a context.
    public init(_ database: MemoryDatabase = MemoryDatabase(), context: PluginContext? = nil) {
        self.database = database
        self.context = context
    }

    /// Counts as storage on disk does: a conflict is an answer too, and nothing to write is no commit.
    public func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        guard !transaction.isEmpty else { return [] }
        guard let context else { return try database.commit(transaction) }
        let started = context.clock.boot()
        defer {
            context.metrics.add(1, to: .commits, label: nil)
            context.metrics.record(context.clock.boot() - started, in: .commitLatency, label: nil)
        }
        return try database.commit(transaction)
    }
    public func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try database.fetch(query) }
    public func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try database.count(query) }
}
