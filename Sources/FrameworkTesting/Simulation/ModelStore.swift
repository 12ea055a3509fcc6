public import MunimKit

/// A store written from the contract of storage, for tests of what stands above it: typed rows, unique keys, versions, all or nothing.
///
/// What is read went through text, as in a database that stores documents as text.
public struct ModelStore: ImmediateStore, Sendable {
    private var tables: [String: ModelTable] = [:]
    /// How many transactions were committed.
    public private(set) var commits = 0
    /// While it is true every commit fails and nothing is written.
    public var isFull = false
    /// Whether the next commit meets another state.
    public var meetsAnotherState = false
    /// Whether documents are read as text, as from a database that stores them so; runs of very many signals do without.
    public var readsThroughText = true

    /// An empty store.
    public init() {}

    public mutating func commit(_ transaction: Transaction) throws(StorageError) -> [Bool] {
        guard !isFull else { throw .unavailable("the model store is full") }
        if meetsAnotherState {
            meetsAnotherState = false
            throw .conflict(write: 0, reason: "another state was met")
        }
        var answers: [Bool] = []
        var undo: [(table: String, step: ModelTable.Undo)] = []
        for (index, write) in transaction.writes.enumerated() {
            do throws(ModelConflict) {
                let step = try apply(write)
                answers.append(step.hasChanged)
                undo.append((type(of: write.record).table.name, step))
            } catch {
                for (table, step) in undo.reversed() { tables[table]?.takeBack(step) }
                throw .conflict(write: index, reason: error.reason)
            }
        }
        commits += 1
        return answers
    }

    private mutating func apply(_ write: Write) throws(ModelConflict) -> ModelTable.Undo {
        let table = type(of: write.record).table
        return try tables[table.name, default: ModelTable(table)].apply(write)
    }

    /// The rows that match, in the query's order, ties by primary key.
    public func fetch<R: Record>(_ query: Query<R>) throws(StorageError) -> [R] {
        guard readsThroughText else { return matching(query) }
        var records: [R] = []
        for row in rows(of: query) { records.append(try R(Row(table: R.table, values: row.values.map(ModelTable.asText)))) }
        return records
    }

    /// Folds some columns of the rows that match, in the query's order.
    func reduce<R: Record, Result>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: (inout Result, Row) throws(StorageError) -> Void
    ) throws(StorageError) -> Result {
        let table = R.table.only(columns)
        let positions = columns.map { R.table.index(of: $0) }
        var result = initial
        for row in rows(of: query) { try update(&result, Row(table: table, values: positions.map { ModelTable.asText(row.values[$0]) })) }
        return result
    }

    /// All rows of a type as they were written, in the order of their keys.
    public func all<R: Record>(_ type: R.Type = R.self) -> [R] { tables[R.table.name]?.sorted.compactMap { $0.record as? R } ?? [] }

    /// The rows that match as they were written, in the query's order.
    public func matching<R: Record>(_ query: Query<R>) -> [R] { rows(of: query).compactMap { $0.record as? R } }

    private func rows<R: Record>(of query: Query<R>) -> ArraySlice<ModelTable.Stored> {
        guard let table = tables[R.table.name] else { return [] }
        return table.select(query.conditions, query.order).dropFirst(query.offset).prefix(query.limit ?? .max)
    }

    /// How many rows match, whatever the query's limit.
    public func count<R: Record>(_ query: Query<R>) -> Int {
        var whole = query
        whole.limit = nil
        whole.offset = 0
        return rows(of: whole).count
    }

    /// The row with this primary key.
    public func row<R: Record>(_ type: R.Type = R.self, _ key: some ColumnValue) -> R? {
        tables[R.table.name]?.row(ModelKey(key.column)) as? R
    }
}

/// The model store as recovery reads it: the same reading as from a real backend.
public struct ModelRecords: RecordStore {
    private let store: ModelStore

    /// A reader over the store as it is now.
    public init(_ store: ModelStore) { self.store = store }

    public func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        throw .unsupported("the reader of a model store does not write")
    }
    public func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try store.fetch(query) }
    public func reduce<R: Record, Result: Sendable>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: @Sendable (inout Result, Row) throws(StorageError) -> Void
    ) async throws(StorageError) -> Result {
        try store.reduce(columns, of: query, into: initial, update)
    }
    public func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { store.count(query) }
}
