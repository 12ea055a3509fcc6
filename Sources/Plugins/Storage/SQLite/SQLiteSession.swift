import MunimKit

/// One connection on an executor of its own, so that waiting for the disk holds no thread that others need.
actor SQLiteSession {
    private let executor: BlockingExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let path: String
    private var connection: SQLiteConnection?

    /// Prepares a session; `role` names its thread in a debugger.
    init(path: String, role: String) {
        self.path = path
        executor = BlockingExecutor(label: "sqlite \(role)")
    }

    /// Opens the connection with the settings that every connection has.
    func open(_ settings: SQLiteSettings, readsOnly: Bool) throws(StorageError) {
        let connection = try settings.open(path)
        if readsOnly { try translating { () throws(SQLiteFault) in try connection.execute("PRAGMA query_only = ON") } }
        self.connection = connection
    }

    /// Opens the connection for reading only, beside a process that holds the lock.
    func openBesideOthers(_ settings: SQLiteSettings) throws(StorageError) { connection = try settings.openForReading(path) }

    /// Closes the connection; harmless when none is open.
    func close() { connection = nil }

    /// Runs `body` with the connection, alone.
    func run<Answer: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(SQLiteFault) -> Answer
    ) throws(StorageError) -> Answer {
        let connection = try opened()
        return try translating { () throws(SQLiteFault) in try body(connection) }
    }

    /// Runs `body`, which reports in words of its own, with the connection, alone.
    func check<Answer: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(StorageError) -> Answer
    ) throws(StorageError) -> Answer { try body(try opened()) }

    /// How many records a query finds.
    func count<R: Record>(_ query: Query<R>) throws(StorageError) -> Int {
        let statement = SQLiteQuery.count(query)
        let rows = try run { connection throws(SQLiteFault) in try connection.rows(statement.sql, statement.values) }
        guard case .integer(let count)? = rows.first?.first else { throw .corrupt("\(path) did not count \(R.table.name)") }
        return Int(count)
    }

    /// The records that a query finds.
    func fetch<R: Record>(_ query: Query<R>) throws(StorageError) -> [R] {
        let statement = SQLiteQuery.records(query)
        let connection = try opened()
        let table = R.table
        var records: [R] = []
        let refusal = try translating { () throws(SQLiteFault) in
            try connection.forEach(statement.sql, statement.values) { values throws(StorageError) in
                records.append(try R(Row(table: table, values: values)))
            }
        }
        if let refusal { throw refusal }
        return records
    }

    private func translating<Answer>(_ body: () throws(SQLiteFault) -> Answer) throws(StorageError) -> Answer {
        do { return try body() } catch { throw error.storageError(path) }
    }

    private func opened() throws(StorageError) -> SQLiteConnection {
        guard let connection else { throw .unavailable("\(path) is not open") }
        return connection
    }
}
