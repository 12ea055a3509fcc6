import MunimKit

/// The statements that write one table, with the order in which its values are bound.
struct SQLiteStatements: Sendable {
    let table: Table
    let insert: String
    let insertIfAbsent: String
    let delete: String
    /// Reads the version, or 1 where there is none, and the indexed columns.
    let select: String
    let keyPositions: [Int]
    let versionPosition: Int?
    /// Columns that an index or a unique key looks at, outside of the primary key.
    let indexedPositions: [Int]
    private let plainPositions: [Int]

    init(_ table: Table) {
        self.table = table
        keyPositions = table.primaryKey.map { table.index(of: $0) }
        versionPosition = table.versionColumn.map { table.index(of: $0) }
        let looked = table.indexes.joined() + table.uniqueKeys.flatMap { key in key.columns + (key.condition.map { [$0.column] } ?? []) }
        let indexed = Set(looked.map { table.index(of: $0) }).subtracting(keyPositions).sorted()
        precondition(indexed.count <= UInt64.bitWidth, "\(table.name) has too many indexed columns")
        indexedPositions = indexed
        plainPositions = table.columns.indices.filter { [keyPositions] in !keyPositions.contains($0) && !indexed.contains($0) }
        let name = SQLiteSchema.name(table.name)
        let key = table.primaryKey.map(SQLiteSchema.name)
        let columns = table.columns.map { SQLiteSchema.name($0.name) }
        let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        let isKey = " WHERE " + key.map { "\($0) = ?" }.joined(separator: " AND ")
        insert = "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(marks))"
        insertIfAbsent = insert + " ON CONFLICT (\(key.joined(separator: ", "))) DO NOTHING"
        delete = "DELETE FROM \(name)\(isKey)"
        let read = [table.versionColumn.map(SQLiteSchema.name) ?? "1"] + indexed.map { columns[$0] }
        select = "SELECT \(read.joined(separator: ", ")) FROM \(name)\(isKey)"
    }

    /// The columns that an update sets when of the indexed columns those in `changes` have changed: one bit for each.
    ///
    /// SQLite writes an index anew whose columns are set, whatever they are set to, and most updates change few of them.
    func setPositions(_ changes: UInt64) -> [Int] {
        let positions = plainPositions + indexedPositions.indices.filter { changes & (1 << UInt64($0)) != 0 }.map { indexedPositions[$0] }
        return positions.isEmpty ? keyPositions : positions
    }

    /// The statement that sets these columns of one row.
    func update(_ positions: [Int]) -> String {
        func equations(_ positions: [Int]) -> [String] { positions.map { "\(SQLiteSchema.name(table.columns[$0].name)) = ?" } }
        let sets = equations(positions).joined(separator: ", ")
        return "UPDATE \(SQLiteSchema.name(table.name)) SET \(sets) WHERE \(equations(keyPositions).joined(separator: " AND "))"
    }

    /// The version in a row; nil when the table has none.
    func version(_ values: RecordValues) -> Int64? {
        guard let versionPosition, case .integer(let version) = values[versionPosition] else { return nil }
        return version
    }

    /// The name of a row for people.
    func rowName(_ record: any Record) -> String { ConflictText.name(table, record.values(at: keyPositions).map(ConflictText.text)) }
}

/// A query as a statement with its bound values.
struct SQLiteQuery: Sendable {
    let sql: String
    let values: [Value]

    /// The statement that returns the records, or some columns of them.
    static func records<R: Record>(_ query: Query<R>, columns: [String] = R.table.columns.map(\.name)) -> SQLiteQuery {
        let table = R.table
        let columns = columns.map { column($0, table) }.joined(separator: ", ")
        var (filter, values) = filter(query.conditions, table)
        let named = query.order.map { "\(column($0.column, table)) \($0.isDescending ? "DESC" : "ASC")" }
        let ties = table.primaryKey.filter { key in !query.order.contains { $0.column == key } }.map { column($0, table) }
        values += [.integer(query.limit.map { Int64(max(0, $0)) } ?? -1), .integer(Int64(max(0, query.offset)))]
        let order = (named + ties).joined(separator: ", ")
        let sql =
            "SELECT \(columns) FROM \(SQLiteSchema.name(table.name))\(filter)\(order.isEmpty ? "" : " ORDER BY \(order)") LIMIT ? OFFSET ?"
        return SQLiteQuery(sql: sql, values: values)
    }

    /// The statement that counts the records.
    static func count<R: Record>(_ query: Query<R>) -> SQLiteQuery {
        let (filter, values) = filter(query.conditions, R.table)
        return SQLiteQuery(sql: "SELECT count(*) FROM \(SQLiteSchema.name(R.table.name))\(filter)", values: values)
    }

    private static func filter(_ conditions: [Condition], _ table: Table) -> (sql: String, values: [Value]) {
        var parts: [String] = []
        var values: [Value] = []
        for condition in conditions {
            let column = column(condition.column, table)
            switch condition {
            case .equal(_, let value):
                parts.append("\(column) = ?")
                values.append(value)
            case .isNull: parts.append("\(column) IS NULL")
            case .isIn(_, let choices):
                parts.append("\(column) IN (\(Array(repeating: "?", count: choices.count).joined(separator: ", ")))")
                values += choices
            case .less(_, let bound):
                parts.append("\(column) < ?")
                values.append(bound)
            case .atLeast(_, let bound):
                parts.append("\(column) >= ?")
                values.append(bound)
            }
        }
        return (parts.isEmpty ? "" : " WHERE " + parts.joined(separator: " AND "), values)
    }

    /// A column's name in quotes, after making sure that the table has it.
    private static func column(_ name: String, _ table: Table) -> String { SQLiteSchema.name(table.columns[table.index(of: name)].name) }
}
