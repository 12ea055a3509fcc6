/// A row of a table: what is stored, one struct per table.
public protocol Record: Codable, Hashable, Sendable {
    /// The table's name, columns, keys and indexes.
    static var table: Table { get }
    /// The values in the order of the table's columns.
    var values: [Value] { get }
    /// Some of the values, by the positions of their columns; a record that is written very often answers without building all of them.
    func values(at positions: [Int]) -> [Value]
    /// The record that `values` described; throws `.corrupt` when a value is missing or of another type.
    init(_ row: Row) throws(StorageError)
}

extension Record {
    /// Builds all values and picks the wanted ones; records that are written very often answer faster.
    public func values(at positions: [Int]) -> [Value] {
        let all = values
        return positions.map { all[$0] }
    }

    /// The values at `positions` as `quick` gives them; all values are built when it answers nil for one of them.
    func values(at positions: [Int], quick: (Int) -> Value?) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(positions.count)
        for position in positions {
            guard let value = quick(position) else {
                let all = self.values
                return positions.map { all[$0] }
            }
            values.append(value)
        }
        return values
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

/// What a column holds, so that each backend can choose its own type for it.
public enum ColumnType: Hashable, Sendable {
    /// A kind of content without a parameter; instants count microseconds since 1970 in UTC, days are `YYYY-MM-DD`.
    case integer, boolean, instant, day, text, bytes, document
    /// An exact decimal with so many places.
    case decimal(scale: Int)
}

/// A column of a table.
public struct Column: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// What it holds.
    public var type: ColumnType
    /// Whether it may be empty.
    public var isOptional: Bool

    /// Creates a column.
    public init(_ name: String, _ type: ColumnType, optional: Bool = false) {
        self.name = name
        self.type = type
        self.isOptional = optional
    }
}

/// A set of columns whose values together occur once, among the rows where `condition` holds.
///
/// Rows with an empty value in one of the columns do not take part.
public struct UniqueKey: Hashable, Sendable {
    /// The columns.
    public var columns: [String]
    /// Restricts the key to rows whose column has one of these values; nil for all rows.
    public var condition: KeyCondition?

    /// Creates a key.
    public init(_ columns: [String], where condition: KeyCondition? = nil) {
        self.columns = columns
        self.condition = condition
    }
}

/// A restriction of a unique key to some rows.
public struct KeyCondition: Hashable, Sendable {
    /// The column looked at.
    public var column: String
    /// The values that make a row take part.
    public var values: [Value]

    /// Creates a condition.
    public init(_ column: String, in values: [Value]) {
        self.column = column
        self.values = values
    }
}

/// The description of a table.
public struct Table: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Its columns, in order.
    public var columns: [Column]
    /// The columns of the primary key.
    public var primaryKey: [String]
    /// Further unique keys.
    public var uniqueKeys: [UniqueKey]
    /// Columns that are searched together, one list per index.
    public var indexes: [[String]]
    /// The column with the optimistic version, counted from 1; nil for rows that are only inserted.
    public var versionColumn: String?

    /// Creates a description.
    public init(
        _ name: String, columns: [Column], primaryKey: [String], uniqueKeys: [UniqueKey] = [], indexes: [[String]] = [],
        versionColumn: String? = nil
    ) {
        self.name = name
        self.columns = columns
        self.primaryKey = primaryKey
        self.uniqueKeys = uniqueKeys
        self.indexes = indexes
        self.versionColumn = versionColumn
    }

    /// The table as rows of some of its columns show it.
    public func only(_ columns: [String]) -> Table {
        Table(name, columns: columns.map { self.columns[index(of: $0)] }, primaryKey: [])
    }

    /// The position of a column; a name that the table does not have is our own mistake.
    public func index(of column: String) -> Int {
        guard let index = columns.firstIndex(where: { $0.name == column }) else {
            preconditionFailure("table \(name) has no column \(column)")
        }
        return index
    }
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
