import MunimKit
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

    @Test("A file that is cut off refuses to start and says that it is damaged", arguments: [5_000, 60_000, 150_000])
    func cutOff(_ length: Int) async throws {
        try await fill()
        let bytes = try folder.bytes("munim.db")
        try #require(bytes.count > length)
        try folder.write(Array(bytes.prefix(length)), to: "munim.db")
        try await expectCorrupt("is damaged")
    }

    @Test("A file with overwritten pages refuses to start and says what is wrong", arguments: [3, 10, 25])
    func overwritten(_ page: Int) async throws {
        try await fill()
        var bytes = try folder.bytes("munim.db")
        let start = page * 4_096
        try #require(bytes.count > start + 4_096)
        bytes.replaceSubrange(start..<start + 4_096, with: repeatElement(0xA5, count: 4_096))
        try folder.write(bytes, to: "munim.db")
        try await expectCorrupt("is damaged")
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

    private func expectCorrupt(_ words: String) async throws {
        let refusal = try await storageError { try await folder.storage().start() }
        guard case .corrupt(let reason)? = refusal else {
            Issue.record("expected corrupt, got \(String(describing: refusal))")
            return
        }
        #expect(reason.hasPrefix("\(folder.path)/munim.db "))
        #expect(reason.contains(words))
    }
}
