import MunimKit
import Testing

@testable import Storage

@Suite("SQLite migrations")
struct SQLiteMigrationTests {
    private let folder: StorageFolder
    private static let first = SQLiteMigration(
        number: 1, name: "one", up: "CREATE TABLE one (a INTEGER) STRICT; INSERT INTO one (a) VALUES (1)", down: "DROP TABLE one")
    private static let second = SQLiteMigration(
        number: 2, name: "two", up: "ALTER TABLE one ADD COLUMN b TEXT", down: "ALTER TABLE one DROP COLUMN b")

    init() throws { folder = try StorageFolder() }

    /// Everything in the schema, as text.
    private func schema(of storage: SQLiteStorage) async throws -> [String] {
        try await storage.records().sql(("SELECT name, sql FROM sqlite_schema ORDER BY name", [])).map { "\($0)" }
    }

    @Test("The built-in migrations go up, down and up again to the same schema")
    func upAndDown() async throws {
        try await folder.withStorage { storage in
            let before = try await schema(of: storage)
            try await storage.migrate(to: .number(0))
            #expect(try await schema(of: storage).count == 1, "only the record of migrations is left")
            #expect(try await storage.migrations().compactMap(\.appliedAt).isEmpty)
            try await storage.migrate(to: .newest)
            #expect(try await schema(of: storage) == before)
            try await storage.insert(row("a"))
        }
    }

    @Test("The numbers of the built-in migrations count from 1, and each has a way down")
    func numbers() {
        #expect(SQLiteMigrations.all.map(\.number) == Array(1...SQLiteMigrations.all.count))
        for migration in SQLiteMigrations.all { #expect(!migration.up.isEmpty && !migration.down.isEmpty) }
    }

    @Test("The status tells what is applied and what is not, also of a storage that was not started")
    func status() async throws {
        let storage = folder.storage(migrations: [Self.first, Self.second])
        #expect(try await storage.migrations().map(\.appliedAt) == [nil, nil])
        try await storage.migrate(to: .number(1))
        let status = try await storage.migrations()
        #expect(status.map(\.number) == [1, 2])
        #expect(status.map(\.name) == ["one", "two"])
        #expect(status.map { $0.appliedAt != nil } == [true, false])
        #expect(status[0].appliedChecksum == Self.first.checksum)
        try await storage.migrate(to: .newest)
        try await storage.migrate(to: .newest)
        #expect(try await storage.migrations().map(\.appliedChecksum) == [Self.first.checksum, Self.second.checksum])
    }

    @Test("A schema newer than the binary refuses to start, and its status can still be read")
    func newer() async throws {
        try await folder.withStorage(migrations: [Self.first, Self.second]) { _ in }
        let older = folder.storage(migrations: [Self.first])
        let refusal = try await storageError { try await older.start() }
        #expect(refusal?.description.contains("has migration 2 (two), this binary knows up to 1; run the newer binary") == true)
        #expect(try await older.migrations().last?.checksum == "")
        let downRefusal = try await storageError { try await older.migrate(to: .number(0)) }
        #expect(downRefusal == refusal)
    }

    @Test("An edited migration refuses to start", arguments: ["up", "down"])
    func edited(_ direction: String) async throws {
        try await folder.withStorage(migrations: [Self.first]) { _ in }
        var edited = Self.first
        if direction == "up" { edited.up += " " } else { edited.down += " " }
        let refusal = try await storageError { try await folder.storage(migrations: [edited]).start() }
        #expect(refusal?.description.contains("migration 1 (one)") == true)
        #expect(refusal?.description.contains("an applied migration must not be edited") == true)
    }

    @Test("With migrate: manual an older schema refuses to start and names the command")
    func manual() async throws {
        let storage = folder.storage(SQLiteOptions(migrate: .manual), migrations: [Self.first])
        let refusal = try await storageError { try await storage.start() }
        #expect(refusal?.description.contains("lacks migration 1 (one); run: munim migrate up") == true)
        try await storage.migrate(to: .newest)
        try await storage.start()
        await storage.stop()
    }

    @Test("A migration that fails half-way leaves schema and record as they were, and says which one it was")
    func failing() async throws {
        try await folder.withStorage(migrations: [Self.first]) { _ in }
        let broken = SQLiteMigration(
            number: 2, name: "broken", up: "CREATE TABLE two (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1)", down: "")
        let storage = folder.storage(migrations: [Self.first, broken])
        let refusal = try await storageError { try await storage.start() }
        #expect(refusal?.description.contains("migration 2 (broken) up was taken back") == true)
        #expect(try await storage.migrations().map(\.appliedChecksum) == [Self.first.checksum, nil])
        try await folder.withStorage(migrations: [Self.first]) { again in
            let left = try await schema(of: again).filter { $0.contains("two") }
            #expect(left.isEmpty)
        }
    }

    @Test("A number that no migration has is refused", arguments: [-1, 3])
    func unknownNumber(_ number: Int) async throws {
        let storage = folder.storage(migrations: [Self.first, Self.second])
        let refusal = try await storageError { try await storage.migrate(to: .number(number)) }
        #expect(refusal == .unsupported("there is no migration \(number); this binary knows 0 to 2"))
    }

    @Test("The database of another program is not touched")
    func foreign() async throws {
        let path = folder.file("munim.db")
        try DatabaseFile.prepare(path)
        do {
            let connection = try SQLiteConnection(path: path)
            try connection.execute("CREATE TABLE contacts (name TEXT)")
        }
        let refusal = try await storageError { try await folder.storage().start() }
        #expect(refusal == .corrupt("\(path) is the database of another program; name another file"))
    }
}
