import MunimKit

/// A stored record with the values of its key columns, so that it need not be asked for them again.
struct MemoryRow: Sendable {
    var record: any Record
    var key: Key
    /// The values of the table's extracted columns: primary key, version, unique keys, indexes in use.
    var extract: [Value]
}

/// The rows of one table, found by primary key, unique key and the indexes that were asked for.
///
/// An index is built when the first query can use it and kept from then on: a run that only writes never pays for it.
struct MemoryTable: Sendable {
    let table: Table
    private(set) var rows: [MemoryRow?] = []
    private(set) var slots: [Key: Int] = [:]
    private var vacant: [Int] = []
    private var uniques: [UniqueIndex] = []
    private(set) var indexes: [SearchIndex?]
    private(set) var extracted: [Int]
    let keyPositions: [Int]
    private let keyIndices: [Int]
    private let versionIndex: Int?

    init(_ table: Table) {
        self.table = table
        keyPositions = table.primaryKey.map { table.index(of: $0) }
        keyIndices = Array(keyPositions.indices)
        extracted = keyPositions
        indexes = Array(repeating: nil, count: table.indexes.count)
        versionIndex = table.versionColumn == nil ? nil : keyPositions.count
        if let column = table.versionColumn { extracted.append(table.index(of: column)) }
        uniques = table.uniqueKeys.map { key in
            UniqueIndex(
                description: key, indices: key.columns.map { include($0) },
                conditionIndex: key.condition.map { include($0.column) })
        }
    }

    /// The place of a column among the extracted ones, which it joins when it is new.
    private mutating func include(_ column: String) -> Int {
        let position = table.index(of: column)
        if let index = extracted.firstIndex(of: position) { return index }
        extracted.append(position)
        return extracted.count - 1
    }

    /// A record with its key and extracted values.
    func row(_ record: any Record) -> MemoryRow {
        let extract = record.values(at: extracted)
        return MemoryRow(record: record, key: Key(extract, at: keyIndices), extract: extract)
    }

    /// The slot of the row with the primary key of `record`.
    func slot(of record: any Record) -> Int? { slots[Key(record.values(at: keyPositions), at: keyIndices)] }

    /// The row in a slot.
    func row(at slot: Int) -> MemoryRow? { rows[slot] }

    /// The version in a row, or nil when the table has none.
    func version(of row: MemoryRow) -> Int64? {
        guard let versionIndex, case .integer(let version) = row.extract[versionIndex] else { return nil }
        return version
    }

    /// The first unique key that `row` would break when it stood in `slot`; nil for a slot of its own.
    func brokenKey(by row: MemoryRow, at slot: Int?) -> UniqueKey? {
        for unique in uniques {
            guard let key = unique.key(of: row.extract), let holder = unique.slots[key], holder != slot else { continue }
            return unique.description
        }
        return nil
    }

    /// Adds a row whose keys are free.
    mutating func add(_ row: MemoryRow) {
        let slot: Int
        if let free = vacant.popLast() {
            slot = free
            rows[slot] = row
        } else {
            slot = rows.count
            rows.append(row)
        }
        slots[row.key] = slot
        enter(row, at: slot)
    }

    /// Puts `row` in the place of the row with the same primary key, which is returned.
    mutating func replace(_ row: MemoryRow, at slot: Int) -> MemoryRow? {
        let old = rows[slot]
        if let old { leave(old, at: slot) }
        rows[slot] = row
        enter(row, at: slot)
        return old
    }

    /// Takes out the row in a slot.
    mutating func remove(at slot: Int) -> MemoryRow? {
        guard let old = rows[slot] else { return nil }
        leave(old, at: slot)
        slots[old.key] = nil
        rows[slot] = nil
        vacant.append(slot)
        return old
    }

    private mutating func enter(_ row: MemoryRow, at slot: Int) {
        for position in uniques.indices {
            if let key = uniques[position].key(of: row.extract) { uniques[position].slots[key] = slot }
        }
        for position in indexes.indices { indexes[position]?.enter(row.extract, at: slot) }
    }

    private mutating func leave(_ row: MemoryRow, at slot: Int) {
        for position in uniques.indices {
            if let key = uniques[position].key(of: row.extract) { uniques[position].slots[key] = nil }
        }
        for position in indexes.indices { indexes[position]?.leave(row.extract, at: slot) }
    }

    /// Builds the index at `position` from all rows, if it was not asked for before.
    mutating func build(indexAt position: Int) {
        guard indexes[position] == nil else { return }
        let before = extracted.count
        var index = SearchIndex(indices: table.indexes[position].map { include($0) })
        for slot in rows.indices {
            guard var row = rows[slot] else { continue }
            if extracted.count > before {
                row.extract = row.record.values(at: extracted)
                rows[slot] = row
            }
            index.enter(row.extract, at: slot)
        }
        indexes[position] = index
    }
}

/// A unique key and the slot of the row that holds each of its values.
struct UniqueIndex: Sendable {
    let description: UniqueKey
    let indices: [Int]
    let conditionIndex: Int?
    var slots: [Key: Int] = [:]

    /// The key in a row's extracted values, or nil when the row does not take part.
    func key(of extract: [Value]) -> Key? {
        for index in indices where extract[index].order(to: .null) == .same { return nil }
        if let conditionIndex, let values = description.condition?.values,
            !values.contains(where: { $0.order(to: extract[conditionIndex]) == .same })
        {
            return nil
        }
        return Key(extract, at: indices)
    }
}

/// An index: the slots of the rows for each combination of its columns' values.
struct SearchIndex: Sendable {
    let indices: [Int]
    private(set) var groups: [Key: Set<Int>] = [:]

    init(indices: [Int]) { self.indices = indices }

    mutating func enter(_ extract: [Value], at slot: Int) { groups[Key(extract, at: indices), default: []].insert(slot) }

    mutating func leave(_ extract: [Value], at slot: Int) {
        let key = Key(extract, at: indices)
        groups[key]?.remove(slot)
        if groups[key]?.isEmpty == true { groups[key] = nil }
    }
}
