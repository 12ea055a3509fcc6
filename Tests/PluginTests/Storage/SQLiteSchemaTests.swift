import MunimKit
import Testing

@testable import Storage

@Suite("SQLite schema")
struct SQLiteSchemaTests {
    private let folder: StorageFolder

    init() throws { folder = try StorageFolder() }

    private func rows(_ sql: String, _ values: [Value] = [], in storage: SQLiteStorage) async throws -> [[Value]] {
        try await storage.records().sql((sql, values))
    }

    @Test("The migrated tables are the described tables, column by column", arguments: Tables.all.map(\.name))
    func columns(_ name: String) async throws {
        let table = try #require(Tables.all.first { $0.name == name })
        try await folder.withStorage { storage in
            let found = try await rows("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?)", [.text(table.name)], in: storage)
            let described: [[Value]] = table.columns.map { column in
                let key = table.primaryKey.firstIndex(of: column.name).map { $0 + 1 } ?? 0
                return [.text(column.name), .text(Self.type(column.type)), (!column.isOptional).column, key.column]
            }
            #expect(found == described, "expected:\n\(SQLiteSchema.create(table))")
            let strict = try await rows("SELECT strict FROM pragma_table_list(?)", [.text(table.name)], in: storage)
            #expect(strict == [[.integer(1)]])
        }
    }

    @Test("The migrated keys and indexes are the described ones", arguments: Tables.all.map(\.name))
    func indexes(_ name: String) async throws {
        let table = try #require(Tables.all.first { $0.name == name })
        try await folder.withStorage { storage in
            let found = try await rows(
                "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", [.text(table.name)], in: storage)
            #expect(Set(Self.texts(found).map(Self.plain)) == Set(SQLiteSchema.indexes(table).map(Self.plain)))
        }
    }

    @Test("Each migrated view is the described one", arguments: Tables.all.map(\.name))
    func views(_ name: String) async throws {
        let table = try #require(Tables.all.first { $0.name == name })
        try await folder.withStorage { storage in
            let found = try await rows(
                "SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = ?", [.text(table.name + "_view")], in: storage)
            #expect(Self.texts(found).map(Self.plain) == [Self.plain(SQLiteSchema.view(table))])
        }
    }

    @Test("There is no table beside the described ones and the record of migrations")
    func nothingElse() async throws {
        try await folder.withStorage { storage in
            let found = try await rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name", in: storage)
            #expect(Self.texts(found) == (Tables.all.map(\.name) + ["schema_migrations"]).sorted())
        }
    }

    @Test(
        "A view shows a decimal as the framework writes it",
        arguments: [0, 1, -1, 500, -500, 10_000, 520_000_500, -520_000_500, 999_999, 100_000_000, .max, .min, .min + 1] as [Int64])
    func decimals(_ units: Int64) async throws {
        let table = Table(
            "numbers", columns: [Column("id", .integer), Column("value", .decimal(scale: 4), optional: true)], primaryKey: ["id"])
        try await folder.withStorage { storage in
            _ = try await storage.privateRecords(named: "views", tables: [table])
            let text = try await shown(units.column, in: table, by: storage)
            #expect(text == .text(FixedPoint.text(of: units, scale: 4)))
            #expect(try await shown(.null, in: table, by: storage) == .null)
        }
    }

    @Test(
        "A view shows an instant in UTC with six digits of a second",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1, "1970-01-01T00:00:00.000001Z"), (-1, "1969-12-31T23:59:59.999999Z"),
            (1_764_306_000_500_000, "2025-11-28T05:00:00.500000Z"), (-1_000_000, "1969-12-31T23:59:59.000000Z"),
        ] as [(Int64, String)])
    func instants(_ microseconds: Int64, _ text: String) async throws {
        let table = Table("moments", columns: [Column("id", .integer), Column("value", .instant, optional: true)], primaryKey: ["id"])
        try await folder.withStorage { storage in
            _ = try await storage.privateRecords(named: "views", tables: [table])
            #expect(try await shown(microseconds.column, in: table, by: storage) == .text(text))
            #expect(try await shown(.null, in: table, by: storage) == .null)
        }
    }

    /// What the view of a private table shows for a value.
    private func shown(_ value: Value, in table: Table, by storage: SQLiteStorage) async throws -> Value? {
        let store = try await storage.privateRecords(named: "views", tables: [table])
        let records = try #require(store as? SQLiteRecords)
        let rows = try await records.sql(
            ("INSERT OR REPLACE INTO \(table.name) (id, value) VALUES (1, ?)", [value]), ("SELECT value FROM \(table.name)_view", []))
        return rows.first?.first
    }

    private static func type(_ type: ColumnType) -> String {
        switch type {
        case .integer, .boolean, .instant, .decimal: "INTEGER"
        case .text, .day, .document: "TEXT"
        case .bytes: "BLOB"
        }
    }

    /// The texts in the first column.
    private static func texts(_ rows: [[Value]]) -> [String] { rows.compactMap { String($0[0]) } }

    /// A statement without quotes around names, without line breaks, and without the words that make it harmless to repeat.
    private static func plain(_ sql: String) -> String {
        sql.filter { $0 != "\"" }.replacing("IF NOT EXISTS ", with: "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
