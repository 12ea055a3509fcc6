import FoundationEssentials
import MunimKit
import MunimTesting

@testable import Storage

/// A folder of its own for one test, removed with the last reference.
final class StorageFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path() + "/munim-storage-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// A path in the folder.
    func file(_ name: String) -> String { path + "/" + name }

    /// The surroundings of a storage in this folder.
    var context: PluginContext { PluginContext(name: "storage", clock: SystemClock(), directory: path) }

    /// A storage that is not started.
    func storage(_ options: SQLiteOptions = SQLiteOptions(), migrations: [SQLiteMigration] = SQLiteMigrations.all) -> SQLiteStorage {
        SQLiteStorage(options: options, context: context, migrations: migrations)
    }

    /// A storage that is started.
    func started(_ options: SQLiteOptions = SQLiteOptions(), migrations: [SQLiteMigration] = SQLiteMigrations.all) async throws
        -> SQLiteStorage
    {
        let storage = storage(options, migrations: migrations)
        try await storage.start()
        return storage
    }

    /// A storage that is started and given to `body`, and stopped whatever happens.
    @discardableResult
    func withStorage<Answer>(
        _ options: SQLiteOptions = SQLiteOptions(), migrations: [SQLiteMigration] = SQLiteMigrations.all,
        _ body: (SQLiteStorage) async throws -> Answer
    ) async throws -> Answer {
        let storage = try await started(options, migrations: migrations)
        do {
            let answer = try await body(storage)
            await storage.stop()
            return answer
        } catch {
            await storage.stop()
            throw error
        }
    }

    /// The bytes of a file.
    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: file(name)))) }

    /// Replaces a file.
    func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(filePath: file(name))) }
}

/// A row of the switches table, which is small.
func row(_ name: String, version: Int64 = 1, reason: String = "") -> SwitchRecord {
    SwitchRecord(name: name, isThrown: false, reason: reason, changedBy: "test", changedAt: Instant(microseconds: 0), version: version)
}

extension RecordStore {
    /// Inserts rows in one transaction.
    func insert(_ rows: SwitchRecord...) async throws {
        var transaction = Transaction()
        for row in rows { transaction.insert(row) }
        _ = try await commit(transaction)
    }

    /// The names of all rows.
    func names() async throws -> [String] { try await fetch(Query<SwitchRecord>()).map(\.name) }
}

/// The error that `body` throws, when it is one of storage.
func storageError(_ body: () async throws -> Void) async throws -> StorageError? {
    do {
        try await body()
        return nil
    } catch let error as StorageError { return error }
}

extension SQLiteRecords {
    /// Runs statements on the writing connection; the last one's rows.
    @discardableResult
    func sql(_ statements: (text: String, values: [Value])...) async throws(StorageError) -> [[Value]] {
        try await writer.run { connection throws(StorageError) in
            var rows: [[Value]] = []
            for statement in statements {
                do throws(SQLiteFault) { rows = try connection.rows(statement.text, statement.values) } catch {
                    throw error.storageError(path)
                }
            }
            return rows
        }
    }
}

/// The names of rows that were written in pairs, `…-left` and `…-right`, each pair in one transaction.
struct PairNames {
    private let left: Set<Substring>
    private let right: Set<Substring>

    init(_ names: some Sequence<String>) {
        left = Set(names.filter { $0.hasSuffix("-left") }.map { $0.dropLast(5) })
        right = Set(names.filter { $0.hasSuffix("-right") }.map { $0.dropLast(6) })
    }

    /// Whether there are pairs, and none is broken.
    var areWhole: Bool { !left.isEmpty && left == right }
}
