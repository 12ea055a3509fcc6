import MunimKit

/// A write that met another state.
struct ModelConflict: Error {
    let reason: String
}

/// The values of a key, equal only when they are equal byte for byte, as in a database.
///
/// Swift finds two spellings of one accented letter equal; two rows whose keys differ in such a way are still two rows.
struct ModelKey: Hashable, Sendable, CustomStringConvertible {
    private let first: Value
    private let others: [Value]

    init(_ value: Value) {
        first = value
        others = []
    }

    /// The key that a row has in these columns, of which there is at least one.
    init(of values: [Value], at columns: [Int]) {
        first = values[columns[0]]
        others = columns.count == 1 ? [] : columns.dropFirst().map { values[$0] }
    }

    var hasNothing: Bool { first == .null || others.contains(.null) }
    var description: String { "\([first] + others)" }

    static func == (left: ModelKey, right: ModelKey) -> Bool {
        left.first.isSame(as: right.first) && left.others.elementsEqual(right.others) { $0.isSame(as: $1) }
    }
    func hash(into hasher: inout Hasher) {
        hasher.combine(first)
        for value in others { hasher.combine(value) }
    }
}

extension Value {
    /// Whether two values are equal byte for byte.
    fileprivate func isSame(as other: Value) -> Bool {
        guard case .text(let one) = self, case .text(let two) = other else { return self == other }
        return one == two && (one.isPlain || one.utf8.elementsEqual(two.utf8))
    }

    /// Whether a database sorts this value before another; an empty one comes first.
    fileprivate func precedes(_ other: Value) -> Bool {
        switch (self, other) {
        case (.integer(let one), .integer(let two)): one < two
        case (.text(let one), .text(let two)):
            one.isPlain && two.isPlain ? one < two : one.utf8.lexicographicallyPrecedes(two.utf8)
        case (.bytes(let one), .bytes(let two)): one.lexicographicallyPrecedes(two)
        case (.null, _): true
        default: false
        }
    }
}

extension String {
    /// Whether Swift compares the text as a database does, byte for byte.
    fileprivate var isPlain: Bool { utf8Span.isKnownASCII }
}

/// Rows of one table by primary key, with its unique keys and its indexes.
struct ModelTable: Sendable {
    /// A row with its values, which are built once.
    struct Stored: Sendable {
        let record: any Record
        let values: [Value]
    }

    /// What takes one write back.
    struct Undo: Sendable {
        let key: ModelKey
        let before: Stored?
        /// Whether the write changed or confirmed something, which is what a commit answers.
        let hasChanged: Bool
    }

    /// The numbers of the rows that have one value in the column that leads an index.
    private struct Index: Sendable {
        let column: Int
        var rows: [ModelKey: [Int]] = [:]

        mutating func add(_ number: Int, _ values: [Value]) { rows[ModelKey(values[column]), default: []].append(number) }

        mutating func remove(_ number: Int, _ values: [Value]) {
            let value = ModelKey(values[column])
            // What is changed is mostly what came last.
            if let place = rows[value]?.lastIndex(of: number) { rows[value]?.remove(at: place) }
            if rows[value]?.isEmpty == true { rows[value] = nil }
        }
    }

    let table: Table
    /// Rows by number; a number whose row is gone is used again.
    private var stored: [Stored?] = []
    private var free: [Int] = []
    private var numbers: [ModelKey: Int] = [:]
    private var unique: [[ModelKey: ModelKey]]
    private var indexes: [Index]
    private let keyColumns: [Int]
    private let uniqueColumns: [[Int]]
    private let conditions: [(column: Int, values: [Value])?]
    private let versionColumn: Int?

    init(_ table: Table) {
        self.table = table
        keyColumns = table.primaryKey.map(table.index)
        uniqueColumns = table.uniqueKeys.map { $0.columns.map(table.index) }
        conditions = table.uniqueKeys.map { key in key.condition.map { (table.index(of: $0.column), $0.values) } }
        versionColumn = table.versionColumn.map(table.index)
        unique = Array(repeating: [:], count: table.uniqueKeys.count)
        indexes = Set(table.indexes.compactMap(\.first)).sorted().map { Index(column: table.index(of: $0)) }
    }

    // MARK: - Writing

    mutating func takeBack(_ step: Undo) {
        if let now = numbers[step.key] { forget(now, step.key) }
        if let before = step.before { keep(before, step.key, uniqueKeys(of: before.values)) }
    }

    mutating func apply(_ write: Write) throws(ModelConflict) -> Undo {
        let row = Stored(record: write.record, values: write.record.values)
        let key = ModelKey(of: row.values, at: keyColumns)
        let number = numbers[key]
        let before = number.flatMap { stored[$0] }
        switch write {
        case .insert:
            guard before == nil else { throw ModelConflict(reason: "\(table.name) \(key) exists") }
            try put(row, key)
        case .insertIfAbsent:
            guard before == nil else { return Undo(key: key, before: before, hasChanged: false) }
            try put(row, key)
        case .update:
            guard let number, let before else { throw ModelConflict(reason: "\(table.name) \(key) does not exist") }
            if let column = versionColumn, version(before.values[column]) + 1 != version(row.values[column]) {
                throw ModelConflict(reason: "\(table.name) \(key) has version \(before.values[column])")
            }
            try replace(number, before, row, key)
        case .delete:
            if let number { forget(number, key) }
        case .require:
            guard let before, let column = versionColumn, before.values[column] == row.values[column] else {
                throw ModelConflict(reason: "\(table.name) \(key) has changed")
            }
        }
        return Undo(key: key, before: before, hasChanged: true)
    }

    private func version(_ value: Value) -> Int64 {
        guard case .integer(let number) = value else { return .min / 2 }
        return number
    }

    /// The values of each unique key that the row takes part in.
    private func uniqueKeys(of values: [Value]) -> [(index: Int, values: ModelKey)] {
        uniqueColumns.indices.compactMap { index in
            let own = ModelKey(of: values, at: uniqueColumns[index])
            guard !own.hasNothing else { return nil }
            if let condition = conditions[index], !condition.values.contains(values[condition.column]) { return nil }
            return (index, own)
        }
    }

    private mutating func put(_ row: Stored, _ key: ModelKey) throws(ModelConflict) {
        let entries = uniqueKeys(of: row.values)
        try check(entries, of: key)
        keep(row, key, entries)
    }

    private func check(_ entries: [(index: Int, values: ModelKey)], of key: ModelKey) throws(ModelConflict) {
        for entry in entries {
            guard let other = unique[entry.index][entry.values], other != key else { continue }
            throw ModelConflict(reason: "\(table.name) \(other) has \(table.uniqueKeys[entry.index].columns) \(entry.values)")
        }
    }

    private mutating func replace(_ number: Int, _ before: Stored, _ row: Stored, _ key: ModelKey) throws(ModelConflict) {
        let entries = uniqueKeys(of: row.values)
        try check(entries, of: key)
        for entry in uniqueKeys(of: before.values) { unique[entry.index][entry.values] = nil }
        for entry in entries { unique[entry.index][entry.values] = key }
        for place in indexes.indices where !before.values[indexes[place].column].isSame(as: row.values[indexes[place].column]) {
            indexes[place].remove(number, before.values)
            indexes[place].add(number, row.values)
        }
        stored[number] = row
    }

    private mutating func keep(_ row: Stored, _ key: ModelKey, _ entries: [(index: Int, values: ModelKey)]) {
        for entry in entries { unique[entry.index][entry.values] = key }
        let number = free.popLast() ?? stored.count
        if number == stored.count { stored.append(row) } else { stored[number] = row }
        numbers[key] = number
        for index in indexes.indices { indexes[index].add(number, row.values) }
    }

    private mutating func forget(_ number: Int, _ key: ModelKey) {
        guard let row = stored[number] else { return }
        for entry in uniqueKeys(of: row.values) { unique[entry.index][entry.values] = nil }
        for index in indexes.indices { indexes[index].remove(number, row.values) }
        stored[number] = nil
        numbers[key] = nil
        free.append(number)
    }

    // MARK: - Reading

    func row(_ key: ModelKey) -> (any Record)? { numbers[key].flatMap { stored[$0]?.record } }

    /// All rows in the order of their keys.
    var sorted: [Stored] { select([], []) }

    /// The rows that fulfil the conditions, in an order and then in that of their keys.
    func select(_ conditions: [Condition], _ order: [SortColumn]) -> [Stored] {
        let columns = conditions.map { table.index(of: $0.column) }
        var found: [Int] = []
        for number in candidates(conditions, columns) {
            guard let row = stored[number] else { continue }
            if conditions.indices.allSatisfy({ Self.holds(conditions[$0], row.values[columns[$0]]) }) { found.append(number) }
        }
        if found.count > 1 { sort(&found, by: order) }
        return found.compactMap { stored[$0] }
    }

    /// Sorts the numbers of rows; most tables are read in the order of a time, and times are rarely equal.
    private func sort(_ numbers: inout [Int], by order: [SortColumn]) {
        var sorts = order.map { (column: table.index(of: $0.column), isDescending: $0.isDescending) }
        sorts += keyColumns.map { (column: $0, isDescending: false) }
        func comes(_ one: Int, before two: Int) -> Bool {
            guard let left = stored[one]?.values, let right = stored[two]?.values else { return false }
            for sort in sorts where !left[sort.column].isSame(as: right[sort.column]) {
                return left[sort.column].precedes(right[sort.column]) != sort.isDescending
            }
            return false
        }
        var ranks: [(rank: Int64, number: Int)] = []
        for number in numbers {
            guard case .integer(let rank) = stored[number]?.values[sorts[0].column] else {
                return numbers.sort { comes($0, before: $1) }
            }
            ranks.append((sorts[0].isDescending ? ~rank : rank, number))
        }
        ranks.sort { $0.rank == $1.rank ? comes($0.number, before: $1.number) : $0.rank < $1.rank }
        numbers = ranks.map(\.number)
    }

    /// The numbers of the rows among which those that fulfil the conditions are: all, or those that an index names.
    private func candidates(_ conditions: [Condition], _ columns: [Int]) -> [Int] {
        for (condition, column) in zip(conditions, columns) {
            guard let index = indexes.first(where: { $0.column == column }) else { continue }
            switch condition {
            case .equal(_, let value): return index.rows[ModelKey(value)] ?? []
            case .isIn(_, let list): return Set(list.map { ModelKey($0) }).flatMap { index.rows[$0] ?? [] }
            case .isNull: return index.rows[ModelKey(.null)] ?? []
            // Rows mostly came in the order of their times; to pass over them in that order costs less than to look times up.
            case .less, .atLeast: continue
            }
        }
        return Array(stored.indices)
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
        case .less(_, let value): found != .null && value != .null && found.precedes(value)
        case .atLeast(_, let value): found != .null && value != .null && !found.precedes(value)
        }
    }
}

extension Condition {
    fileprivate var column: String {
        switch self {
        case .equal(let column, _), .isNull(let column), .isIn(let column, _), .less(let column, _), .atLeast(let column, _): column
        }
    }
}
