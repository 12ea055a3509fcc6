import MunimKit
import MunimTesting
import Testing

@testable import Storage

@Suite("SQLite files that were damaged")
struct SQLiteDamageTests {
    private let folder: StorageFolder
    private static let rows = 400

    init() throws { folder = try StorageFolder() }

    /// Fills a database, one commit per row, and lets `body` copy its files while it is open, before the log is moved into the file.
    private func fill(_ body: () throws -> Void = {}) async throws {
        try await folder.withStorage { storage in
            for number in 0..<Self.rows { try await storage.insert(row(Self.name(number), reason: String(repeating: "r", count: 500))) }
            try body()
        }
    }

    private static func name(_ number: Int) -> String { "row-" + String(10_000 + number) }

    private func cutOff(_ length: Int) async throws {
        try await fill()
        let bytes = try folder.bytes("munim.db")
        try #require(bytes.count > length)
        try folder.write(Array(bytes.prefix(length)), to: "munim.db")
    }

    private func overwrite(_ page: Int) async throws {
        try await fill()
        var bytes = try folder.bytes("munim.db")
        let start = page * 4_096
        try #require(bytes.count > start + 4_096)
        bytes.replaceSubrange(start..<start + 4_096, with: repeatElement(0xA5, count: 4_096))
        try folder.write(bytes, to: "munim.db")
    }

    @Test("A file that is cut off refuses to start after a thorough check and says why", arguments: [5_000, 60_000, 150_000])
    func refusesCutOff(_ length: Int) async throws {
        try await cutOff(length)
        try await expectCorrupt("is damaged", SQLiteOptions(integrityCheck: .full))
    }

    @Test("A file with overwritten pages that is thoroughly checked refuses to start and says what is wrong", arguments: [3, 10, 25])
    func refusesOverwritten(_ page: Int) async throws {
        try await overwrite(page)
        try await expectCorrupt("is damaged", SQLiteOptions(integrityCheck: .full))
    }

    @Test("A file that is found to be cut off while it is in use takes no more commits", arguments: [5_000, 60_000, 150_000])
    func stopsAtCut(_ length: Int) async throws {
        try await cutOff(length)
        try await expectStop()
    }

    @Test("A file in which overwritten pages are found while it is in use takes no more commits", arguments: [3, 10, 25])
    func stopsAtOverwritten(_ page: Int) async throws {
        try await overwrite(page)
        try await expectStop()
    }

    @Test("A stop does not wait for a check", .timeLimit(.minutes(1)))
    func stopsEarly() async throws {
        let context = PluginContext(name: "storage", clock: ManualClock(Instant(seconds: 0)), directory: folder.path)
        let storage = SQLiteStorage(options: SQLiteOptions(), context: context, migrations: SQLiteMigrations.all)
        try await storage.start()
        let examiner = try storage.records().examiner
        await storage.stop()
        #expect(examiner.damage == nil)
    }

    @Test("A file that is something else refuses to start")
    func somethingElse() async throws {
        try folder.write(Array(repeating: 0x41, count: 8_192), to: "munim.db")
        try await expectCorrupt("is not an SQLite database")
    }

    @Test("A log cut off at any place keeps a whole prefix of the commits", arguments: [0, 1, 31, 32, 40, 5_000, 30_001, 100_000])
    func tornLog(_ cut: Int) async throws {
        let copy = try StorageFolder()
        try await fill {
            try copy.write(try folder.bytes("munim.db"), to: "munim.db")
            let log = try folder.bytes("munim.db-wal")
            try #require(log.count > cut)
            try copy.write(Array(log.dropLast(cut)), to: "munim.db-wal")
        }
        try await expectPrefix(in: copy, isWhole: cut == 0)
    }

    @Test("A log with overwritten bytes keeps a whole prefix of the commits", arguments: [40, 10_000, 60_000])
    func overwrittenLog(_ distance: Int) async throws {
        let copy = try StorageFolder()
        try await fill {
            try copy.write(try folder.bytes("munim.db"), to: "munim.db")
            var log = try folder.bytes("munim.db-wal")
            let start = log.count - distance
            log.replaceSubrange(start..<start + 16, with: repeatElement(0xA5, count: 16))
            try copy.write(log, to: "munim.db-wal")
        }
        try await expectPrefix(in: copy, isWhole: false)
    }

    private func expectPrefix(in copy: StorageFolder, isWhole: Bool) async throws {
        try await copy.withStorage(SQLiteOptions(integrityCheck: .full)) { storage in
            let names = try await storage.names()
            #expect(names == names.indices.map(Self.name))
            #expect((names.count == Self.rows) == isWhole)
            try await storage.insert(row("works again"))
        }
    }

    /// Damage of some places shows at the start, that of others when the whole file was looked at.
    private func expectStop() async throws {
        try await expectCorrupt("") {
            let storage = try await folder.started()
            try await storage.records().examiner.finish()
            do { try await storage.insert(row("after")) } catch {
                await storage.stop()
                throw error
            }
        }
    }

    private func expectCorrupt(_ words: String, _ options: SQLiteOptions = SQLiteOptions()) async throws {
        try await expectCorrupt(words) { try await folder.storage(options).start() }
    }

    private func expectCorrupt(_ words: String, _ body: () async throws -> Void) async throws {
        let refusal = try await storageError(body)
        guard case .corrupt(let reason)? = refusal else {
            Issue.record("expected corrupt, got \(String(describing: refusal))")
            return
        }
        #expect(reason.hasPrefix("\(folder.path)/munim.db "))
        #expect(reason.contains(words))
    }
}
