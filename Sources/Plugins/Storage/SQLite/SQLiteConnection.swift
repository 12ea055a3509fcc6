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
    private var prepared: [String: SQLiteStatement] = [:]
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
        return try run(statement) { statement in statement.bind(values) }
    }

    /// Runs a statement that returns no rows, with the values that `bind` gives it; answers how many rows it changed.
    @discardableResult
    func run(_ statement: SQLiteStatement, _ bind: (SQLiteStatement) -> Void) throws(SQLiteFault) -> Int {
        defer { statement.reset() }
        bind(statement)
        let code = statement.step()
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw fault(code, statement.sql) }
        return Int(sqlite3_changes64(handle))
    }

    /// Runs a statement with the values that `bind` gives it, and shows its first row to `body`; answers nil when there is none.
    func first<Answer>(
        _ statement: SQLiteStatement, _ bind: (SQLiteStatement) -> Void, _ body: (SQLiteStatement) -> Answer
    ) throws(SQLiteFault) -> Answer? {
        defer { statement.reset() }
        bind(statement)
        switch statement.step() {
        case SQLITE_ROW: return body(statement)
        case SQLITE_DONE: return nil
        case let code: throw fault(code, statement.sql)
        }
    }

    /// Runs one statement and hands out its rows as they come.
    func forEach(_ sql: String, _ values: [Value] = [], _ body: ([Value]) throws(StorageError) -> Void) throws(SQLiteFault)
        -> StorageError?
    {
        let statement = try statement(sql)
        defer { statement.reset() }
        statement.bind(values)
        var code = statement.step()
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

    /// Compiles a statement, which must not outlive the connection.
    func prepare(_ sql: String) throws(SQLiteFault) -> SQLiteStatement {
        var pointer: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &pointer, nil)
        guard code == SQLITE_OK, let pointer else { throw fault(code, sql) }
        return SQLiteStatement(pointer, sql)
    }

    private func statement(_ sql: String) throws(SQLiteFault) -> SQLiteStatement {
        if let statement = prepared[sql] { return statement }
        let statement = try prepare(sql)
        if prepared.count >= Self.preparedLimit { prepared.removeAll(keepingCapacity: true) }
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
final class SQLiteStatement {
    /// Its text.
    let sql: String
    private let handle: OpaquePointer
    /// Why a value could not be bound; the step answers it then.
    private var refusal = SQLITE_OK
    /// Tells SQLite to copy a value before the call returns.
    private static let copying = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// Takes a compiled statement over.
    init(_ handle: OpaquePointer, _ sql: String) {
        self.handle = handle
        self.sql = sql
    }
    deinit { sqlite3_finalize(handle) }

    /// Binds all values in order.
    func bind(_ values: [Value]) { for index in values.indices { bind(values[index], at: index) } }

    /// Binds a value at a place, counted from 0.
    func bind(_ value: Value, at index: Int) {
        let place = Int32(index + 1)
        let code =
            switch value {
            case .null: sqlite3_bind_null(handle, place)
            case .integer(let number): sqlite3_bind_int64(handle, place, number)
            case .text(let text): bind(text, at: place)
            case .document(let document): bind(document.text, at: place)
            case .bytes(let bytes):
                bytes.isEmpty
                    ? sqlite3_bind_zeroblob(handle, place, 0)
                    : sqlite3_bind_blob64(handle, place, bytes, UInt64(bytes.count), Self.copying)
            }
        if refusal == SQLITE_OK { refusal = code }
    }

    private func bind(_ text: String, at place: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { characters in
            characters.withMemoryRebound(to: CChar.self) { characters in
                // An empty text has no address, which would make it nothing.
                guard let start = characters.baseAddress else { return sqlite3_bind_text(handle, place, "", 0, Self.copying) }
                return sqlite3_bind_text64(handle, place, start, UInt64(characters.count), Self.copying, UInt8(SQLITE_UTF8))
            }
        }
    }

    /// Takes the next step, or answers why a value could not be bound.
    func step() -> Int32 { refusal == SQLITE_OK ? sqlite3_step(handle) : refusal }

    /// Makes the statement ready for other values and gives up its locks.
    func reset() {
        refusal = SQLITE_OK
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// The values of the current row.
    var row: [Value] { (0..<Int(sqlite3_column_count(handle))).map { self[$0] } }

    /// A value of the current row.
    subscript(column: Int) -> Value {
        let index = Int32(column)
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
