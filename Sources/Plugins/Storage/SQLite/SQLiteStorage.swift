public import MunimKit
import Synchronization

/// Storage in one SQLite file with a write-ahead log: durable when a commit returns, on one machine, without a server.
///
/// Every commit waits for the disk (`synchronous=FULL`, not an option). One connection writes, another reads, so that a long read never stops a
/// commit. A lock beside the file keeps other processes out.
public actor SQLiteStorage: StoragePlugin, ReadableBesideHost, NoticesLoss {
    public static var manifest: PluginManifest {
        PluginManifest(kind: .storage, name: "sqlite", version: "1.0", summary: "Keeps records in one SQLite file, durable at each commit.")
    }

    private let options: SQLiteOptions
    private let context: PluginContext
    private let path: String
    private let migrator: SQLiteMigrator
    private nonisolated let started = Mutex<SQLiteRecords?>(nil)
    /// The file while it is only looked at.
    private nonisolated let onlooker = Mutex<SQLiteReading?>(nil)
    /// Private stores, open or being opened; owned here and closed by ``stop()``.
    private var privateStores: [String: Task<Result<SQLiteRecords, StorageError>, Never>] = [:]

    public init(options: SQLiteOptions, context: PluginContext) throws {
        self.init(options: options, context: context, migrations: SQLiteMigrations.all)
    }

    /// Creates a storage with other migrations than the built-in ones.
    init(options: SQLiteOptions, context: PluginContext, migrations: [SQLiteMigration]) {
        self.options = options
        self.context = context
        path = options.path.hasPrefix("/") ? options.path : context.directory + "/" + options.path
        migrator = SQLiteMigrator(
            migrations: migrations, path: path, author: "\(Self.manifest.name) \(Self.manifest.version), process \(FileLock.process)",
            clock: context.clock)
    }

    public func start() async throws {
        guard started.withLock({ $0 == nil }) else { return }
        let records = try await open(examiningFirst: options.integrityCheck == .full) {
            [migrator, options] connection throws(StorageError) in
            if options.migrate == .auto { try migrator.migrate(connection, to: .newest) }
            try migrator.check(connection, isComplete: true)
        }
        started.withLock { $0 = records }
    }

    public func startReading() async throws(StorageError) {
        guard onlooker.withLock({ $0 == nil }) else { return }
        do throws(StorageError) {
            let reading = try await SQLiteReading(path, settings: settings) { [migrator] connection throws(StorageError) in
                try migrator.check(connection, isComplete: true)
            }
            onlooker.withLock { $0 = reading }
        } catch { throw Rescue.undecided(path).map { .corrupt($0) } ?? error }
    }

    public func faults() async throws(StorageError) -> [String] {
        guard let reading = onlooker.withLock({ $0 }) else { throw .unavailable("\(path) is not open for reading") }
        let rows = try await reading.read { [path] connection throws(StorageError) in
            do throws(SQLiteFault) { return try connection.rows("PRAGMA integrity_check(20)") } catch { throw error.storageError(path) }
        }
        let found = rows.compactMap { $0.first.map(ConflictText.text) }
        return Rescue.undecided(path).map { [$0] } ?? (found == ["ok"] ? [] : found)
    }

    public func stop() async {
        await onlooker.withLock { $0.take() }?.close()
        let records = started.withLock { records in
            defer { records = nil }
            return records
        }
        await records?.close()
        let stores = privateStores
        privateStores = [:]
        for store in stores.values { try? await store.value.get().close() }
    }

    public nonisolated func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        try await openRecords().commit(transaction)
    }
    public nonisolated func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try await openRecords().fetch(query) }
    public nonisolated func reduce<R: Record, Result: Sendable>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: @Sendable (inout Result, Row) throws(StorageError) -> Void
    ) async throws(StorageError) -> Result { try await openRecords().reduce(columns, of: query, into: initial, update) }
    public nonisolated func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try await openRecords().count(query) }

    public func loss() async -> String? {
        while (try? await context.clock.sleep(until: context.clock.now() + Self.watchInterval)) != nil {
            var open = [started.withLock { $0 }].compactMap(\.self)
            for store in privateStores.values { if let records = try? await store.value.get() { open.append(records) } }
            for records in open { try? records.watch.check() }
            let sentences = await Self.rescued(open)
            if !sentences.isEmpty { return sentences.joined(separator: "; ") }
        }
        return nil
    }

    /// Where the schema stands; works without `start`, so that a schema that refuses to start can be looked at.
    public func migrations() async throws(StorageError) -> [MigrationStatus] {
        if let status = await statusBesideOthers() { return status }
        return try await withWriter { [migrator] connection throws(StorageError) in
            try migrator.claim(connection)
            return try migrator.status(connection)
        }
    }

    /// Where the schema stands, read without the lock, so that it can be asked for beside a host; nil for a file that is not ours.
    private func statusBesideOthers() async -> [MigrationStatus]? {
        guard started.withLock({ $0 == nil }) else { return nil }
        guard DatabaseFile.exists(path) else { return migrator.statusOfNothing }
        guard let reading = try? await SQLiteReading(path, settings: settings, check: migrator.claim) else { return nil }
        let status = try? await reading.read(migrator.status)
        await reading.close()
        return status
    }

    /// Migrates up or down; works without `start`.
    public func migrate(to target: MigrationTarget) async throws(StorageError) {
        try await withWriter { [migrator] connection throws(StorageError) in try migrator.migrate(connection, to: target) }
    }

    /// Copies the running database to a new file; throws `.unavailable` when the file exists.
    public func backUp(to target: String) async throws(StorageError) {
        guard onlooker.withLock({ $0 }) == nil else { return try await SQLiteBackup(path: path, settings: settings).copy(to: target) }
        try await records().backUp(to: target)
    }

    /// A file of its own beside the database, `<name>.db`; the same store for the same name. Names consist of letters, digits, `-` and `_`.
    public func privateRecords(named name: String, tables: [Table]) async throws(StorageError) -> any RecordStore {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isPlain) else {
            throw .unsupported("\(name) cannot name a store; use letters, digits, - and _")
        }
        let file = folder + name + ".db"
        guard file != path else { throw .unsupported("\(name) is the name of the host's own database") }
        guard onlooker.withLock({ $0 }) == nil else { return try await SQLiteReading(file, settings: settings) { _ in } }
        let opening =
            privateStores[name]
            ?? Task { [settings, context] in
                do throws(StorageError) {
                    return .success(
                        try await SQLiteRecords.open(
                            file, settings: settings, context: context, examiningFirst: settings.integrityCheck == .full
                        ) { _ in })
                } catch { return .failure(error) }
            }
        privateStores[name] = opening
        switch await opening.value {
        case .failure(let error):
            privateStores[name] = nil
            throw error
        case .success(let records):
            try await records.writer.run { connection throws(StorageError) in
                do throws(SQLiteFault) { try connection.execute(tables.map(SQLiteSchema.create).joined()) } catch {
                    throw error.storageError(file)
                }
            }
            return records
        }
    }
}

extension SQLiteStorage {
    nonisolated func records() throws(StorageError) -> SQLiteRecords {
        guard let records = started.withLock({ $0 }) else { throw .unavailable("\(path) is not open") }
        return records
    }

    /// The records, whether they are kept or only looked at.
    private nonisolated func openRecords() throws(StorageError) -> any RecordStore {
        if let reading = onlooker.withLock({ $0 }) { return reading }
        return try records()
    }

    /// How often the files are looked at besides each commit.
    private static let watchInterval = Span.milliseconds(200)

    /// What became of the stores whose files were taken away.
    private static func rescued(_ open: [SQLiteRecords]) async -> [String] {
        var sentences: [String] = []
        for records in open { if let loss = records.watch.loss { sentences.append(await records.rescue(after: loss)) } }
        return sentences
    }

    private var settings: SQLiteSettings {
        SQLiteSettings(busyTimeout: options.busyTimeout, cacheMebibytes: options.cache, integrityCheck: options.integrityCheck)
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "" }
        return String(path[...slash])
    }

    private func open(
        examiningFirst: Bool, _ prepare: @Sendable (SQLiteConnection) throws(StorageError) -> Void
    ) async throws(StorageError) -> SQLiteRecords {
        try await SQLiteRecords.open(path, settings: settings, context: context, examiningFirst: examiningFirst, prepare: prepare)
    }

    /// Runs `body` on the running database, or on one that is opened for it alone.
    private func withWriter<Answer: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(StorageError) -> Answer
    ) async throws(StorageError) -> Answer {
        if let records = started.withLock({ $0 }) { return try await records.writer.run(body) }
        let records = try await open(examiningFirst: true) { _ in }
        let answer: Result<Answer, StorageError>
        do throws(StorageError) { answer = .success(try await records.writer.run(body)) } catch { answer = .failure(error) }
        await records.close()
        return try answer.get()
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 45, 95: true
        default: false
        }
    }
}
