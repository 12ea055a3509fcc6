import MunimKit

extension MemoryTable {
    /// The slots of all rows that satisfy the conditions, in no particular order.
    mutating func search(_ conditions: [Condition]) -> [Int] {
        let found = candidates(conditions)
        guard !found.unchecked.isEmpty else { return found.slots }
        let positions = found.unchecked.map { table.index(of: $0.column) }
        return found.slots.filter { slot in
            guard let values = rows[slot]?.record.values(at: positions) else { return false }
            return zip(found.unchecked, values).allSatisfy { $0.holds(for: $1) }
        }
    }

    /// The slots in the order of a query; ties are broken by the primary key.
    func sorted(_ found: [Int], by order: [SortColumn]) -> [Int] {
        guard found.count > 1 else { return found }
        let positions = order.map { table.index(of: $0.column) }
        let keyed = found.compactMap { slot in
            rows[slot].map { (slot: slot, values: positions.isEmpty ? [] : $0.record.values(at: positions), key: $0.key) }
        }
        let sorted = keyed.sorted { left, right in
            for (index, column) in order.enumerated() {
                switch left.values[index].order(to: right.values[index]) {
                case .before: return !column.isDescending
                case .after: return column.isDescending
                case .same: continue
                }
            }
            return left.key.order(to: right.key) == .before
        }
        return sorted.map(\.slot)
    }

    /// The fewest slots that a key or an index leads to, and the conditions that they still have to meet.
    private mutating func candidates(_ conditions: [Condition]) -> (slots: [Int], unchecked: [Condition]) {
        if let keys = combinations(of: table.primaryKey, in: conditions) {
            return (Set(keys.compactMap { slots[$0] }).map { $0 }, conditions)
        }
        guard let position = bestIndex(for: conditions) else { return (rows.indices.filter { rows[$0] != nil }, conditions) }
        build(indexAt: position)
        guard let index = indexes[position] else { return ([], []) }
        let columns = table.indexes[position]
        let unchecked = conditions.filter { !columns.contains($0.column) }
        if let keys = combinations(of: columns, in: conditions), conditions.count - unchecked.count == columns.count {
            let exact = Set(keys).filter { key in conditions.allSatisfy { holds($0, for: key, columns: columns) } }
            return (exact.flatMap { index.groups[$0] ?? [] }, unchecked)
        }
        let groups = index.groups.filter { key, _ in conditions.allSatisfy { holds($0, for: key, columns: columns) } }
        return (groups.values.flatMap { $0 }, unchecked)
    }

    private func holds(_ condition: Condition, for key: Key, columns: [String]) -> Bool {
        guard let index = columns.firstIndex(of: condition.column) else { return true }
        return condition.holds(for: key.value(at: index))
    }

    /// The index whose leading columns are named by most conditions.
    private func bestIndex(for conditions: [Condition]) -> Int? {
        let named = Set(conditions.map(\.column))
        let scores = table.indexes.map { columns in columns.prefix { named.contains($0) }.count * 16 - columns.count }
        guard let best = scores.indices.max(by: { scores[$0] < scores[$1] }) else { return nil }
        return table.indexes[best].first.map(named.contains) == true ? best : nil
    }

    /// All keys over `columns` that the conditions leave possible, or nil when a column is not pinned to few values.
    private func combinations(of columns: [String], in conditions: [Condition]) -> [Key]? {
        var combined: [[Value]] = [[]]
        for column in columns {
            guard let values = conditions.lazy.filter({ $0.column == column }).compactMap(\.candidates).first else { return nil }
            combined = combined.flatMap { head in values.map { head + [$0] } }
            guard combined.count <= 256 else { return nil }
        }
        let indices = Array(columns.indices)
        return combined.map { Key($0, at: indices) }
    }
}
