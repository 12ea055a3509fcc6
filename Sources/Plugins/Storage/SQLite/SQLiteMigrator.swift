import MunimKit

/// One numbered change of the schema.
struct SQLiteMigration: Sendable {
    var number: Int
    var name: String
    var up: String
    var down: String

    /// 64-bit FNV-1a of both texts and their length: it finds edits, it does not withstand an attacker, who could change the binary as well.
    var checksum: String {
        let bytes = Array(up.utf8) + [0] + Array(down.utf8)
        let hash = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + "-" + String(bytes.count)
    }
}

/// Brings a database from one numbered schema to another.
struct SQLiteMigrator: Sendable {
    /// What this binary knows, counted from 1 without gaps.
    let migrations: [SQLiteMigration]
    let path: String
    /// Who applies, for the record.
    let author: String
    let clock: any Clock

    /// Marks the file as one of ours: the letters "muni".
    private static let applicationID: Int64 = 0x6d75_6e69

    /// Every migration that is known, where there is no database yet.
    var statusOfNothing: [MigrationStatus] {
        migrations.map {
            MigrationStatus(number: $0.number, name: $0.name, checksum: $0.checksum, appliedAt: nil, appliedChecksum: nil)
        }
    }

    /// Every migration that is known or applied, in order.
    func status(_ connection: SQLiteConnection) throws(StorageError) -> [MigrationStatus] {
        let applied = try applied(connection)
        var all = migrations.map { migration in
            let row = applied.first { $0.number == migration.number }
            return MigrationStatus(
                number: migration.number, name: migration.name, checksum: migration.checksum, appliedAt: row?.at,
                appliedChecksum: row?.checksum)
        }
        for row in applied where !migrations.contains(where: { $0.number == row.number }) {
            all.append(MigrationStatus(number: row.number, name: row.name, checksum: "", appliedAt: row.at, appliedChecksum: row.checksum))
        }
        return all.sorted { $0.number < $1.number }
    }

    /// Throws a sentence when the schema is newer than this binary, was made by other texts, or is older and `isComplete` is demanded.
    func check(_ connection: SQLiteConnection, isComplete: Bool) throws(StorageError) {
        try claim(connection)
        for status in try status(connection) {
            if status.checksum.isEmpty {
                throw .corrupt(
                    "\(path) has migration \(status.number) (\(status.name)), this binary knows up to \(migrations.count); run the newer binary, "
                        + "or bring the schema down with it")
            }
            if let found = status.appliedChecksum, found != status.checksum {
                throw .corrupt(
                    "migration \(status.number) (\(status.name)) of \(path) was applied with checksum \(found), this binary has "
                        + "\(status.checksum): an applied migration must not be edited")
            }
            if isComplete, status.appliedAt == nil {
                throw .unavailable("\(path) lacks migration \(status.number) (\(status.name)); run: munim migrate up")
            }
        }
    }

    /// Goes up or down to `target`, each step in a transaction of its own with its record.
    func migrate(_ connection: SQLiteConnection, to target: MigrationTarget) throws(StorageError) {
        try check(connection, isComplete: false)
        let goal: Int
        switch target {
        case .newest: goal = migrations.count
        case .number(let number):
            guard (0...migrations.count).contains(number) else {
                throw .unsupported("there is no migration \(number); this binary knows 0 to \(migrations.count)")
            }
            goal = number
        }
        let applied = Set(try applied(connection).map(\.number))
        for migration in migrations where migration.number <= goal && !applied.contains(migration.number) { try up(migration, connection) }
        for migration in migrations.reversed() where migration.number > goal && applied.contains(migration.number) {
            try down(migration, connection)
        }
    }

    private func up(_ migration: SQLiteMigration, _ connection: SQLiteConnection) throws(StorageError) {
        try step(migration, "up", connection) { connection throws(SQLiteFault) in
            try connection.execute(migration.up)
            try connection.run(
                "INSERT INTO schema_migrations (number, name, checksum, applied_at, applied_by) VALUES (?, ?, ?, ?, ?)",
                [migration.number.column, migration.name.column, migration.checksum.column, clock.now().column, author.column])
        }
    }

    private func down(_ migration: SQLiteMigration, _ connection: SQLiteConnection) throws(StorageError) {
        try step(migration, "down", connection) { connection throws(SQLiteFault) in
            try connection.execute(migration.down)
            try connection.run("DELETE FROM schema_migrations WHERE number = ?", [migration.number.column])
        }
    }

    private func step(
        _ migration: SQLiteMigration, _ direction: String, _ connection: SQLiteConnection,
        _ body: (SQLiteConnection) throws(SQLiteFault) -> Void
    ) throws(StorageError) {
        do {
            try connection.run("BEGIN IMMEDIATE")
            try body(connection)
            try connection.run("COMMIT")
        } catch {
            if connection.isInTransaction { _ = try? connection.run("ROLLBACK") }
            let reason = error.storageError(path)
            throw .corrupt("migration \(migration.number) (\(migration.name)) \(direction) was taken back: \(reason)")
        }
    }

    /// Refuses the file of another program, and marks a fresh one.
    func claim(_ connection: SQLiteConnection) throws(StorageError) {
        do {
            let id = try connection.rows("PRAGMA application_id").first?.first
            if id == .integer(Self.applicationID) { return }
            let tables = try connection.rows("SELECT name FROM sqlite_schema LIMIT 1")
            guard tables.isEmpty, id == .integer(0) else {
                throw StorageError.corrupt("\(path) is the database of another program; name another file")
            }
            try connection.execute(
                """
                BEGIN IMMEDIATE;
                PRAGMA application_id = \(Self.applicationID);
                CREATE TABLE schema_migrations (
                    number INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL,
                    applied_by TEXT NOT NULL
                ) STRICT;
                COMMIT
                """)
        } catch let fault as SQLiteFault {
            if connection.isInTransaction { _ = try? connection.run("ROLLBACK") }
            throw fault.storageError(path)
        } catch let error as StorageError { throw error } catch { throw .unavailable("\(path): \(error)") }
    }

    private func applied(
        _ connection: SQLiteConnection
    ) throws(StorageError) -> [(number: Int, name: String, checksum: String, at: Instant)] {
        let rows: [[Value]]
        do {
            rows = try connection.rows("SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number")
        } catch { throw error.storageError(path) }
        return rows.compactMap { row in
            guard let number = Int(row[0]), let name = String(row[1]), let checksum = String(row[2]), let at = Instant(row[3]) else {
                return nil
            }
            return (number, name, checksum, at)
        }
    }
}
