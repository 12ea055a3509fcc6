import MunimKit
import Testing

@testable import Storage

@Suite("Storage counts its commits")
struct StorageMetricsTests {
    private let folder: StorageFolder

    init() throws { folder = try StorageFolder() }

    private static let row = SwitchRecord(name: "trading", isThrown: false, reason: "", changedBy: "", changedAt: Instant(microseconds: 0))

    @Test(
        "Each commit is counted once with its time, one that meets a conflict too, and nothing to write is none",
        arguments: ["sqlite", "memory"])
    func commits(_ name: String) async throws {
        let metrics = CountingMetrics()
        let context = PluginContext(name: "storage", clock: SystemClock(), metrics: metrics, directory: folder.path)
        let storage: any StoragePlugin =
            name == "memory"
            ? try MemoryStorage(options: NoOptions(), context: context) : try SQLiteStorage(options: SQLiteOptions(), context: context)
        try await storage.start()
        var transaction = Transaction()
        transaction.insert(Self.row)
        _ = try await storage.commit(Transaction())
        #expect(metrics[.commits] == 0)
        _ = try await storage.commit(transaction)
        #expect(metrics[.commits] == 1)
        let refusal = try await storageError { [transaction] in _ = try await storage.commit(transaction) }
        guard case .conflict? = refusal else { throw try #require(refusal) }
        #expect(metrics[.commits] == 2)
        #expect(metrics[.commitLatency] == 2)
        #expect(metrics[.commitFailures] == 0)
        let own = try await storage.privateRecords(named: "own", tables: [SwitchRecord.table])
        _ = try await own.commit(transaction)
        #expect(metrics[.commits] == 3, "a plugin's own records count as well")
        await storage.stop()
    }
}
