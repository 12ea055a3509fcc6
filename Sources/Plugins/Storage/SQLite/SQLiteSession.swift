import MunimKit
import Synchronization

/// One connection on an executor of its own, so that waiting for the disk holds no thread that others need.
actor SQLiteSession {
    private let executor: BlockingExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let path: String
    private var connection: SQLiteConnection?
    /// What ends a running statement early; nil while no connection is open.
    private nonisolated let interruption = Mutex<SQLiteInterruption?>(nil)

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
        interruption.withLock { $0 = connection.interruption }
    }

    /// Opens the connection for reading only, beside a process that holds the lock.
    func openBesideOthers(_ settings: SQLiteSettings) throws(StorageError) { connection = try settings.openForReading(path) }

    /// Closes the connection; harmless when none is open.
    func close() {
        interruption.withLock { $0 = nil }
        connection = nil
    }

    /// Makes a statement that is running fail soon.
    nonisolated func interrupt() { interruption.withLock { $0?.interrupt() } }

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
        var records: [R] = []
        try forEach(SQLiteQuery.records(query), of: R.table) { row throws(StorageError) in records.append(try R(row)) }
        return records
    }

    /// Some columns of the records that a query finds, folded into one value.
    func reduce<R: Record, Result: Sendable>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: @Sendable (inout Result, Row) throws(StorageError) -> Void
    ) throws(StorageError) -> Result {
        var result = initial
        try forEach(SQLiteQuery.records(query, columns: columns), of: R.table.only(columns)) { row throws(StorageError) in
            try update(&result, row)
        }
        return result
    }

    private func forEach(_ query: SQLiteQuery, of table: Table, _ body: (Row) throws(StorageError) -> Void) throws(StorageError) {
        let connection = try opened()
        let refusal = try translating { () throws(SQLiteFault) in
            try connection.forEach(query.sql, query.values) { values throws(StorageError) in
                try body(Row(table: table, values: values))
            }
        }
        if let refusal { throw refusal }
    }

    private func translating<Answer>(_ body: () throws(SQLiteFault) -> Answer) throws(StorageError) -> Answer {
        do { return try body() } catch { throw error.storageError(path) }
    }

    private func opened() throws(StorageError) -> SQLiteConnection {
        guard let connection else { throw .unavailable("\(path) is not open") }
        return connection
    }
}
