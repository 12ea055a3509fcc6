public import MunimKit
public import Testing

/// What every storage backend promises, as checks that its own tests run one by one.
///
/// ```swift
/// @Test("The backend keeps its promise", arguments: StorageConformance.Promise.allCases)
/// func promise(_ promise: StorageConformance.Promise) async throws { try await suite.check(promise) }
/// ```
/// Each check starts with a storage of its own and stops it at the end.
public struct StorageConformance: Sendable {
    /// Makes a started storage that holds nothing.
    private let make: @Sendable () async throws -> any StoragePlugin
    /// Stops a storage and starts another one over the same data; nil for a backend that forgets.
    private let reopen: (@Sendable (any StoragePlugin) async throws -> any StoragePlugin)?

    /// Creates the suite for one backend; `reopen` is nil for a backend that promises nothing beyond the life of its process.
    public init(
        make: @escaping @Sendable () async throws -> any StoragePlugin,
        reopen: (@Sendable (any StoragePlugin) async throws -> any StoragePlugin)?
    ) {
        self.make = make
        self.reopen = reopen
    }

    /// One promise; the raw value is the sentence.
    public enum Promise: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case allOrNothing = "a transaction is applied as a whole or not at all"
        case insertRefusesDuplicates = "an insert of an existing primary key is a conflict that names its write"
        case insertIfAbsent = "an insert-if-absent answers whether it inserted"
        case updateNeedsVersion = "an update needs the stored version to be one less"
        case oneOfTwoWriters = "of two writers who read the same version exactly one wins"
        case require = "a required version that has changed stops the transaction"
        case delete = "a deleted row is gone, its keys are free, and deleting nothing is no conflict"
        case uniqueKeys = "a unique key holds for inserts and updates, and empty values do not take part"
        case partialUniqueKeys = "a partial unique key binds only the rows that its condition names"
        case severalColumnKeys = "a primary key of several columns is compared as a whole"
        case writesInOrder = "writes of one transaction see those before them"
        case rollBackRestoresKeys = "after a conflict all keys and rows are as before"
        case conditions = "each condition selects exactly its rows"
        case emptyValues = "nothing equals an empty value, and empty values are found by asking for them"
        case order = "records come in the order asked for, ties by primary key"
        case pages = "limit and offset cut the ordered records, and a count ignores them"
        case folds = "some columns of the records are folded in the order asked for"
        case wholeRows = "a record comes back with all fields set, and with all optional fields empty"
        case extremes = "the smallest and largest integers come back exactly"
        case exactText = "text without a NUL comes back byte for byte and is distinguished byte for byte"
        case nulText = "text with a NUL comes back byte for byte, or is refused as unsupported and nothing is written"
        case bytes = "bytes come back as they were, empty ones too"
        case documents = "documents come back equal"
        case concurrentCommits = "of a thousand concurrent commits each distinct key is won once"
        case groupIndependence = "a conflict among concurrent transactions harms none of the others"
        case readsOwnWrites = "a read after a commit sees it"
        case privateStores = "private stores are apart from each other and the same under the same name"
        case hostRecords = "every table of the host's own schema can be asked"
        case durability = "what was committed is there after closing and opening"

        public var testDescription: String { rawValue }

        /// The promises of a backend that forgets everything when its process ends.
        public static var withoutDurability: [Promise] { allCases.filter { $0 != .durability } }
    }

    /// Checks one promise on a fresh storage.
    public func check(_ promise: Promise) async throws {
        let storage = try await make()
        switch promise {
        case .durability: try await durability(storage)
        case .privateStores: try await privateStores(storage)
        case .hostRecords: try await hostRecords(storage)
        default: try await check(promise, on: try await Self.samples(of: storage))
        }
        await storage.stop()
    }

    private func check(_ promise: Promise, on store: any RecordStore) async throws {
        switch promise {
        case .allOrNothing: try await allOrNothing(store)
        case .insertRefusesDuplicates: try await insertRefusesDuplicates(store)
        case .insertIfAbsent: try await insertIfAbsent(store)
        case .updateNeedsVersion: try await updateNeedsVersion(store)
        case .oneOfTwoWriters: try await oneOfTwoWriters(store)
        case .require: try await require(store)
        case .delete: try await delete(store)
        case .uniqueKeys: try await uniqueKeys(store)
        case .partialUniqueKeys: try await partialUniqueKeys(store)
        case .severalColumnKeys: try await severalColumnKeys(store)
        case .writesInOrder: try await writesInOrder(store)
        case .rollBackRestoresKeys: try await rollBackRestoresKeys(store)
        case .conditions: try await conditions(store)
        case .emptyValues: try await emptyValues(store)
        case .order: try await order(store)
        case .pages: try await pages(store)
        case .folds: try await folds(store)
        case .wholeRows: try await wholeRows(store)
        case .extremes: try await extremes(store)
        case .exactText: try await exactText(store)
        case .nulText: try await nulText(store)
        case .bytes: try await bytes(store)
        case .documents: try await documents(store)
        case .concurrentCommits: try await concurrentCommits(store)
        case .groupIndependence: try await groupIndependence(store)
        case .readsOwnWrites: try await readsOwnWrites(store)
        case .durability, .privateStores, .hostRecords: break
        }
    }

    /// The suite's own tables in a private store.
    static func samples(of storage: any StoragePlugin) async throws -> any RecordStore {
        try await storage.privateRecords(named: "samples", tables: [SampleRecord.table, PairRecord.table])
    }

    private func privateStores(_ storage: any StoragePlugin) async throws {
        let first = try await storage.privateRecords(named: "first", tables: [SampleRecord.table])
        let second = try await storage.privateRecords(named: "second", tables: [SampleRecord.table])
        try await Self.insert([SampleRecord("a")], into: first)
        #expect(try await second.count(Query<SampleRecord>()) == 0)
        let again = try await storage.privateRecords(named: "first", tables: [SampleRecord.table])
        #expect(try await again.fetch(Query<SampleRecord>()) == [SampleRecord("a")])
    }

    private func hostRecords(_ storage: any StoragePlugin) async throws {
        for type in Tables.records { #expect(try await Self.count(type, in: storage) == 0, "\(type.table.name)") }
    }

    private static func count<R: Record>(_ type: R.Type, in store: any RecordStore) async throws -> Int {
        try await store.count(Query<R>())
    }

    private func durability(_ storage: any StoragePlugin) async throws {
        let reopen = try #require(reopen, "a backend without reopen does not promise durability")
        let store = try await Self.samples(of: storage)
        let kept = (1...20).map { SampleRecord("kept-\($0)", rank: Int64($0)) }
        for record in kept { try await Self.insert([record], into: store) }
        let again = try await reopen(storage)
        let samples = try await Self.samples(of: again)
        #expect(try await samples.fetch(Query<SampleRecord>(order: [.ascending("rank")])) == kept)
        await again.stop()
    }
}

extension StorageConformance {
    /// Inserts all records in one transaction.
    static func insert(_ records: [SampleRecord], into store: any RecordStore) async throws {
        var transaction = Transaction()
        for record in records { transaction.insert(record) }
        _ = try await store.commit(transaction)
    }

    /// The index of the write that met a conflict, or nil when the transaction was applied.
    static func conflict(of transaction: Transaction, in store: any RecordStore) async throws -> Int? {
        do {
            _ = try await store.commit(transaction)
            return nil
        } catch StorageError.conflict(let write, let reason) {
            #expect(!reason.isEmpty)
            return write
        }
    }

    /// All samples by primary key.
    static func all(in store: any RecordStore) async throws -> [SampleRecord] { try await store.fetch(Query<SampleRecord>()) }
}
