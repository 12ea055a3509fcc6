import MunimKit

/// What is done for records whose file was taken away: an open file still holds them, for as long as it is open.
enum Rescue {
    private static let suffix = ".rescued-"

    /// Copies what `connection` still sees into a file beside `path`, and sets the log aside, which belongs to no file that may be at `path` now.
    ///
    /// SQLite would read a log that it finds there into whatever database is beside it. Answers a sentence on what is kept where.
    static func keep(_ connection: SQLiteConnection, path: String, logs: [String], at now: Instant) -> String {
        let target = path + suffix + name(now)
        do throws(StorageError) {
            let isWhole = try copy(connection, to: target, path)
            for log in logs { DatabaseFile.remove(log) }
            return "what was acknowledged is kept in \(target)" + (isWhole ? "" : ", as far as it could be read: it is damaged")
        } catch {
            let aside = logs.map { log in
                let place = target + (log.hasSuffix("-wal") ? ".log" : ".index")
                DatabaseFile.rename(log, to: place)
                return place
            }
            let log = aside.isEmpty ? "" : "; the log of the last commits was set aside as \(aside.joined(separator: " and "))"
            return "it could not be copied to \(target) (\(error.reason))\(log)"
        }
    }

    /// Throws while a person has not decided which file holds the records.
    static func refuseUndecided(_ path: String) throws(StorageError) {
        if let sentence = undecided(path) { throw .unavailable(sentence) }
    }

    /// What a person has to decide; nil when there is nothing.
    static func undecided(_ path: String) -> String? {
        DatabaseFile.companions(of: path, suffix: suffix).first.map { kept in
            "the files of \(path) were taken away while a host worked with them, and \(kept) keeps what that host had acknowledged; "
                + "decide which of them holds the records, move that to \(path), and the other to another folder"
        }
    }

    /// Answers whether the copy is whole: a file that was written over may have lost what the log did not hold any more.
    private static func copy(_ connection: SQLiteConnection, to target: String, _ path: String) throws(StorageError) -> Bool {
        let draft = target + ".part"
        DatabaseFile.remove(draft)
        try DatabaseFile.create(draft)
        do throws(SQLiteFault) { try connection.copy(to: draft) } catch {
            DatabaseFile.remove(draft)
            throw error.storageError(path)
        }
        let found = try? SQLiteConnection(path: draft, readsOnly: true).rows("PRAGMA quick_check(1)")
        for name in [draft + "-wal", draft + "-shm"] { DatabaseFile.remove(name) }
        try DatabaseFile.publish(draft, as: target)
        return found == [[.text("ok")]]
    }

    /// A time as a part of a name.
    private static func name(_ time: Instant) -> String { String(time.description.filter { $0.isNumber || $0 == "T" }.prefix(15)) }
}
