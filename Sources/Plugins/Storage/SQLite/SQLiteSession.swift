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

    /// Closes the connection; harmless when none is open.
    func close() { connection = nil }

    /// Runs `body` with the connection, alone.
    func run<Answer: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(SQLiteFault) -> Answer
    ) throws(StorageError) -> Answer {
        let connection = try opened()
        return try translating { () throws(SQLiteFault) in try body(connection) }
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
