import Brokers
import MunimKit
import MunimTesting
import Storage
import Synchronization

/// A paper broker on a store that survives it, with a clock that tests move.
struct PaperBench {
    let clock = ManualClock(PaperScene.morning)
    let log = RecordingLog()
    let records: GatedRecords
    let random = SeededRandomSource(7)

    init(over store: (any RecordStore)? = nil) async throws {
        records = GatedRecords(try await Self.store(store))
    }

    private static func store(_ store: (any RecordStore)?) async throws -> any RecordStore {
        if let store { return store }
        return try await MemoryStorage().privateRecords(named: "paper", tables: PaperExchange.tables)
    }

    /// A started broker over the store; a second one is the first one after a restart.
    func open(_ options: PaperOptions = PaperOptions(), directory: String = ".") async throws -> PaperBroker {
        let records = records
        let context = PluginContext(name: "broker", clock: clock, random: random, log: log, directory: directory) { _, _ in records }
        let broker = try PaperBroker(options: options, context: context)
        try await broker.start()
        return broker
    }

    /// A started broker that has heard a price of 1,000 for the contract of ``PaperScene/future(_:lot:freeze:)``.
    func openWithPrice(_ options: PaperOptions = PaperOptions(), faults: String = "") async throws -> PaperBroker {
        let broker = try await open(options)
        await broker.observe(PaperScene.observation(PaperScene.price(1_000), at: clock.now()))
        try await broker.inject(faults)
        return broker
    }
}

/// A store whose commits a test can hold, fail and count.
final class GatedRecords: RecordStore {
    /// What happens to a commit.
    enum Rule: Sendable {
        case pass
        /// Waits until the gate opens.
        case hold
        /// Refuses.
        case fail(StorageError)
        /// Commits, and says that the outcome is unknown.
        case forget
    }

    private struct State {
        var rule = Rule.pass
        var commits = 0
        var readOrders = 0
        var held: [CheckedContinuation<Void, Never>] = []
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let store: any RecordStore
    private let state = Mutex(State())

    init(_ store: any RecordStore) { self.store = store }

    /// How many commits reached the store.
    var commits: Int { state.withLock(\.commits) }

    /// How many rows of orders were read as a whole.
    var readOrders: Int { state.withLock(\.readOrders) }

    /// Sets what happens to commits from now on and lets those pass that were held.
    func set(_ rule: Rule) {
        let held = state.withLock { state in
            state.rule = rule
            defer { state.held = [] }
            return state.held
        }
        held.forEach { $0.resume() }
    }

    /// Returns as soon as a commit is held.
    func waitForHeld() async {
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.held.isEmpty { state.watchers.append(continuation) }
                return !state.held.isEmpty
            }
            if isHeld { continuation.resume() }
        }
    }

    func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        let rule = state.withLock(\.rule)
        switch rule {
        case .pass: break
        case .fail(let error): throw error
        case .hold: await hold()
        case .forget:
            _ = try await pass(transaction)
            throw .uncertain("the line was cut")
        }
        return try await pass(transaction)
    }

    private func hold() async {
        await withCheckedContinuation { continuation in
            let watchers = state.withLock { state in
                state.held.append(continuation)
                defer { state.watchers = [] }
                return state.watchers
            }
            watchers.forEach { $0.resume() }
        }
    }

    private func pass(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        state.withLock { $0.commits += 1 }
        return try await store.commit(transaction)
    }

    func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] {
        let records = try await store.fetch(query)
        if R.self == PaperOrderRecord.self { state.withLock { $0.readOrders += records.count } }
        return records
    }
    func reduce<R: Record, Result: Sendable>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: @Sendable (inout Result, Row) throws(StorageError) -> Void
    ) async throws(StorageError) -> Result { try await store.reduce(columns, of: query, into: initial, update) }
    func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try await store.count(query) }
}
