import MunimKit

/// How every connection to a file is set up.
struct SQLiteSettings: Sendable {
    /// How long a statement waits for a lock of another connection.
    var busyTimeout: Span
    /// Size of each connection's page cache in MiB.
    var cacheMebibytes: Int
    /// How the whole file is checked for damage.
    var integrityCheck: IntegrityCheck

    /// Opens a file for reading and writing; throws `.unavailable` when it can only be read.
    func open(_ path: String) throws(StorageError) -> SQLiteConnection {
        do {
            let connection = try SQLiteConnection(path: path)
            guard !connection.isReadOnly else { throw StorageError.unavailable("\(path) cannot be written: it is read-only for this user") }
            try apply(to: connection)
            connection.countLoggedPages()
            return connection
        } catch { throw Self.translated(error, path) }
    }

    /// Throws `.unavailable` when a commit would not be durable.
    func check(_ connection: SQLiteConnection, path: String) throws(StorageError) {
        do {
            guard try connection.rows("PRAGMA journal_mode") == [[.text("wal")]] else {
                throw StorageError.unavailable("\(path) lies on a file system without write-ahead logging; name a file on a local disk")
            }
            guard try connection.rows("PRAGMA synchronous") == [[.integer(2)]] else {
                throw StorageError.unavailable("\(path) cannot be written durably: synchronous is not FULL")
            }
        } catch { throw Self.translated(error, path) }
    }

    /// Reads the whole file and throws `.corrupt` with what is wrong with it.
    func examine(_ connection: SQLiteConnection, path: String) throws(StorageError) {
        do {
            let found = try connection.rows(integrityCheck == .quick ? "PRAGMA quick_check(5)" : "PRAGMA integrity_check(5)")
            guard found != [[.text("ok")]] else { return }
            let faults = found.compactMap { $0.first.map(ConflictText.text) }.joined(separator: "; ")
            throw StorageError.corrupt("\(path) is damaged: \(faults); restore a backup")
        } catch { throw Self.translated(error, path) }
    }

    private static func translated(_ error: any Error, _ path: String) -> StorageError {
        switch error {
        case let fault as SQLiteFault: fault.storageError(path)
        case let error as StorageError: error
        default: .unavailable("\(path): \(error)")
        }
    }

    private func apply(to connection: SQLiteConnection) throws(SQLiteFault) {
        connection.waitForLocks(busyTimeout)
        try connection.execute(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA trusted_schema = OFF;
            PRAGMA cell_size_check = ON;
            PRAGMA temp_store = MEMORY;
            PRAGMA journal_size_limit = 67108864;
            """)
        try connection.execute("PRAGMA cache_size = -\(cacheMebibytes * 1_024)")
    }
}

/// How a whole file is checked for damage; takes the longer the larger it is.
public enum IntegrityCheck: String, CaseIterable, Sendable {
    /// Pages and rows, while the file is already in use; when damage is found, nothing more is committed.
    case quick
    /// Pages, rows and all indexes against them, before the file is used.
    case full
}
