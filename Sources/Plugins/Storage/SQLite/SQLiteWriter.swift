import MunimKit
import Synchronization

/// Writes transactions, all that wait in one physical commit.
///
/// A commit joins the waiting line at once and then asks for its answer. Whoever gets the connection first writes the whole line, each transaction in
/// a savepoint of its own, so that one conflict takes back only itself; those behind find their answers ready. Nothing is answered before the
/// commit has returned.
actor SQLiteWriter {
    private let executor: BlockingExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let path: String
    private let context: PluginContext
    private var connection: SQLiteConnection?
    private var tables: [ObjectIdentifier: SQLiteTableWriter] = [:]
    private var condensing = Condensing()
    private var answers: [UInt64: Result<[Bool], StorageError>] = [:]
    private nonisolated let line = Mutex(Line())
    private let logged: @Sendable (Int) -> Void
    private let watch: DatabaseWatch
    /// Transactions in one physical commit at most.
    private static let groupLimit = 1_024
    /// Pages in the log from which the writer itself moves them into the file, because the checkpointer cannot keep up.
    private static let logLimit = 16_384

    /// Transactions that wait, in the order in which they came.
    private struct Line {
        var next: UInt64 = 0
        var waiting: [(ticket: UInt64, transaction: Transaction)] = []
    }

    /// Prepares a writer; `logged` hears after each commit how many pages the write-ahead log has.
    init(path: String, context: PluginContext, watch: DatabaseWatch, logged: @escaping @Sendable (Int) -> Void) {
        self.path = path
        self.watch = watch
        self.context = context
        self.logged = logged
        executor = BlockingExecutor(label: "sqlite writer")
    }

    /// Opens the connection, examines the whole file if asked to, and lets `prepare` bring its schema into shape.
    func open(
        _ settings: SQLiteSettings, examining: Bool, prepare: @Sendable (SQLiteConnection) throws(StorageError) -> Void
    ) throws(StorageError) {
        let connection = try settings.open(path)
        try settings.check(connection, path: path)
        if examining { try settings.examine(connection, path: path) }
        try prepare(connection)
        self.connection = connection
    }

    /// Closes the connection, which moves the log into the file; harmless when none is open.
    func close() {
        tables = [:]
        connection = nil
    }

    /// Runs `body` with the connection between two commits.
    func run<Answer: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(StorageError) -> Answer
    ) throws(StorageError) -> Answer {
        guard let connection else { throw .unavailable("\(path) is not open") }
        return try body(connection)
    }

    /// Transactions that wait for the next physical commit.
    nonisolated var waitingCount: Int { line.withLock { $0.waiting.count } }

    /// Commits a transaction, together with those that wait beside it.
    nonisolated func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        guard !transaction.isEmpty else { return [] }
        let ticket = line.withLock { line in
            line.next += 1
            line.waiting.append((line.next, transaction))
            return line.next
        }
        return try await answer(to: ticket)
    }

    private func answer(to ticket: UInt64) throws(StorageError) -> [Bool] {
        while answers[ticket] == nil {
            let group = line.withLock { line in
                let group = Array(line.waiting.prefix(Self.groupLimit))
                line.waiting.removeFirst(group.count)
                return group
            }
            guard !group.isEmpty else { throw .uncertain("\(path): a waiting transaction was lost") }
            write(group)
        }
        guard let answer = answers.removeValue(forKey: ticket) else { throw .uncertain("\(path): an answer was lost") }
        return try answer.get()
    }

    private func write(_ group: [(ticket: UInt64, transaction: Transaction)]) {
        let started = context.clock.boot()
        let results: [Result<[Bool], StorageError>]
        do {
            results = try commit(group.map(\.transaction))
            context.metrics.add(1, to: .commits, label: nil)
            let span = context.clock.boot() - started
            context.metrics.record(span, in: .commitLatency, label: nil)
        } catch {
            context.metrics.add(1, to: .commitFailures, label: nil)
            context.log(.error, "a commit failed", LogField("reason", error), LogField("transactions", group.count))
            results = Array(repeating: .failure(error), count: group.count)
        }
        for (member, result) in zip(group, results) { answers[member.ticket] = result }
    }

    /// One physical commit; throws when it failed for all.
    private func commit(_ transactions: [Transaction]) throws(StorageError) -> [Result<[Bool], StorageError>] {
        guard let connection else { throw .unavailable("\(path) is not open") }
        try watch.check()
        var results: [Result<[Bool], StorageError>] = []
        do {
            try connection.run("BEGIN IMMEDIATE")
            for transaction in transactions {
                results.append(try apply(transaction, on: connection, isAlone: transactions.count == 1))
            }
            // What was alone and refused has left nothing to commit.
            guard connection.isInTransaction else { return results }
        } catch {
            rollBack(connection)
            throw error.storageError(path)
        }
        do { try connection.run("COMMIT") } catch {
            rollBack(connection)
            throw error.commitError(path)
        }
        // A file that was taken away meanwhile holds the commit, and nobody will find it there.
        do { try watch.check() } catch { throw .uncertain(error.reason) }
        tendLog(of: connection)
        return results
    }

    /// SQLite may have rolled back by itself; whatever is left of the transaction must not meet the next one.
    private func rollBack(_ connection: SQLiteConnection) {
        guard connection.isInTransaction else { return }
        _ = try? connection.run("ROLLBACK")
    }

    private func tendLog(of connection: SQLiteConnection) {
        let pages = connection.loggedPages
        // A failed checkpoint loses nothing: the log keeps the pages, and the next one tries again.
        if pages >= Self.logLimit { watch.moving { _ = try? connection.rows("PRAGMA wal_checkpoint(RESTART)") } }
        logged(pages)
    }

    /// Applies a transaction or nothing of it; one that is not alone in its commit keeps what others have written.
    private func apply(
        _ transaction: Transaction, on connection: SQLiteConnection, isAlone: Bool
    ) throws(SQLiteFault) -> Result<[Bool], StorageError> {
        if !isAlone { try connection.run("SAVEPOINT member") }
        var answers = Array(repeating: true, count: transaction.writes.count)
        for write in condensing.writes(of: transaction) {
            let refusal: StorageError
            switch try table(of: write.write.record, on: connection).apply(write) {
            case .done(let changed):
                answers[write.place] = changed
                continue
            case .conflict(let reason): refusal = .conflict(write: write.place, reason: reason)
            case .broken(let error): refusal = error
            }
            try connection.run(isAlone ? "ROLLBACK" : "ROLLBACK TO member")
            if !isAlone { try connection.run("RELEASE member") }
            return .failure(refusal)
        }
        if !isAlone { try connection.run("RELEASE member") }
        return .success(answers)
    }

    private func table(of record: any Record, on connection: SQLiteConnection) -> SQLiteTableWriter {
        let type = type(of: record)
        if let found = tables[ObjectIdentifier(type)] { return found }
        let made = SQLiteTableWriter(type.table, connection)
        tables[ObjectIdentifier(type)] = made
        return made
    }
}
