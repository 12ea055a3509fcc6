import CSQLite
import MunimKit

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
