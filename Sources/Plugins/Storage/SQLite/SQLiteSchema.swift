import MunimKit

/// The statements that make a described table, its indexes and its readable view.
enum SQLiteSchema {
    /// A name in quotes.
    static func name(_ text: String) -> String {
        "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// A text value in quotes, for index conditions only, which cannot hold bound values.
    private static func literal(_ value: Value) -> String {
        switch value {
        case .integer(let number): String(number)
        case .text(let text): "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
        case .null, .bytes, .document: preconditionFailure("a key condition compares numbers and text only")
        }
    }

    /// All statements for a table; harmless where it exists already.
    static func create(_ table: Table) -> String {
        ([self.table(table)] + indexes(table) + [view(table)]).map { $0 + ";\n" }.joined()
    }

    /// The table itself.
    static func table(_ table: Table) -> String {
        let columns = table.columns.map { column in
            let check = column.type == .boolean ? " CHECK (\(name(column.name)) IN (0, 1))" : ""
            return "    \(name(column.name)) \(type(column.type))\(column.isOptional ? "" : " NOT NULL")\(check)"
        }
        let key = "    PRIMARY KEY (\(list(table.primaryKey)))"
        return "CREATE TABLE IF NOT EXISTS \(name(table.name)) (\n\((columns + [key]).joined(separator: ",\n"))\n) STRICT"
    }

    /// Its unique keys and indexes.
    static func indexes(_ table: Table) -> [String] {
        let unique = table.uniqueKeys.map { key in
            let condition = key.condition.map { " WHERE \(name($0.column)) IN (\($0.values.map(literal).joined(separator: ", ")))" } ?? ""
            return "CREATE UNIQUE INDEX IF NOT EXISTS \(name("\(table.name)_once_by_\(key.columns.joined(separator: "_"))"))"
                + " ON \(name(table.name)) (\(list(key.columns)))\(condition)"
        }
        let search = table.indexes.map { columns in
            "CREATE INDEX IF NOT EXISTS \(name("\(table.name)_by_\(columns.joined(separator: "_"))")) ON \(name(table.name)) (\(list(columns)))"
        }
        return unique + search
    }

    /// A view that shows decimals as exact text and instants as ISO 8601.
    static func view(_ table: Table) -> String {
        let columns = table.columns.map { column in
            let plain = name(column.name)
            let shown = readable(column)
            return shown == plain ? "    " + plain : "    \(shown) AS \(plain)"
        }
        return
            "CREATE VIEW IF NOT EXISTS \(name(table.name + "_view")) AS\nSELECT\n\(columns.joined(separator: ",\n"))\nFROM \(name(table.name))"
    }

    private static func list(_ columns: [String]) -> String { columns.map(name).joined(separator: ", ") }

    private static func type(_ type: ColumnType) -> String {
        switch type {
        case .integer, .boolean, .instant, .decimal: "INTEGER"
        case .text, .day, .document: "TEXT"
        case .bytes: "BLOB"
        }
    }

    private static func readable(_ column: Column) -> String {
        switch column.type {
        case .decimal(let scale): scale > 0 ? decimal(name(column.name), scale) : name(column.name)
        case .instant: instant(name(column.name))
        case .integer, .boolean, .day, .text, .bytes, .document: name(column.name)
        }
    }

    /// Whole and fraction are divided as integers; `abs` is taken after the division, where the smallest integer cannot overflow. Empty stays empty.
    private static func decimal(_ column: String, _ scale: Int) -> String {
        let whole = "1" + String(repeating: "0", count: scale)
        let digits = "printf('%d.%0\(scale)d', abs(\(column) / \(whole)), abs(\(column) % \(whole)))"
        return "substr('-', 1, \(column) < 0) || rtrim(rtrim(\(digits), '0'), '.')"
    }

    /// Seconds are rounded down by hand because SQL division rounds towards zero; always six digits, so that the text sorts as the time does.
    private static func instant(_ column: String) -> String {
        "strftime('%Y-%m-%dT%H:%M:%S', \(column) / 1000000 - (\(column) % 1000000 < 0), 'unixepoch')\n"
            + "        || printf('.%06dZ', (\(column) % 1000000 + 1000000) % 1000000)"
    }
}
