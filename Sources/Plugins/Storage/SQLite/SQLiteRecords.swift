import MunimKit
import Synchronization

/// One database file in use by this process: a writer, a reader, and a checkpointer between them, each on a thread of its own.
final class SQLiteRecords: RecordStore {
    /// The file.
    let path: String
    /// Commits.
    let writer: SQLiteWriter
    /// Reads, never stopped by a commit and never stopping one.
    let reader: SQLiteSession
    /// Moves the log into the file.
    let checkpointer: SQLiteSession
    /// Looks for damage.
    let examiner: SQLiteExaminer
    private let settings: SQLiteSettings
    /// Looks for files that are taken away.
    let watch: DatabaseWatch
    private let context: PluginContext
    private let lock: Mutex<DatabaseLock?>
    private let requests: AsyncStream<Void>.Continuation
    /// Moves the log into the file beside the writer; ends when `requests` does, which ``close()`` waits for.
    private let checkpoints: Task<Void, Never>
    /// Pages in the log from which a checkpoint is asked for.
    private static let checkpointPages = 8_000

    /// Locks and opens the file, which is made when it is missing; `prepare` brings its schema into shape before anyone else sees it.
    ///
    /// The file is examined first, or beside the work that then begins.
    static func open(
        _ path: String, settings: SQLiteSettings, context: PluginContext, examiningFirst: Bool,
        prepare: @Sendable (SQLiteConnection) throws(StorageError) -> Void
    ) async throws(StorageError) -> SQLiteRecords {
        try Rescue.refuseUndecided(path)
        let lock = try DatabaseLock(path: path, holder: holder(context))
        let records = SQLiteRecords(path, settings: settings, context: context, lock: lock)
        do {
            try await records.writer.open(settings, examining: examiningFirst, prepare: prepare)
            try await records.reader.open(settings, readsOnly: true)
            try await records.checkpointer.open(settings, readsOnly: false)
            records.watch.begin(try await records.writer.run { connection throws(StorageError) in connection.file })
            try records.watch.check()
            if !examiningFirst { try await records.examiner.start() }
        } catch {
            await records.close()
            throw error
        }
        return records
    }

    private init(_ path: String, settings: SQLiteSettings, context: PluginContext, lock: DatabaseLock) {
        self.path = path
        self.settings = settings
        self.context = context
        let watch = DatabaseWatch(path: path, descriptor: lock.descriptor)
        self.watch = watch
        self.lock = Mutex(lock)
        let (stream, requests) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let checkpointer = SQLiteSession(path: path, role: "checkpointer")
        self.requests = requests
        self.checkpointer = checkpointer
        reader = SQLiteSession(path: path, role: "reader")
        examiner = SQLiteExaminer(path: path, settings: settings, context: context)
        writer = SQLiteWriter(path: path, context: context, watch: watch) { pages in
            if pages >= Self.checkpointPages { requests.yield() }
        }
        checkpoints = Task {
            for await _ in stream {
                // A failed checkpoint loses nothing: the log keeps the pages.
                _ = try? await checkpointer.run { connection throws(SQLiteFault) in
                    watch.moving { _ = try? connection.rows("PRAGMA wal_checkpoint(PASSIVE)") }
                }
            }
        }
    }

    func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        if let damage = examiner.damage { throw damage }
        return try await writer.commit(transaction)
    }
    func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try await reader.fetch(query) }
    func reduce<R: Record, Result: Sendable>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: @Sendable (inout Result, Row) throws(StorageError) -> Void
    ) async throws(StorageError) -> Result { try await reader.reduce(columns, of: query, into: initial, update) }
    func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try await reader.count(query) }

    /// Copies the file as it is at one moment to `target`, which must not exist.
    func backUp(to target: String) async throws(StorageError) { try await SQLiteBackup(path: path, settings: settings).copy(to: target) }

    /// Closes everything, then gives up the lock.
    func close() async {
        requests.finish()
        await checkpoints.value
        await examiner.close()
        await checkpointer.close()
        await reader.close()
        await writer.close()
        lock.withLock { $0 = nil }
    }

    /// Keeps what the open file holds, after it was taken away; answers what happened and where it is kept.
    func rescue(after loss: String) async -> String {
        for session in [reader, checkpointer] {
            try? await session.run { connection throws(SQLiteFault) in connection.keepLogOnClose() }
        }
        let (path, watch, now) = (path, watch, context.clock.now())
        let kept = try? await writer.run { connection throws(StorageError) in
            connection.keepLogOnClose()
            return Rescue.keep(connection, path: path, logs: watch.ownCompanions, at: now)
        }
        return loss + "; " + (kept ?? "nothing of it could be kept, as it was closed already")
    }

    private static func holder(_ context: PluginContext) -> String {
        let entropy = context.random.entropy()
        return "process \(FileLock.process) (incarnation \(String(entropy.high, radix: 36)), since \(context.clock.now()))"
    }
}
