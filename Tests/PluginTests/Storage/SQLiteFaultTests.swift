import MunimKit
import Testing

@testable import Storage

@Suite("SQLite storage in trouble")
struct SQLiteFaultTests {
    private let folder: StorageFolder

    init() throws { folder = try StorageFolder() }

    private static let long = String(repeating: "x", count: 20_000)

    @Test("A full disk refuses every commit without writing anything, reads go on, and commits work again when there is space")
    func full() async throws {
        try await folder.withStorage { storage in
            try await storage.insert(row("before"))
            let pages = try #require(try await storage.records().sql(("PRAGMA page_count", [])).first?.first.flatMap { Int64($0) })
            try await storage.records().sql(("PRAGMA max_page_count = \(pages + 2)", []))
            let refusals = await withTaskGroup(of: StorageError?.self) { group in
                for number in 0..<20 {
                    group.addTask { try? await storageError { try await storage.insert(row("late-\(number)", reason: Self.long)) } }
                }
                return await group.reduce(into: [StorageError?]()) { $0.append($1) }
            }
            #expect(refusals.count == 20)
            for refusal in refusals { #expect(refusal?.isFull == true, "\(String(describing: refusal))") }
            #expect(try await storage.names() == ["before"])
            try await storage.records().sql(("PRAGMA max_page_count = 1073741823", []))
            try await storage.insert(row("late-1", reason: Self.long))
            #expect(try await storage.names() == ["before", "late-1"])
        }
        let kept = try await folder.withStorage { try await $0.names() }
        #expect(kept == ["before", "late-1"])
    }

    @Test("A file locked by another program is unavailable, and available when the lock is gone")
    func locked() async throws {
        try await folder.withStorage(SQLiteOptions(busyTimeout: .milliseconds(20))) { storage in
            let other = try SQLiteConnection(path: folder.file("munim.db"))
            try other.execute("BEGIN IMMEDIATE")
            let refusal = try await storageError { try await storage.insert(row("a")) }
            #expect(refusal == .unavailable("\(folder.path)/munim.db is locked by another process: database is locked"))
            #expect(try await storage.names() == [])
            try other.execute("COMMIT")
            try await storage.insert(row("a"))
            #expect(try await storage.names() == ["a"])
        }
    }

    @Test("A file that turns read-only is unavailable, and available when it turns back")
    func turnsReadOnly() async throws {
        try await folder.withStorage { storage in
            try await storage.records().sql(("PRAGMA query_only = ON", []))
            let refusal = try await storageError { try await storage.insert(row("a")) }
            #expect(refusal == .unavailable("\(folder.path)/munim.db cannot be written: attempt to write a readonly database"))
            try await storage.records().sql(("PRAGMA query_only = OFF", []))
            try await storage.insert(row("a"))
            #expect(try await storage.names() == ["a"])
        }
    }

    @Test("A sync that failed leaves the outcome uncertain; any other failure of a commit wrote nothing")
    func uncertain() {
        let sync = SQLiteFault(code: .sync, message: "disk I/O error", statement: "COMMIT")
        #expect(sync.commitError("f") == .uncertain("the disk that holds f did not confirm a commit: disk I/O error"))
        let full = SQLiteFault(code: .full, message: "", statement: "COMMIT")
        #expect(full.commitError("f").isFull)
        let broken = SQLiteFault(code: SQLiteCode(rawValue: 11 | (1 << 8)), message: "malformed", statement: "COMMIT")
        #expect(broken.commitError("f") == .corrupt("f is damaged: malformed; restore a backup"))
    }

    @Test("A storage that is not started, or stopped, says that it is not open")
    func notOpen() async throws {
        let storage = folder.storage()
        let closed = StorageError.unavailable("\(folder.path)/munim.db is not open")
        await #expect(throws: closed) { try await storage.insert(row("a")) }
        try await storage.start()
        try await storage.start()
        try await storage.insert(row("a"))
        await storage.stop()
        await storage.stop()
        await #expect(throws: closed) { try await storage.insert(row("b")) }
        await #expect(throws: closed) { _ = try await storage.names() }
        try await storage.start()
        #expect(try await storage.names() == ["a"])
        await storage.stop()
    }

    @Test("Missing folders are made, and a path that cannot be a file is refused with a sentence")
    func paths() async throws {
        try await folder.withStorage(SQLiteOptions(path: "deep/er/own.db")) { try await $0.insert(row("a")) }
        #expect(DatabaseFile.exists(folder.file("deep/er/own.db")))
        let isFolder = try await storageError { try await folder.storage(SQLiteOptions(path: "deep")).start() }
        #expect(isFolder == .unavailable("\(folder.path)/deep cannot be written: Is a directory"))
        let isBelowFile = try await storageError { try await folder.storage(SQLiteOptions(path: "deep/er/own.db/x.db")).start() }
        #expect(isBelowFile == .unavailable("\(folder.path)/deep/er/own.db/x.db cannot be written: Not a directory"))
    }

    @Test("A private store needs a plain name", arguments: ["", "../x", "a/b", "a.b", "ü", "munim"])
    func privateNames(_ name: String) async throws {
        try await folder.withStorage { storage in
            let refusal = try await storageError { _ = try await storage.privateRecords(named: name, tables: []) }
            guard case .unsupported? = refusal else {
                Issue.record("expected unsupported, got \(String(describing: refusal))")
                return
            }
        }
    }
}

extension StorageError {
    /// Whether it says that the disk is full.
    var isFull: Bool {
        if case .unavailable(let reason) = self { reason.contains("is full") } else { false }
    }
}
