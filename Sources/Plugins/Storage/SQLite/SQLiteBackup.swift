import MunimKit

/// Copies a database file that may be in use, by this process or another.
struct SQLiteBackup: Sendable {
    /// The file that is copied.
    let path: String
    let settings: SQLiteSettings

    /// Copies the file as it is at one moment to `target`, which must not exist and gets its name only when it is complete.
    func copy(to target: String) async throws(StorageError) {
        guard !DatabaseFile.exists(target) else { throw .unavailable(DatabaseFile.exists(path: target)) }
        let draft = target + ".part"
        DatabaseFile.remove(draft)
        try DatabaseFile.create(draft)
        let session = SQLiteSession(path: path, role: "backup")
        do {
            try await session.openBesideOthers(settings)
            try await session.run { connection throws(SQLiteFault) in try connection.copy(to: draft) }
            await session.close()
            try DatabaseFile.publish(draft, as: target)
        } catch {
            await session.close()
            DatabaseFile.remove(draft)
            throw error
        }
    }
}
