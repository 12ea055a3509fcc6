import CSQLite
import MunimKit

/// A result code of SQLite with its detail; codes that this file does not name survive.
struct SQLiteCode: RawRepresentable, Hashable, Sendable {
    let rawValue: Int32

    /// The code without its detail.
    var primary: SQLiteCode { SQLiteCode(rawValue: rawValue & 0xFF) }

    static let busy = SQLiteCode(rawValue: SQLITE_BUSY)
    static let locked = SQLiteCode(rawValue: SQLITE_LOCKED)
    static let outOfMemory = SQLiteCode(rawValue: SQLITE_NOMEM)
    static let readOnly = SQLiteCode(rawValue: SQLITE_READONLY)
    static let inputOutput = SQLiteCode(rawValue: SQLITE_IOERR)
    static let corrupt = SQLiteCode(rawValue: SQLITE_CORRUPT)
    static let full = SQLiteCode(rawValue: SQLITE_FULL)
    static let cannotOpen = SQLiteCode(rawValue: SQLITE_CANTOPEN)
    static let tooBig = SQLiteCode(rawValue: SQLITE_TOOBIG)
    static let constraint = SQLiteCode(rawValue: SQLITE_CONSTRAINT)
    static let notADatabase = SQLiteCode(rawValue: SQLITE_NOTADB)
    static let uniqueKey = SQLiteCode(rawValue: SQLITE_CONSTRAINT | (8 << 8))
    static let primaryKey = SQLiteCode(rawValue: SQLITE_CONSTRAINT | (6 << 8))
    static let rowNumber = SQLiteCode(rawValue: SQLITE_CONSTRAINT | (10 << 8))
    static let sync = SQLiteCode(rawValue: SQLITE_IOERR | (4 << 8))
    static let directorySync = SQLiteCode(rawValue: SQLITE_IOERR | (5 << 8))
}

/// What SQLite refused, in its own words.
struct SQLiteFault: Error, Sendable {
    var code: SQLiteCode
    var message: String
    var statement: String
}

/// An open SQLite database with its prepared statements; closed when the last reference goes.
///
/// Belongs to one isolation at a time; the sessions see to that. Values are always bound, never written into the text of a statement.
final class SQLiteConnection {
    private let handle: OpaquePointer
    private let logged: UnsafeMutablePointer<Int32>
    private var prepared: [String: PreparedStatement] = [:]
    /// Statements kept prepared; beyond that all are prepared afresh.
    private static let preparedLimit = 256

    /// Opens an existing file for reading, and for writing unless `readsOnly`.
    init(path: String, readsOnly: Bool = false) throws(SQLiteFault) {
        var handle: OpaquePointer?
        let access = readsOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE
        let code = sqlite3_open_v2(path, &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let handle else {
            let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)  // SQLite hands out a handle even when it fails.
            throw SQLiteFault(code: SQLiteCode(rawValue: code), message: message, statement: "open")
        }
        self.handle = handle
        logged = .allocate(capacity: 1)
        logged.initialize(to: 0)
    }

    deinit {
        prepared.removeAll()
        sqlite3_close_v2(handle)
        logged.deallocate()
    }

    /// What ends a running statement early, for as long as the connection is open.
    var interruption: SQLiteInterruption { SQLiteInterruption(handle: handle) }

    /// How long a statement waits for a lock of another connection.
    func waitForLocks(_ span: Span) { sqlite3_busy_timeout(handle, Int32(clamping: span.microseconds / 1_000)) }

    /// Whether the file can only be read.
    var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

    /// Whether a transaction is open.
    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Pages in the write-ahead log after the last commit of this connection, once ``countLoggedPages()`` was called.
    var loggedPages: Int { Int(logged.pointee) }

    /// Counts the pages of the write-ahead log from now on, instead of moving them into the file after some commits.
    func countLoggedPages() {
        sqlite3_wal_hook(
            handle,
            { counter, _, _, pages in
                counter?.assumingMemoryBound(to: Int32.self).pointee = pages
                return SQLITE_OK
            }, logged)
    }

    /// Runs statements without values, one after the other.
    func execute(_ script: String) throws(SQLiteFault) {
        let code = sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw fault(code, script) }
    }

    /// Runs one statement that returns no rows; answers how many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [Value] = []) throws(SQLiteFault) -> Int {
        let statement = try statement(sql)
        defer { statement.reset() }
        let code = statement.start(values)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw fault(code, sql) }
        return Int(sqlite3_changes64(handle))
    }

    /// Runs one statement and hands out its rows as they come.
    func forEach(_ sql: String, _ values: [Value] = [], _ body: ([Value]) throws(StorageError) -> Void) throws(SQLiteFault)
        -> StorageError?
    {
        let statement = try statement(sql)
        defer { statement.reset() }
        var code = statement.start(values)
        while code == SQLITE_ROW {
            do { try body(statement.row) } catch { return error }
            code = statement.step()
        }
        guard code == SQLITE_DONE else { throw fault(code, sql) }
        return nil
    }

    /// Runs one statement and returns all its rows.
    func rows(_ sql: String, _ values: [Value] = []) throws(SQLiteFault) -> [[Value]] {
        var rows: [[Value]] = []
        _ = try forEach(sql, values) { rows.append($0) }
        return rows
    }

    /// The full name of the file, behind which its log and index are named.
    var file: String { sqlite3_db_filename(handle, "main").map { String(cString: $0) } ?? "" }

    /// Has the file left alone when this connection closes.
    func keepLogOnClose() { _ = csqlite_keep_log_on_close(handle) }

    /// Copies the whole database as it is at one moment into the empty file at `path`, while others go on writing.
    func copy(to path: String) throws(SQLiteFault) {
        let target = try SQLiteConnection(path: path)
        guard let backup = sqlite3_backup_init(target.handle, "main", handle, "main") else {
            throw target.fault(sqlite3_errcode(target.handle), "backup")
        }
        let code = sqlite3_backup_step(backup, -1)
        let finished = sqlite3_backup_finish(backup)
        guard code == SQLITE_DONE, finished == SQLITE_OK else { throw target.fault(code == SQLITE_DONE ? finished : code, "backup") }
    }

    private func statement(_ sql: String) throws(SQLiteFault) -> PreparedStatement {
        if let statement = prepared[sql] { return statement }
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
        guard code == SQLITE_OK, let pointer else { throw fault(code, sql) }
        if prepared.count >= Self.preparedLimit { prepared.removeAll(keepingCapacity: true) }
        let statement = PreparedStatement(pointer)
        prepared[sql] = statement
        return statement
    }

    private func fault(_ code: Int32, _ sql: String) -> SQLiteFault {
        SQLiteFault(code: SQLiteCode(rawValue: code), message: String(cString: sqlite3_errmsg(handle)), statement: sql)
    }
}

/// Makes a connection's running statement fail soon: the one call that SQLite allows from any thread.
struct SQLiteInterruption: @unchecked Sendable {
    fileprivate let handle: OpaquePointer

    func interrupt() { sqlite3_interrupt(handle) }
}

/// A statement that SQLite has compiled; finalised when the last reference goes.
private final class PreparedStatement {
    private let handle: OpaquePointer
    /// Tells SQLite to copy a value before the call returns.
    private static var copying: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    init(_ handle: OpaquePointer) { self.handle = handle }
    deinit { sqlite3_finalize(handle) }

    /// Binds the values and takes the first step.
    func start(_ values: [Value]) -> Int32 {
        for (index, value) in values.enumerated() {
            let code = bind(value, at: Int32(index + 1))
            guard code == SQLITE_OK else { return code }
        }
        return step()
    }

    func step() -> Int32 { sqlite3_step(handle) }

    /// Makes the statement ready for other values and gives up its locks.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// The values of the current row.
    var row: [Value] { (0..<sqlite3_column_count(handle)).map(column) }

    private func bind(_ value: Value, at index: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let number): sqlite3_bind_int64(handle, index, number)
        case .text(let text): bind(text, at: index)
        case .document(let document): bind(document.text, at: index)
        case .bytes(let bytes):
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, index, 0)
                : sqlite3_bind_blob64(handle, index, bytes, UInt64(bytes.count), Self.copying)
        }
    }

    private func bind(_ text: String, at index: Int32) -> Int32 {
        sqlite3_bind_text64(handle, index, text, UInt64(text.utf8.count), Self.copying, UInt8(SQLITE_UTF8))
    }

    private func column(_ index: Int32) -> Value {
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(handle, index) else { return .null }
            let count = Int(sqlite3_column_bytes(handle, index))
            return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            guard let bytes = sqlite3_column_blob(handle, index) else { return .bytes([]) }
            return .bytes(Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(handle, index)))))
        default: return .null
        }
    }
}
