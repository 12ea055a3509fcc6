/// A question to a store: equality and ranges on indexed columns, an order, a limit.
public struct Query<R: Record>: Sendable {
    /// All must hold.
    public var conditions: [Condition]
    /// Sort columns, most significant first; ties are broken by the primary key.
    public var order: [SortColumn]
    /// At most so many records; nil for all.
    public var limit: Int?
    /// How many matching records to pass over first.
    public var offset: Int

    /// Creates a query.
    public init(_ conditions: Condition..., order: [SortColumn] = [], limit: Int? = nil, offset: Int = 0) {
        self.conditions = conditions
        self.order = order
        self.limit = limit
        self.offset = offset
    }
}

/// A column to sort by.
public struct SortColumn: Hashable, Sendable {
    /// The column.
    public var column: String
    /// Whether the largest comes first.
    public var isDescending: Bool
    /// Smallest first.
    public static func ascending(_ column: String) -> SortColumn { SortColumn(column: column, isDescending: false) }
    /// Largest first.
    public static func descending(_ column: String) -> SortColumn { SortColumn(column: column, isDescending: true) }
}

/// One condition on one column.
public enum Condition: Hashable, Sendable {
    /// The column holds exactly this value.
    case equal(String, Value)
    /// The column is empty.
    case isNull(String)
    /// The column holds one of these values.
    case isIn(String, [Value])
    /// The column holds something smaller than this value.
    case less(String, Value)
    /// The column holds this value or something larger.
    case atLeast(String, Value)

    /// Equality with a typed value.
    public static func equal(_ column: String, _ value: some ColumnValue) -> Condition { .equal(column, value.column) }
    /// Membership in a list of typed values.
    public static func isIn(_ column: String, _ values: [some ColumnValue]) -> Condition { .isIn(column, values.map(\.column)) }
    /// Smaller than a typed value.
    public static func less(_ column: String, _ value: some ColumnValue) -> Condition { .less(column, value.column) }
    /// At least a typed value.
    public static func atLeast(_ column: String, _ value: some ColumnValue) -> Condition { .atLeast(column, value.column) }
}

/// A list of writes that is applied as a whole or not at all.
public struct Transaction: Sendable {
    /// The writes, applied in order.
    public private(set) var writes: [Write] = []

    /// An empty transaction.
    public init() {}

    /// Whether there is nothing to write.
    public var isEmpty: Bool { writes.isEmpty }

    /// Adds a row; a key that exists already is a conflict.
    public mutating func insert(_ record: some Record) { writes.append(.insert(record)) }
    /// Adds a row unless one with the same primary key exists; the commit answers which.
    public mutating func insertIfAbsent(_ record: some Record) { writes.append(.insertIfAbsent(record)) }
    /// Replaces the row with the same primary key, if its version is the record's version less one; else a conflict.
    public mutating func update(_ record: some Record) { writes.append(.update(record)) }
    /// Removes the row with the same primary key; none there is no conflict.
    public mutating func delete(_ record: some Record) { writes.append(.delete(record)) }
    /// Demands that the stored row equals this record's version, without writing it.
    public mutating func require(_ record: some Record) { writes.append(.require(record)) }
    /// Adds one write.
    public mutating func append(_ write: Write) { writes.append(write) }
    /// Adds all writes of another transaction behind the own ones.
    public mutating func append(_ other: Transaction) { writes.append(contentsOf: other.writes) }
}

/// One write of a transaction.
public enum Write: Sendable {
    /// Adds a row; a primary or unique key that exists already is a conflict.
    case insert(any Record)
    /// Adds a row unless one with the same primary key exists; the commit answers which.
    case insertIfAbsent(any Record)
    /// Replaces the row with the same primary key whose version is one less; else a conflict.
    case update(any Record)
    /// Removes the row with the same primary key, if there is one.
    case delete(any Record)
    /// Demands that the stored row has this record's version, and writes nothing.
    case require(any Record)

    /// The record that is written.
    public var record: any Record {
        switch self {
        case .insert(let record), .insertIfAbsent(let record), .update(let record), .delete(let record), .require(let record): record
        }
    }
}
