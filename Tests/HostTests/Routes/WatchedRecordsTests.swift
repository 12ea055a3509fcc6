import MunimKit
import MunimTesting
import Synchronization
import Testing

@testable import munim

/// A store that can be made to refuse what is written, as a full disk does, and counts commits.
private final class FullDisk: RecordStore {
    let failure = Mutex<StorageError?>(nil)
    let commits = Mutex(0)
    private let version = Mutex<Int64>(1)

    func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        commits.withLock { $0 += 1 }
        if let failure = failure.withLock(\.self) { throw failure }
        for write in transaction.writes {
            guard case .update = write, let record = write.record as? InstanceRecord else { continue }
            guard
                version.withLock({ version in
                    guard record.version == version + 1 else { return false }
                    version += 1
                    return true
                })
            else { throw .conflict(write: 0, reason: "another version") }
        }
        return transaction.writes.map { _ in true }
    }
    func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { [] }
    func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { 0 }
}

@Suite struct WatchedRecordsTests {
    private let disk = FullDisk()
    private let clock = ManualClock(Instant(seconds: 1_764_300_000))

    private func begun() async throws -> WatchedRecords {
        let records = WatchedRecords(disk, clock: clock)
        try await records.begin(InstanceRecord(id: "i-1", name: "i", hostname: "h", binaryVersion: "1", at: clock.now()))
        return records
    }

    @Test("Whether records can be written is what the last commit says, for a second; then a sign of life is written to know it")
    func memory() async throws {
        let records = try await begun()
        #expect(await records.failure() == nil)
        #expect(disk.commits.withLock(\.self) == 1, "the commit of a moment ago says it")
        disk.failure.withLock { $0 = .unavailable("the disk is full") }
        #expect(await records.failure() == nil)
        clock.advance(by: .seconds(1))
        #expect(await records.failure() == "storage is unavailable: the disk is full")
        #expect(await records.failure() != nil && disk.commits.withLock(\.self) == 2, "nobody writes more often than once a second for it")
        disk.failure.withLock { $0 = nil }
        clock.advance(by: .seconds(1))
        #expect(await records.failure() == nil)
    }

    @Test("A commit that fails is known at once, and a conflict is no failure")
    func commits() async throws {
        let records = try await begun()
        var transaction = Transaction()
        transaction.insert(ScopeRecord(instrument: "GOLD_MINI"))
        disk.failure.withLock { $0 = .conflict(write: 0, reason: "a row is there") }
        _ = try? await records.commit(transaction)
        #expect(await records.failure() == nil)
        disk.failure.withLock { $0 = .uncertain("no answer") }
        _ = try? await records.commit(transaction)
        #expect(await records.failure()?.contains("no answer") == true)
    }

    @Test("Many who ask at once wait for one sign of life")
    func atOnce() async throws {
        let records = try await begun()
        clock.advance(by: .seconds(2))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 { group.addTask { #expect(await records.failure() == nil) } }
        }
        #expect(disk.commits.withLock(\.self) == 2)
    }
}
