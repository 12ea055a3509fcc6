import MunimKit

/// The statements that write one table, with the order in which its values are bound.
struct SQLiteStatements: Sendable {
    let table: Table
    let insert: String
    let insertIfAbsent: String
    let update: String
    let delete: String
    let select: String
    private let keyPositions: [Int]
    private let changedPositions: [Int]
    private let versionPosition: Int?

    init(_ table: Table) {
        self.table = table
        keyPositions = table.primaryKey.map { table.index(of: $0) }
        changedPositions = table.columns.indices.filter { [keyPositions] in !keyPositions.contains($0) }
        versionPosition = table.versionColumn.map { table.index(of: $0) }
        let name = SQLiteSchema.name(table.name)
        let key = table.primaryKey.map(SQLiteSchema.name)
        let columns = table.columns.map { SQLiteSchema.name($0.name) }
        let marks = Array(repeating: "?", count: columns.count).joined(separator: ", ")
        let isKey = key.map { "\($0) = ?" }.joined(separator: " AND ")
        let version = table.versionColumn.map(SQLiteSchema.name)
        insert = "INSERT INTO \(name) (\(columns.joined(separator: ", "))) VALUES (\(marks))"
        insertIfAbsent = insert + " ON CONFLICT (\(key.joined(separator: ", "))) DO NOTHING"
        let changes = (changedPositions.isEmpty ? keyPositions : changedPositions).map { "\(columns[$0]) = ?" }.joined(separator: ", ")
        update = "UPDATE \(name) SET \(changes) WHERE \(isKey)" + (version.map { " AND \($0) = ?" } ?? "")
        delete = "DELETE FROM \(name) WHERE \(isKey)"
        select = "SELECT \(version ?? "1") FROM \(name) WHERE \(isKey)"
    }

    /// The values of the primary key.
    func key(_ record: any Record) -> [Value] { record.values(at: keyPositions) }

    /// The version of a record; nil when the table has none.
    func version(_ values: [Value]) -> Int64? {
        guard let versionPosition, case .integer(let version) = values[versionPosition] else { return nil }
        return version
    }

    /// The values that `update` binds: the changed columns, the key, the version that must be stored.
    func updateValues(_ values: [Value]) -> [Value] {
        let changed = (changedPositions.isEmpty ? keyPositions : changedPositions).map { values[$0] }
        let key = keyPositions.map { values[$0] }
        guard let version = version(values) else { return changed + key }
        return changed + key + [.integer(version.subtractingReportingOverflow(1).partialValue)]
    }

    /// The name of a row for people.
    func rowName(_ key: [Value]) -> String { ConflictText.name(table, key.map(ConflictText.text)) }
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
