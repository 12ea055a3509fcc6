/// Keeps records and commits transactions.
public protocol RecordStore: Sendable {
    /// Applies all writes of a transaction, durably, or none.
    ///
    /// Answers, for each write in order, whether it changed something; only an insert-if-absent may answer false. Waiting transactions may share one
    /// physical commit, each still all or nothing. A commit whose outcome is unknown throws `.uncertain`; asking again is harmless because every
    /// transaction carries keys and versions.
    func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool]
    /// The records that match, in the query's order.
    func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R]
    /// Folds some columns of the records that match into one value, in the query's order; for questions that pass over very many records.
    func reduce<R: Record, Result: Sendable>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: @Sendable (inout Result, Row) throws(StorageError) -> Void
    ) async throws(StorageError) -> Result
    /// How many records match, regardless of the query's limit.
    func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int
}

extension RecordStore {
    /// Reads whole records; a backend that can read less, or one after the other, does so.
    public func reduce<R: Record, Result: Sendable>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: @Sendable (inout Result, Row) throws(StorageError) -> Void
    ) async throws(StorageError) -> Result {
        let table = R.table.only(columns)
        let positions = columns.map { R.table.index(of: $0) }
        var result = initial
        for record in try await fetch(query) { try update(&result, Row(table: table, values: record.values(at: positions))) }
        return result
    }

    /// The records whose column holds one of so many values that one question should not carry them all.
    public func fetch<R: Record>(where column: String, isIn values: [some ColumnValue]) async throws(StorageError) -> [R] {
        var records: [R] = []
        for start in stride(from: 0, to: values.count, by: 500) {
            records += try await fetch(Query<R>(.isIn(column, Array(values[start..<min(start + 500, values.count)]))))
        }
        return records
    }
}

/// A storage backend of the host.
public protocol StoragePlugin: Plugin, RecordStore {
    /// Where the schema stands and what could be done with it.
    func migrations() async throws(StorageError) -> [MigrationStatus]
    /// Brings the schema up, or down to a number, one migration after the other.
    func migrate(to target: MigrationTarget) async throws(StorageError)
    /// Writes a consistent copy while the host runs; throws `.unsupported` where the backend has its own tools.
    func backUp(to path: String) async throws(StorageError)
    /// Opens a store of its own for a plugin, with these tables.
    func privateRecords(named name: String, tables: [Table]) async throws(StorageError) -> any RecordStore
}

/// A storage that notices when somebody takes its records away while it works with them.
public protocol NoticesLoss: StoragePlugin {
    /// Comes back when the records are no longer where a restart would look for them: what happened, and where what was acknowledged is kept. Nothing
    /// is committed from then on. nil when the task was cancelled first.
    func loss() async -> String?
}

/// How far to migrate.
public enum MigrationTarget: Hashable, Sendable {
    /// To the newest that this binary knows.
    case newest
    /// Up or down to this number; 0 is an empty database.
    case number(Int)
}

/// One migration and whether it is applied.
public struct MigrationStatus: Hashable, Codable, Sendable {
    /// Its number, counted from 1.
    public var number: Int
    /// Its name.
    public var name: String
    /// Checksum of its text in this binary; empty when the binary does not know it.
    public var checksum: String
    /// When it was applied; nil when it was not.
    public var appliedAt: Instant?
    /// Checksum of the text that was applied; differs from `checksum` when the migration was edited afterwards.
    public var appliedChecksum: String?

    /// Creates a status.
    public init(number: Int, name: String, checksum: String, appliedAt: Instant?, appliedChecksum: String?) {
        self.number = number
        self.name = name
        self.checksum = checksum
        self.appliedAt = appliedAt
        self.appliedChecksum = appliedChecksum
    }
}

/// Why storage refused; the cases answer what the caller does next.
public enum StorageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A precondition did not hold: nothing was written; read and decide again. The index is that of the write in the transaction.
    case conflict(write: Int, reason: String)
    /// Nothing was written and nothing can be written now (full, read-only, locked, lost): try later.
    case unavailable(String)
    /// The commit may or may not have happened: ask again.
    case uncertain(String)
    /// The stored data or schema is not what this binary understands: a person must look.
    case corrupt(String)
    /// This backend does not offer the operation.
    case unsupported(String)

    /// The sentence without the kind.
    public var reason: String {
        switch self {
        case .conflict(_, let reason), .unavailable(let reason), .uncertain(let reason), .corrupt(let reason), .unsupported(let reason):
            reason
        }
    }

    public var description: String {
        switch self {
        case .conflict(let write, let reason): "write \(write) met another state: \(reason)"
        case .unavailable(let reason): "storage is unavailable: \(reason)"
        case .uncertain(let reason): "the outcome of a commit is unknown: \(reason)"
        case .corrupt(let reason): "storage holds something unexpected: \(reason)"
        case .unsupported(let reason): "not supported by this storage: \(reason)"
        }
    }
}
