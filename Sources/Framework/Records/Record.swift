/// A row of a table: what is stored, one struct per table, with a field for every stored property.
public protocol Record: Codable, Hashable, Sendable {
    /// The columns in order, each with the property that it holds.
    static var fields: Fields<Self> { get }
    /// The table's name, columns, keys and indexes.
    static var table: Table { get }
    /// Throws `.corrupt` when columns that were read one by one do not belong together.
    func validate() throws(StorageError)
}

extension Record {
    /// Everything that can be read belongs together.
    public func validate() throws(StorageError) {}

    /// Reads a stored row back; throws `.corrupt` when a value is missing or of another type.
    public init(_ row: Row) throws(StorageError) {
        self = try Self.fields.record(row.values)
        try validate()
    }

    /// The values in the order of the table's columns.
    public var values: [Value] { withValues { values in (0..<values.count).map { values[$0] } } }

    /// Some of the values, by the positions of their columns; no others are built.
    public func values(at positions: [Int]) -> [Value] { withValues { values in positions.map { values[$0] } } }

    /// Shows the values to `body`, each made when it is asked for.
    public func withValues<Answer, Fault>(_ body: (RecordValues) throws(Fault) -> Answer) throws(Fault) -> Answer {
        try withUnsafePointer(to: self) { record throws(Fault) in
            try body(RecordValues(layout: Self.fields.layout, record: UnsafeRawPointer(record)))
        }
    }
}

/// One value of a row.
public enum Value: Hashable, Sendable {
    /// Nothing; only in columns that may be empty.
    case null
    /// Whole numbers, booleans (0 and 1), instants (microseconds) and decimals (units of the column's scale).
    case integer(Int64)
    /// Text in Unicode: names, identifiers, and days as `YYYY-MM-DD`.
    case text(String)
    /// Bytes that the store does not look into.
    case bytes([UInt8])
    /// A structured value, encoded as text only by backends that store text.
    case document(Document)
}

/// A stored row on its way back to a record.
public struct Row: Sendable {
    /// The table.
    public let table: Table
    /// The values in the order of the table's columns; a document may come back as text.
    public let values: [Value]

    /// Creates a row.
    public init(table: Table, values: [Value]) {
        self.table = table
        self.values = values
    }

    /// The value of `column`, read as a type that knows how.
    public func read<V: ColumnValue>(_ column: String, as type: V.Type = V.self) throws(StorageError) -> V {
        let value = values[table.index(of: column)]
        guard let read = V(value) else {
            throw .corrupt("\(table.name).\(column) \(V.mismatch(of: value))")
        }
        return read
    }
}
