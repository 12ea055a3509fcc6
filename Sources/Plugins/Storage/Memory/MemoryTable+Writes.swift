import MunimKit

/// What became of one write.
enum MemoryOutcome {
    /// It holds; `undo` takes it back, and is nil when nothing was changed.
    case done(changed: Bool, undo: MemoryUndo?)
    /// It cannot be applied, for this reason.
    case refused(String)
}

/// What takes a write back.
enum MemoryUndo: Sendable {
    case remove(Key)
    case replace(MemoryRow)
    case add(MemoryRow)
}

extension MemoryTable {
    /// Adds a record whose keys are free.
    mutating func insert(_ record: any Record, unlessPresent: Bool) -> MemoryOutcome {
        let row = row(record)
        if slots[row.key] != nil {
            return unlessPresent ? .done(changed: false, undo: nil) : .refused("\(name(row.key)) exists already")
        }
        if let key = brokenKey(by: row, at: nil) { return .refused(sentence(key, broken: row.key)) }
        add(row)
        return .done(changed: true, undo: .remove(row.key))
    }

    /// Replaces the record with the same primary key, when its version is one less.
    mutating func update(_ record: any Record) -> MemoryOutcome {
        let row = row(record)
        guard let slot = slots[row.key], let stored = self.row(at: slot) else { return .refused("\(name(row.key)) does not exist") }
        if let version = version(of: row) {
            let expected = version.subtractingReportingOverflow(1).partialValue
            let found = self.version(of: stored)
            guard found == expected else { return .refused(mismatch(row.key, found: found, expected: expected)) }
        }
        if let key = brokenKey(by: row, at: slot) { return .refused(sentence(key, broken: row.key)) }
        return .done(changed: true, undo: replace(row, at: slot).map { .replace($0) })
    }

    /// Removes the record with the same primary key, if there is one.
    mutating func delete(_ record: any Record) -> MemoryOutcome {
        guard let slot = slot(of: record), let old = remove(at: slot) else { return .done(changed: true, undo: nil) }
        return .done(changed: true, undo: .add(old))
    }

    /// Demands that a record with the same primary key and version is stored.
    func require(_ record: any Record) -> MemoryOutcome {
        let row = row(record)
        guard let slot = slots[row.key], let stored = self.row(at: slot) else { return .refused("\(name(row.key)) does not exist") }
        let expected = version(of: row)
        let found = version(of: stored)
        return found == expected ? .done(changed: true, undo: nil) : .refused(mismatch(row.key, found: found, expected: expected))
    }

    /// Takes back the newest write that was not taken back.
    mutating func takeBack(_ step: MemoryUndo) {
        switch step {
        case .remove(let key):
            if let slot = slots[key] { _ = remove(at: slot) }
        case .replace(let row):
            if let slot = slots[row.key] { _ = replace(row, at: slot) }
        case .add(let row): add(row)
        }
    }

    private func name(_ key: Key) -> String {
        ConflictText.name(table, table.primaryKey.indices.map { ConflictText.text(key.value(at: $0)) })
    }

    private func sentence(_ unique: UniqueKey, broken key: Key) -> String {
        "\(name(key)) repeats \(unique.columns.joined(separator: ", ")) of another row"
    }

    private func mismatch(_ key: Key, found: Int64?, expected: Int64?) -> String {
        "\(name(key)) has version \(found.map(String.init) ?? "none"), expected \(expected.map(String.init) ?? "none")"
    }
}
