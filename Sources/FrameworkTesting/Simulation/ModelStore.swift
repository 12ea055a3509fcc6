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
    /// Whether documents are read as text, as from a database that stores them so; runs of very many signals do without.
    public var readsThroughText = true

    /// An empty store.
    public init() {}

    public mutating func commit(_ transaction: Transaction) throws(StorageError) -> [Bool] {
        guard !isFull else { throw .unavailable("the model store is full") }
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
        var rows = tables[table.name] ?? ModelTable(table)
        // The old value must not be shared while it is changed, or each write copies the whole table.
        tables[table.name] = nil
        defer { tables[table.name] = rows }
        return try rows.apply(write)
    }

    /// The rows that match, in the query's order, ties by primary key.
    public func fetch<R: Record>(_ query: Query<R>) throws(StorageError) -> [R] {
        guard readsThroughText else { return matching(query) }
        var records: [R] = []
        for record in matching(query) {
            records.append(try R(Row(table: R.table, values: record.values.map(ModelTable.asText))))
        }
        return records
    }

    /// All rows of a type as they were written, in the order of their keys.
    public func all<R: Record>(_ type: R.Type = R.self) -> [R] { tables[R.table.name]?.sorted.compactMap { $0 as? R } ?? [] }

    /// The rows that match as they were written, in the query's order.
    public func matching<R: Record>(_ query: Query<R>) -> [R] {
        guard let table = tables[R.table.name] else { return [] }
        return table.select(query.conditions, query.order).dropFirst(query.offset).prefix(query.limit ?? .max).compactMap { $0 as? R }
    }

    /// How many rows match, whatever the query's limit.
    public func count<R: Record>(_ query: Query<R>) -> Int {
        var whole = query
        whole.limit = nil
        whole.offset = 0
        return matching(whole).count
    }

    /// The row with this primary key.
    public func row<R: Record>(_ type: R.Type = R.self, _ key: some ColumnValue) -> R? {
        tables[R.table.name]?.rows[ModelKey([key.column])] as? R
    }
}

/// A write that met another state.
struct ModelConflict: Error {
    let reason: String
}

/// The values of a key, equal only when they are equal byte for byte, as in a database.
///
/// Swift finds two spellings of one accented letter equal; two rows whose keys differ in such a way are still two rows.
struct ModelKey: Hashable, Sendable, CustomStringConvertible {
    let values: [Value]

    init(_ values: [Value]) { self.values = values }

    var description: String { "\(values)" }

    static func == (left: ModelKey, right: ModelKey) -> Bool { left.values.elementsEqual(right.values) { $0.isSame(as: $1) } }
    func hash(into hasher: inout Hasher) { hasher.combine(values) }
}

extension Value {
    /// Whether two values are equal byte for byte.
    fileprivate func isSame(as other: Value) -> Bool {
        guard case .text(let one) = self, case .text(let two) = other else { return self == other }
        return one == two && one.utf8.elementsEqual(two.utf8)
    }
}

/// Rows of one table by primary key, with its unique keys.
struct ModelTable: Sendable {
    let table: Table
    private(set) var rows: [ModelKey: any Record] = [:]
    private var unique: [[ModelKey: ModelKey]]
    private let keyColumns: [Int]
    private let uniqueColumns: [[Int]]
    private let conditions: [(column: Int, values: [Value])?]
    private let versionColumn: Int?
    /// Rows by the value of each column that leads an index.
    private var groups: [(column: Int, rows: [ModelKey: [ModelKey: any Record]])]

    init(_ table: Table) {
        self.table = table
        keyColumns = table.primaryKey.map(table.index)
        uniqueColumns = table.uniqueKeys.map { $0.columns.map(table.index) }
        conditions = table.uniqueKeys.map { key in key.condition.map { (table.index(of: $0.column), $0.values) } }
        versionColumn = table.versionColumn.map(table.index)
        unique = Array(repeating: [:], count: table.uniqueKeys.count)
        groups = Set(table.indexes.compactMap(\.first)).sorted().map { (table.index(of: $0), [:]) }
    }

    /// What takes one write back.
    struct Undo: Sendable {
        let key: ModelKey
        let before: (any Record)?
        /// Whether the write changed or confirmed something, which is what a commit answers.
        let hasChanged: Bool
    }

    mutating func takeBack(_ step: Undo) {
        if let now = rows[step.key] { forget(now, step.key) }
        rows[step.key] = step.before
        guard let before = step.before else { return }
        group(before, before.values, step.key)
        for entry in uniqueValues(before.values) { unique[entry.index][entry.values] = step.key }
    }

    mutating func apply(_ write: Write) throws(ModelConflict) -> Undo {
        let values = write.record.values
        let key = ModelKey(keyColumns.map { values[$0] })
        switch write {
        case .insert(let record):
            guard rows[key] == nil else { throw ModelConflict(reason: "\(table.name) \(key) exists") }
            try put(record, values, key)
        case .insertIfAbsent(let record):
            if let stored = rows[key] { return Undo(key: key, before: stored, hasChanged: false) }
            try put(record, values, key)
        case .update(let record):
            guard let stored = rows[key] else { throw ModelConflict(reason: "\(table.name) \(key) does not exist") }
            if let column = versionColumn, version(stored.values[column]) + 1 != version(values[column]) {
                throw ModelConflict(reason: "\(table.name) \(key) has version \(stored.values[column])")
            }
            forget(stored, key)
            do throws(ModelConflict) { try put(record, values, key) } catch {
                try? put(stored, stored.values, key)
                throw error
            }
            return Undo(key: key, before: stored, hasChanged: true)
        case .delete:
            guard let stored = rows[key] else { return Undo(key: key, before: nil, hasChanged: true) }
            forget(stored, key)
            rows[key] = nil
            return Undo(key: key, before: stored, hasChanged: true)
        case .require:
            guard let stored = rows[key], let column = versionColumn, stored.values[column] == values[column] else {
                throw ModelConflict(reason: "\(table.name) \(key) has changed")
            }
            return Undo(key: key, before: stored, hasChanged: true)
        }
        return Undo(key: key, before: nil, hasChanged: true)
    }

    private func version(_ value: Value) -> Int64 {
        guard case .integer(let number) = value else { return .min / 2 }
        return number
    }

    /// The values of each unique key that the row takes part in.
    private func uniqueValues(_ values: [Value]) -> [(index: Int, values: ModelKey)] {
        uniqueColumns.enumerated().compactMap { index, columns in
            let own = columns.map { values[$0] }
            guard !own.contains(.null) else { return nil }
            if let condition = conditions[index], !condition.values.contains(values[condition.column]) { return nil }
            return (index, ModelKey(own))
        }
    }

    private mutating func put(_ record: any Record, _ values: [Value], _ key: ModelKey) throws(ModelConflict) {
        let entries = uniqueValues(values)
        for entry in entries {
            guard let other = unique[entry.index][entry.values] else { continue }
            throw ModelConflict(reason: "\(table.name) \(other) has \(table.uniqueKeys[entry.index].columns) \(entry.values)")
        }
        for entry in entries { unique[entry.index][entry.values] = key }
        group(record, values, key)
        rows[key] = record
    }

    private mutating func forget(_ record: any Record, _ key: ModelKey) {
        let values = record.values
        for entry in uniqueValues(values) { unique[entry.index][entry.values] = nil }
        for index in groups.indices {
            let value = ModelKey([values[groups[index].column]])
            groups[index].rows[value]?[key] = nil
            if groups[index].rows[value]?.isEmpty == true { groups[index].rows[value] = nil }
        }
    }

    private mutating func group(_ record: any Record, _ values: [Value], _ key: ModelKey) {
        for index in groups.indices { groups[index].rows[ModelKey([values[groups[index].column]]), default: [:]][key] = record }
    }

    /// The rows among which those that fulfil the conditions are: all, or those that an index names, rather by a value than by a range.
    private func candidates(_ conditions: [Condition]) -> [any Record] {
        var range: (condition: Condition, group: Int)?
        for condition in conditions {
            let column = table.index(of: condition.column)
            guard let index = groups.firstIndex(where: { $0.column == column }) else { continue }
            switch condition {
            case .equal(_, let value): return groups[index].rows[ModelKey([value])].map { Array($0.values) } ?? []
            case .isIn(_, let list):
                return Set(list.map { ModelKey([$0]) }).flatMap { groups[index].rows[$0].map { Array($0.values) } ?? [] }
            case .isNull: return groups[index].rows[ModelKey([.null])].map { Array($0.values) } ?? []
            case .less, .atLeast: range = (condition, index)
            }
        }
        guard let range else { return Array(rows.values) }
        var found: [any Record] = []
        for (value, rows) in groups[range.group].rows where Self.holds(range.condition, value.values[0]) {
            found.append(contentsOf: rows.values)
        }
        return found
    }

    /// Records in the order of their keys.
    var sorted: [any Record] { rows.sorted { Self.precedes($0.key.values, $1.key.values) }.map(\.value) }

    func select(_ conditions: [Condition], _ order: [SortColumn]) -> [any Record] {
        let columns = conditions.map { table.index(of: $0.column) }
        let found = candidates(conditions).filter { record in
            let values = record.values(at: columns)
            return zip(conditions, values).allSatisfy { Self.holds($0, $1) }
        }
        guard found.count > 1 else { return found }
        let sortColumns = order.map { table.index(of: $0.column) } + keyColumns
        guard let sort = order.first, let ranks = Self.ranks(of: found, at: sortColumns[0]) else {
            return found.map { (record: $0, key: $0.values(at: sortColumns)) }
                .sorted { precedes($0.key, $1.key, order) }.map(\.record)
        }
        // Most tables are read in the order of a time, and times are rarely equal.
        return zip(ranks, found).sorted { left, right in
            guard left.0 == right.0 else { return (left.0 < right.0) != sort.isDescending }
            return precedes(left.1.values(at: sortColumns), right.1.values(at: sortColumns), order)
        }.map(\.1)
    }

    /// The numbers in a column; nil when some are none.
    private static func ranks(of records: [any Record], at column: Int) -> [Int64]? {
        var ranks: [Int64] = []
        for record in records {
            guard case .integer(let number) = record.values(at: [column])[0] else { return nil }
            ranks.append(number)
        }
        return ranks
    }

    static func asText(_ value: Value) -> Value {
        guard case .document(let document) = value else { return value }
        return .text(document.text)
    }

    private static func holds(_ condition: Condition, _ found: Value) -> Bool {
        switch condition {
        case .isNull: found == .null
        case .equal(_, let value): found != .null && found.isSame(as: value)
        case .isIn(_, let list): found != .null && list.contains(where: found.isSame)
        case .less(_, let value): found != .null && value != .null && precedes([found], [value])
        case .atLeast(_, let value): found != .null && value != .null && !precedes([found], [value])
        }
    }

    /// Compares the sort columns, then the key; both texts begin with the former.
    private func precedes(_ left: [Value], _ right: [Value], _ order: [SortColumn]) -> Bool {
        for (index, sort) in order.enumerated() where !left[index].isSame(as: right[index]) {
            return Self.precedes([left[index]], [right[index]]) != sort.isDescending
        }
        return Self.precedes(Array(left.dropFirst(order.count)), Array(right.dropFirst(order.count)))
    }

    private static func precedes(_ left: [Value], _ right: [Value]) -> Bool {
        for (first, second) in zip(left, right) where !first.isSame(as: second) {
            switch (first, second) {
            case (.integer(let one), .integer(let two)): return one < two
            case (.text(let one), .text(let two)): return one.utf8.lexicographicallyPrecedes(two.utf8)
            case (.bytes(let one), .bytes(let two)): return one.lexicographicallyPrecedes(two)
            case (.null, _): return true
            default: return false
            }
        }
        return false
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
    public func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { store.count(query) }
}

extension Condition {
    fileprivate var column: String {
        switch self {
        case .equal(let column, _), .isNull(let column), .isIn(let column, _), .less(let column, _), .atLeast(let column, _): column
        }
    }
}
