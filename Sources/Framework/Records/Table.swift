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

    /// Creates a description of the table that records are kept in.
    public init(
        _ name: String, _ fields: Fields<some Record>, primaryKey: [String], uniqueKeys: [UniqueKey] = [], indexes: [[String]] = [],
        versionColumn: String? = nil
    ) {
        self.init(
            name, columns: fields.layout.columns, primaryKey: primaryKey, uniqueKeys: uniqueKeys, indexes: indexes,
            versionColumn: versionColumn)
    }

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
