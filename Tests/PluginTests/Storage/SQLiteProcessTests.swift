import Glibc
import MunimKit
import Testing

@testable import Storage

@Suite("SQLite storage and other processes")
struct SQLiteProcessTests {
    private let folder: StorageFolder

    init() throws { folder = try StorageFolder() }

    /// A storage in a folder that belongs to another process.
    private static func storage(in path: String) -> SQLiteStorage {
        SQLiteStorage(
            options: SQLiteOptions(), context: PluginContext(name: "storage", clock: SystemClock(), directory: path),
            migrations: SQLiteMigrations.all)
    }

    @Test("A second storage on the same file is refused with a sentence that names the holder")
    func secondStorage() async throws {
        try await folder.withStorage { storage in
            let refusal = try await storageError { try await folder.storage().start() }
            let sentence = try #require(refusal?.description)
            #expect(sentence.hasPrefix("storage is unavailable: \(folder.path)/munim.db is in use by process \(getpid()) (incarnation "))
            #expect(sentence.hasSuffix("; stop that process, or give this one another path"))
            try await storage.insert(row("a"))
        }
        let names = try await folder.withStorage { try await $0.names() }
        #expect(names == ["a"])
    }

    @Test("Another process cannot open the file, and can when this one has let go")
    func secondProcess() async throws {
        let path = folder.path
        try await folder.withStorage { _ in
            await #expect(processExitsWith: .success) { [path = path as String] in
                let refusal = try await storageError { try await Self.storage(in: path).start() }
                #expect(refusal?.description.contains("is in use by process \(getppid())") == true, "\(String(describing: refusal))")
            }
        }
        await #expect(processExitsWith: .success) { [path = path as String] in
            let storage = Self.storage(in: path)
            try await storage.start()
            try await storage.insert(row("theirs"))
            await storage.stop()
        }
        let names = try await folder.withStorage { try await $0.names() }
        #expect(names == ["theirs"])
    }

    @Test("A process killed in the middle of its commits loses nothing that was answered, and leaves no half transaction", arguments: 1...5)
    func killed(_ round: Int) async throws {
        let path = folder.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, round = round as Int] in
            let storage = Self.storage(in: path)
            try await storage.start()
            let answered = open(path + "/answered", O_WRONLY | O_CREAT | O_APPEND, 0o600)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for lane in 0..<8 {
                    group.addTask {
                        for number in 0..<1_000 {
                            let name = "\(lane)-\(number)"
                            try await storage.insert(row(name + "-left"), row(name + "-right"))
                            let line = Array((name + "\n").utf8)
                            _ = write(answered, line, line.count)
                            if lane == 0, number == 10 + round * 7 { kill(getpid(), SIGKILL) }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        let answered = String(decoding: try folder.bytes("answered"), as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(answered.count > 10)
        try await folder.withStorage(SQLiteOptions(integrityCheck: .full)) { storage in
            let names = Set(try await storage.names())
            for name in answered { #expect(names.contains(name + "-left") && names.contains(name + "-right"), "\(name) was answered") }
            #expect(PairNames(names).areWhole)
            try await storage.insert(row("works again"))
        }
    }

    @Test("A disk that takes no more bytes fails the commit itself, and commits work again when it takes some")
    func noSpaceAtCommit() async throws {
        let path = folder.path
        await #expect(processExitsWith: .success) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            let storage = Self.storage(in: path)
            try await storage.start()
            try await storage.insert(row("before"))
            var limit = rlimit(rlim_cur: 400_000, rlim_max: rlim_t.max)
            setrlimit(__rlimit_resource_t(1), &limit)  // RLIMIT_FSIZE
            var refusal: StorageError?
            var kept = ["before"]
            for number in 0..<100 where refusal == nil {
                let name = "row-\(1_000 + number)"
                refusal = try await storageError { try await storage.insert(row(name, reason: String(repeating: "x", count: 20_000))) }
                if refusal == nil { kept.append(name) }
            }
            guard case .unavailable? = refusal else {
                Issue.record("expected unavailable, got \(String(describing: refusal))")
                return
            }
            #expect(try await storage.names() == kept)
            limit.rlim_cur = rlim_t.max
            setrlimit(__rlimit_resource_t(1), &limit)
            try await storage.insert(row("works again"))
            #expect(try await storage.names() == kept + ["works again"])
            await storage.stop()
        }
        let names = try await folder.withStorage(SQLiteOptions(integrityCheck: .full)) { try await $0.names() }
        #expect(names.first == "before" && names.last == "works again")
    }

    @Test("A file that this user cannot write refuses to start with a sentence")
    func readOnly() async throws {
        let path = folder.path
        try await folder.withStorage { try await $0.insert(row("a")) }
        chmod(path, 0o755)
        chmod(path + "/munim.db", 0o444)
        await #expect(processExitsWith: .success) { [path = path as String] in
            if getuid() == 0 { setuid(65_534) }  // Permissions do not bind root.
            let refusal = try await storageError { try await Self.storage(in: path).start() }
            #expect(refusal == .unavailable("\(path)/munim.db cannot be written: Permission denied"))
        }
        chmod(path + "/munim.db", 0o600)
        let names = try await folder.withStorage { try await $0.names() }
        #expect(names == ["a"])
    }
}
