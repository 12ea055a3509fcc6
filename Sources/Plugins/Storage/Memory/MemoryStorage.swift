public import MunimKit

/// Storage that forgets everything when it is dropped: for replays and tests.
public actor MemoryStorage: StoragePlugin {
    public typealias Options = NoOptions

    public static var manifest: PluginManifest {
        PluginManifest(kind: .storage, name: "memory", version: "1.0", summary: "Keeps records in memory until the process ends.")
    }

    private let records = MemoryRecords()
    private var privateStores: [String: MemoryRecords] = [:]

    public init(options: NoOptions, context: PluginContext) throws {}

    /// Creates an empty storage without configuration.
    public init() {}

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
        let store = MemoryRecords()
        privateStores[name] = store
        return store
    }
}

/// A ``MemoryDatabase`` that several tasks share.
public actor MemoryRecords: RecordStore {
    private var database: MemoryDatabase

    /// Creates a store that starts with what `database` holds.
    public init(_ database: MemoryDatabase = MemoryDatabase()) { self.database = database }

    public func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] { try database.commit(transaction) }
    public func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try database.fetch(query) }
    public func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try database.count(query) }
}
