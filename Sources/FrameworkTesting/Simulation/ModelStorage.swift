public import MunimKit
import Synchronization

/// A model store behind calls, as a process sees its database.
///
/// With a line between, a call reaches the store and its answer comes back later, each at a moment of its own; what is on its way to the store gets
/// there even when the process that sent it has died.
public final class ModelDatabase: RecordStore {
    private let state = Mutex(ModelStore())
    private let line: ModelLine?
    private let clock: any Clock
    /// Shown what every transaction wrote, with the store as it is then.
    private let onCommit: (@Sendable (Transaction, ModelStore, Instant) -> Void)?
    private let chance: Mutex<Chance>
    private let troubles: Int

    /// An empty database; of a thousand commits so many are lost, so many not answered, and as many reads fail, as a seed decides.
    public init(
        clock: any Clock = SystemClock(), line: ModelLine? = nil, troubles: (seed: UInt64, perMille: Int) = (0, 0),
        onCommit: (@Sendable (Transaction, ModelStore, Instant) -> Void)? = nil
    ) {
        self.clock = clock
        self.line = line
        self.onCommit = onCommit
        self.troubles = troubles.perMille
        chance = Mutex(Chance(seed: troubles.seed))
    }

    /// The store as it is now.
    public var store: ModelStore { state.withLock { $0 } }

    public func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        guard let line else { return try apply(transaction).get() }
        return try await line.carry { self.apply(transaction) }.get()
    }

    private func apply(_ transaction: Transaction) -> Result<[Bool], StorageError> {
        let (isLost, isUnanswered) = chance.withLock { ($0.happens(troubles), $0.happens(troubles)) }
        if isLost { return .failure(.unavailable("the connection ended before the commit")) }
        do throws(StorageError) {
            let answers = try state.withLock { store throws(StorageError) in
                let answers = try store.commit(transaction)
                onCommit?(transaction.effective(answers), store, clock.now())
                return answers
            }
            return isUnanswered ? .failure(.uncertain("the connection ended during the commit")) : .success(answers)
        } catch { return .failure(error) }
    }

    public func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] {
        guard let line else { return try read(query).get() }
        return try await line.carry { self.read(query) }.get()
    }

    private func read<R: Record>(_ query: Query<R>) -> Result<[R], StorageError> {
        if chance.withLock({ $0.happens(troubles) }) { return .failure(.unavailable("the connection ended during a read")) }
        do throws(StorageError) { return .success(try store.fetch(query)) } catch { return .failure(error) }
    }

    public func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int {
        guard let line else { return store.count(query) }
        return await line.carry { self.store.count(query) }
    }
}

/// The model store as a storage backend; what is private to plugins is kept apart.
public final class ModelStorage: StoragePlugin {
    public static let manifest = PluginManifest(
        kind: .storage, name: "model", version: "1.0.0", summary: "A store written from the contract of storage, for tests.")

    private let host: ModelDatabase
    private let others: Mutex<[String: ModelDatabase]>

    public init(options: NoOptions, context: PluginContext) {
        host = ModelDatabase(clock: context.clock)
        others = Mutex([:])
    }

    /// The same rows behind another opening.
    public init(reopening earlier: ModelStorage) {
        host = earlier.host
        others = Mutex(earlier.others.withLock { $0 })
    }

    public func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] { try await host.commit(transaction) }
    public func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try await host.fetch(query) }
    public func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try await host.count(query) }

    public func privateRecords(named name: String, tables: [Table]) async throws(StorageError) -> any RecordStore {
        others.withLock { others in
            let found = others[name] ?? ModelDatabase()
            others[name] = found
            return found
        }
    }

    /// Nothing: rows are kept as they are, without a schema.
    public func migrations() async throws(StorageError) -> [MigrationStatus] { [] }
    /// Nothing: there is no schema to bring up.
    public func migrate(to target: MigrationTarget) async throws(StorageError) {}
    public func backUp(to path: String) async throws(StorageError) { throw .unsupported("a model store has no file") }
}

extension Transaction {
    /// The writes that changed or confirmed something.
    fileprivate func effective(_ answers: [Bool]) -> Transaction {
        guard answers.contains(false) else { return self }
        var transaction = Transaction()
        for (write, hasChanged) in zip(writes, answers) where hasChanged { transaction.append(write) }
        return transaction
    }
}
