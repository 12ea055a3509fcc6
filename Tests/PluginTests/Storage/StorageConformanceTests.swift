import MunimKit
import MunimTesting
import Storage
import Testing

@Suite("The conformance suite of storage knows that not every backend keeps a NUL")
struct StorageConformanceTests {
    @Test(
        "A backend that refuses text with a NUL as unsupported keeps every promise about text",
        arguments: [StorageConformance.Promise.nulText, .exactText, .documents])
    func refuses(_ promise: StorageConformance.Promise) async throws {
        try await StorageConformance(make: { WithoutNul(.refuses(.unsupported("text with a NUL"))) }, reopen: nil).check(promise)
    }

    @Test(
        "One that cuts it off, or refuses it as if a later try could help, does not pass",
        arguments: [WithoutNul.Behaviour.cutsOff, .refuses(.unavailable("busy")), .refuses(.uncertain("lost")), .refusesAfterWriting])
    func faulty(_ behaviour: WithoutNul.Behaviour) async throws {
        await withKnownIssue { try await StorageConformance(make: { WithoutNul(behaviour) }, reopen: nil).check(.nulText) }
    }
}

/// Memory storage that does something else with text that holds a NUL.
struct WithoutNul: StoragePlugin {
    /// What it does.
    enum Behaviour: Sendable {
        case refuses(StorageError)
        /// Refuses what it wrote in part.
        case refusesAfterWriting
        /// Says that it wrote, and wrote nothing.
        case cutsOff
    }

    static let manifest = PluginManifest(kind: .storage, name: "without-nul", version: "1.0.0", summary: "For tests only.")
    private let behaviour: Behaviour
    private let store: any RecordStore
    private let storage = MemoryStorage()

    init(options: NoOptions, context: PluginContext) throws { throw PluginFault("made by tests only") }

    init(_ behaviour: Behaviour, over store: (any RecordStore)? = nil) {
        self.behaviour = behaviour
        self.store = store ?? storage
    }

    func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        guard let bad = transaction.writes.firstIndex(where: { $0.record.holdsNul }) else { return try await store.commit(transaction) }
        switch behaviour {
        case .refuses(let error): throw error
        case .refusesAfterWriting:
            var part = Transaction()
            for write in transaction.writes[..<bad] { part.append(write) }
            _ = try await store.commit(part)
            throw .unsupported("text with a NUL")
        case .cutsOff: return transaction.writes.map { _ in true }
        }
    }

    func privateRecords(named name: String, tables: [Table]) async throws(StorageError) -> any RecordStore {
        WithoutNul(behaviour, over: try await storage.privateRecords(named: name, tables: tables))
    }

    func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try await store.fetch(query) }
    func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try await store.count(query) }
    func migrations() async throws(StorageError) -> [MigrationStatus] { [] }
    func migrate(to target: MigrationTarget) async throws(StorageError) {}
    func backUp(to path: String) async throws(StorageError) { throw .unsupported("made by tests only") }
}

extension Record {
    /// Whether a text or a document of it holds a NUL.
    fileprivate var holdsNul: Bool {
        values.contains { value in
            switch value {
            case .text(let text): text.utf8.contains(0)
            case .document(let document): document.text.contains("\\u0000")
            default: false
            }
        }
    }
}
