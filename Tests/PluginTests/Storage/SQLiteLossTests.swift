import Foundation
import Glibc
import MunimKit
import Testing

@testable import Storage

/// What a person or a program does to the files of a database while a host works with it.
enum Tampering: String, CaseIterable, CustomTestStringConvertible, Codable {
    case renamedOver = "another file is renamed over it"
    case deleted = "it is deleted"
    case movedAway = "it is moved away"
    case writtenOver = "an older copy is written over it"
    case logDeleted = "its log is deleted"
    case logReplaced = "its log is replaced"
    case indexDeleted = "the index of its log is deleted"

    var testDescription: String { rawValue }

    /// Does it to the database in a folder that holds an older copy, `older.db`.
    func run(in folder: StorageFolder) throws {
        let path = folder.file("munim.db")
        switch self {
        case .renamedOver: rename(folder.file("older.db"), path)
        case .deleted: unlink(path)
        case .movedAway: rename(path, folder.file("elsewhere.db"))
        case .writtenOver:
            let file = try FileHandle(forUpdating: URL(filePath: path))
            try file.write(contentsOf: Data(try folder.bytes("older.db")))
            try file.close()
        case .logDeleted: unlink(path + "-wal")
        case .logReplaced:
            try folder.write([], to: "empty")
            rename(folder.file("empty"), path + "-wal")
        case .indexDeleted: unlink(path + "-shm")
        }
    }

    /// The file that is named in the complaint.
    var file: String {
        switch self {
        case .logDeleted, .logReplaced: "munim.db-wal"
        case .indexDeleted: "munim.db-shm"
        default: "munim.db"
        }
    }
}

@Suite("SQLite storage whose files are taken away", .timeLimit(.minutes(2)))
struct SQLiteLossTests {
    private let folder: StorageFolder

    init() throws { folder = try StorageFolder() }

    /// A storage that has acknowledged `before`, beside an older copy of it.
    private func prepared() async throws -> SQLiteStorage {
        try await folder.withStorage { try await $0.insert(row("yesterday")) }
        try folder.write(try folder.bytes("munim.db"), to: "older.db")
        let storage = try await folder.started()
        try await storage.insert(row("before"))
        return storage
    }

    private var rescued: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.contains(".rescued-") }.sorted() }
    }

    @Test("Nothing more is acknowledged, the loss is told, and what was acknowledged is kept beside", arguments: Tampering.allCases)
    func noticed(_ tampering: Tampering) async throws {
        let storage = try await prepared()
        try tampering.run(in: folder)
        let refusal = try await storageError { try await storage.insert(row("after")) }
        #expect(refusal?.reason.contains("/\(tampering.file) was ") == true, "\(String(describing: refusal))")
        let told = try #require(await storage.loss())
        #expect(told.contains("/\(tampering.file) was ") && told.contains("what was acknowledged is kept in "), "\(told)")
        await storage.stop()
        let files = try rescued
        let kept = try #require(files.first)
        #expect(files.count == 1 && told.contains(kept), "\(files)")
        #expect(try FileManager.default.attributesOfItem(atPath: folder.file(kept))[.posixPermissions] as? Int == 0o600)
        if tampering.file == "munim.db" {
            #expect(access(folder.file("munim.db-wal"), F_OK) != 0, "a log beside another file would be read into it")
        }

        let undecided = try await storageError { try await folder.storage().start() }
        #expect(undecided?.reason.contains(kept) == true, "\(String(describing: undecided))")
        // A person decides for what the host had acknowledged.
        for name in ["-wal", "-shm"] { unlink(folder.file("munim.db" + name)) }
        rename(folder.file(kept), folder.file("munim.db"))
        let names = try await folder.withStorage(SQLiteOptions(integrityCheck: .full)) { try await $0.names() }
        #expect(names == ["before", "yesterday"])
    }

    @Test("A loss is noticed without a commit")
    func idle() async throws {
        let storage = try await prepared()
        async let told = storage.loss()
        try Tampering.deleted.run(in: folder)
        #expect(await told?.contains("was deleted or moved away") == true)
        await storage.stop()
    }

    @Test("A private store is watched as the host's own")
    func privateStore() async throws {
        let storage = try await folder.started()
        let book = try await storage.privateRecords(named: "paper", tables: [SwitchRecord.table])
        try await book.insert(row("before"))
        unlink(folder.file("paper.db"))
        let refusal = try await storageError { try await book.insert(row("after")) }
        #expect(refusal?.reason.hasPrefix(folder.file("paper.db") + " was deleted") == true)
        #expect(await storage.loss()?.contains(folder.file("paper.db.rescued-")) == true)
        await storage.stop()
    }

    @Test("Checkpoints of its own are no loss")
    func checkpoints() async throws {
        try await folder.withStorage { storage in
            let long = String(repeating: "x", count: 40_000)
            for number in 0..<40 {
                try await storage.insert(row("row-\(number)", reason: long))
                let records = try storage.records()
                try await records.checkpointer.run { connection throws(SQLiteFault) in
                    records.watch.moving { _ = try? connection.rows("PRAGMA wal_checkpoint(TRUNCATE)") }
                }
            }
            try await storage.backUp(to: folder.file("copy.db"))
            try await storage.insert(row("last"))
            #expect(try storage.records().watch.loss == nil)
        }
    }

    @Test("A copy that cannot be made leaves the log, set aside where it is read into nothing")
    func noRoom() async throws {
        let path = folder.path
        let storage = try await prepared()
        await storage.stop()
        await #expect(processExitsWith: .success) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            let storage = SQLiteStorage(
                options: SQLiteOptions(), context: PluginContext(name: "storage", clock: SystemClock(), directory: path),
                migrations: SQLiteMigrations.all)
            try await storage.start()
            try await storage.insert(row("acknowledged"))
            unlink(path + "/munim.db")
            var limit = rlimit(rlim_cur: 10_000, rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
            let told = await storage.loss()
            #expect(told?.contains("was set aside as") == true, "\(told ?? "")")
            await storage.stop()
        }
        let files = try rescued
        #expect(files.contains { $0.hasSuffix(".log") }, "\(files)")
        #expect(try await storageError { try await folder.storage().start() } != nil)
    }
}

@Suite("The lock of a database", .timeLimit(.minutes(2)))
struct DatabaseLockTests {
    private let folder: StorageFolder

    init() throws { folder = try StorageFolder() }

    /// How another process is answered that opens `name` in a folder.
    private func elsewhere(_ name: String, in path: String) async {
        await #expect(processExitsWith: .success) { [path = path as String, name = name as String] in
            let storage = SQLiteStorage(
                options: SQLiteOptions(path: name), context: PluginContext(name: "storage", clock: SystemClock(), directory: path),
                migrations: SQLiteMigrations.all)
            let refusal = try await storageError { try await storage.start() }
            #expect(refusal?.reason.contains("is in use by ") == true, "\(String(describing: refusal))")
        }
    }

    @Test("A lock file that is deleted lets nobody in")
    func deletedLockFile() async throws {
        try await folder.withStorage { storage in
            unlink(folder.file("munim.db.lock"))
            await elsewhere("munim.db", in: folder.path)
            try await storage.insert(row("a"))
        }
    }

    @Test("Another name of the same file lets nobody in", arguments: [false, true])
    func otherName(isHard: Bool) async throws {
        try await folder.withStorage { storage in
            if isHard {
                link(folder.file("munim.db"), folder.file("other.db"))
            } else {
                symlink(folder.file("munim.db"), folder.file("other.db"))
            }
            await elsewhere("other.db", in: folder.path)
            try await storage.insert(row("a"))
        }
    }

    @Test("A file with several names is refused where its log may lie beside another one")
    func severalNames() async throws {
        try await folder.withStorage { try await $0.insert(row("a")) }
        link(folder.file("munim.db"), folder.file("other.db"))
        let refusal = try await storageError { try await folder.storage().start() }
        #expect(refusal?.reason.contains("has 2 names (hard links)") == true, "\(String(describing: refusal))")
        unlink(folder.file("other.db"))
        #expect(try await folder.withStorage { try await $0.names() } == ["a"])
    }
}
