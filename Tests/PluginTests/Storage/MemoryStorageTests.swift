import MunimKit
import MunimTesting
import Storage
import Testing

@Suite("Memory storage")
struct MemoryStorageTests {
    private let suite = StorageConformance(make: { MemoryStorage() }, reopen: nil)

    @Test("Memory storage keeps the promise", arguments: StorageConformance.Promise.withoutDurability)
    func promise(_ promise: StorageConformance.Promise) async throws { try await suite.check(promise) }

    @Test("A copy of a memory database goes its own way")
    func copies() throws {
        var original = MemoryDatabase()
        var first = Transaction()
        first.insert(SwitchRecord(name: "trading", isThrown: false, reason: "", changedBy: "", changedAt: Instant(microseconds: 0)))
        _ = try original.commit(first)
        var copy = original
        var second = Transaction()
        second.delete(SwitchRecord(name: "trading", isThrown: false, reason: "", changedBy: "", changedAt: Instant(microseconds: 0)))
        _ = try copy.commit(second)
        #expect(try original.count(Query<SwitchRecord>()) == 1)
        #expect(try copy.count(Query<SwitchRecord>()) == 0)
    }

    @Test("Memory storage says that it has no numbered migrations and no backup")
    func unsupported() async throws {
        let storage = MemoryStorage()
        #expect(try await storage.migrations().isEmpty)
        try await storage.migrate(to: .newest)
        await #expect(throws: StorageError.unsupported("memory storage has no numbered migrations")) {
            try await storage.migrate(to: .number(0))
        }
        await #expect(throws: StorageError.unsupported("memory storage has nothing to back up; use: sqlite keeps a file")) {
            try await storage.backUp(to: "/nowhere")
        }
    }
}
