import Dispatch
import MunimKit
import Synchronization
import Testing

@testable import Storage

@Suite("SQLite storage under load")
struct SQLiteConcurrencyTests {
    private let folder: StorageFolder

    init() throws { folder = try StorageFolder() }

    @Test("Transactions that wait while another is written share one physical commit")
    func groups() async throws {
        let metrics = CountingMetrics()
        let context = PluginContext(name: "storage", clock: SystemClock(), metrics: metrics, directory: folder.path)
        let storage = try SQLiteStorage(options: SQLiteOptions(), context: context)
        try await storage.start()
        let writer = try storage.records().writer
        let gate = DispatchSemaphore(value: 0)
        let (entering, entered) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await writer.run { _ throws(StorageError) in
                    entered.finish()
                    gate.wait()
                }
            }
            for await _ in entering {}
            for number in 0..<50 { group.addTask { try await storage.insert(row("row-\(number)")) } }
            while writer.waitingCount < 50 { await Task.yield() }
            gate.signal()
            try await group.waitForAll()
        }
        #expect(metrics[.commits] == 1)
        #expect(metrics[.commitLatency] == 1)
        #expect(metrics[.commitFailures] == 0)
        #expect(try await storage.names().count == 50)
        await storage.stop()
    }

    @Test("A long read stops no commit")
    func longRead() async throws {
        try await folder.withStorage { storage in
            try await storage.insert(row("a"))
            let reader = try storage.records().reader
            let gate = DispatchSemaphore(value: 0)
            let (entering, entered) = AsyncStream.makeStream(of: Void.self)
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    try await reader.run { connection throws(SQLiteFault) in
                        var count = 0
                        // The read is open, in the middle of its rows, until the commits are done.
                        _ = try connection.forEach("SELECT name FROM switches") { _ throws(StorageError) in
                            entered.finish()
                            gate.wait()
                            count += 1
                        }
                        return count
                    }
                }
                for await _ in entering {}
                for number in 0..<20 { try await storage.insert(row("late-\(number)")) }
                gate.signal()
                #expect(try await group.next() == 1, "the read sees what was there when it began")
            }
            #expect(try await storage.names().count == 21)
        }
    }

    @Test("The log is moved into the file while commits go on, and does not grow without end")
    func checkpoints() async throws {
        let text = String(repeating: "x", count: 30_000)
        try await folder.withStorage { storage in
            for number in 0..<60 {
                var transaction = Transaction()
                for part in 0..<10 { transaction.insert(row("\(number)-\(part)", reason: text)) }
                _ = try await storage.commit(transaction)
            }
            try await storage.records().requestedCheckpoint()
            let moved = try folder.bytes("munim.db").count
            #expect(moved > 10_000_000, "\(moved) bytes of 18 million are in the file")
        }
        #expect(DatabaseFile.exists(folder.file("munim.db-wal")) == false)
    }

    @Test("A backup taken while others write is whole, and can be opened")
    func backup() async throws {
        let copy = try StorageFolder()
        try await folder.withStorage { storage in
            for number in 0..<100 { try await storage.insert(row("old-\(number)-left"), row("old-\(number)-right")) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in 0..<200 { try await storage.insert(row("new-\(number)-left"), row("new-\(number)-right")) }
                }
                group.addTask { try await storage.backUp(to: copy.file("munim.db")) }
                try await group.waitForAll()
            }
        }
        #expect(DatabaseFile.exists(copy.file("munim.db.part")) == false)
        try await copy.withStorage(SQLiteOptions(integrityCheck: .full)) { storage in
            let names = try await storage.names()
            #expect(PairNames(names).areWhole)
            let old = names.filter { $0.hasPrefix("old") }
            #expect(old.count == 200)
        }
    }

    @Test("A backup overwrites nothing and leaves nothing behind when it fails")
    func backupRefusals() async throws {
        try await folder.withStorage { storage in
            try folder.write([1, 2, 3], to: "taken")
            let taken = try await storageError { try await storage.backUp(to: folder.file("taken")) }
            #expect(taken == .unavailable("\(folder.path)/taken exists already and is not overwritten; name another file"))
            #expect(try folder.bytes("taken") == [1, 2, 3])
            let missing = try await storageError { try await storage.backUp(to: folder.file("no/folder")) }
            #expect(missing == .unavailable("\(folder.path)/no/folder.part cannot be created: No such file or directory"))
            try await storage.insert(row("a"))
        }
        let stopped = folder.storage()
        let refusal = try await storageError { try await stopped.backUp(to: folder.file("copy")) }
        #expect(refusal == .unavailable("\(folder.path)/munim.db is not open"))
    }
}

extension SQLiteRecords {
    /// Returns when a checkpoint that was asked for before is done.
    func requestedCheckpoint() async throws {
        _ = try await checkpointer.run { connection throws(SQLiteFault) in try connection.rows("PRAGMA wal_checkpoint(PASSIVE)") }
    }
}
