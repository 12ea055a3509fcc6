import MunimKit

/// A database file that another process may be writing: read without its lock, and never changed.
final class SQLiteReading: RecordStore {
    /// The file.
    let path: String
    private let session: SQLiteSession

    /// Opens an existing file; `check` says whether its schema is understood.
    init(
        _ path: String, settings: SQLiteSettings, check: @Sendable (SQLiteConnection) throws(StorageError) -> Void
    ) async throws(StorageError) {
        guard DatabaseFile.exists(path) else { throw .unavailable("\(path) does not exist; the host makes it when it starts") }
        self.path = path
        session = SQLiteSession(path: path, role: "onlooker")
        try await session.openBesideOthers(settings)
        do throws(StorageError) { try await session.check(check) } catch {
            await session.close()
            throw error
        }
    }

    func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        throw .unsupported("\(path) is open for reading only")
    }
    func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try await session.fetch(query) }
    func reduce<R: Record, Result: Sendable>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: @Sendable (inout Result, Row) throws(StorageError) -> Void
    ) async throws(StorageError) -> Result { try await session.reduce(columns, of: query, into: initial, update) }
    func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try await session.count(query) }

    /// What `body` reads.
    func read<Answer: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(StorageError) -> Answer
    ) async throws(StorageError) -> Answer {
        try await session.check(body)
    }

    /// Closes the file.
    func close() async { await session.close() }
}

extension SQLiteSettings {
    /// Opens a file for reading, changing neither it nor how it is kept.
    func openForReading(_ path: String) throws(StorageError) -> SQLiteConnection {
        do throws(SQLiteFault) {
            let connection = try SQLiteConnection(path: path, readsOnly: true)
            connection.waitForLocks(busyTimeout)
            try connection.execute("PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA query_only = ON")
            return connection
        } catch { throw error.storageError(path) }
    }
}
