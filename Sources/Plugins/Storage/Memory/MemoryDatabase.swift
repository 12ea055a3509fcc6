public import MunimKit

/// Records in memory: a value that can be copied, compared with another run and thrown away.
///
/// Holds the promises of ``RecordStore`` except durability, synchronously and without encoding anything: keys, versions and all or nothing. Text is
/// compared byte for byte.
public struct MemoryDatabase: Sendable {
    private var tables: [MemoryTable] = []
    private var placesByType: [ObjectIdentifier: Int] = [:]
    private var placesByName: [String: Int] = [:]
    private var undo: [Undo] = []

    /// Creates an empty database; tables appear with their first record.
    public init() {}

    /// Applies all writes of a transaction or none; answers for each write whether it changed something.
    ///
    /// Throws `.conflict` with the index of the first write whose precondition does not hold.
    public mutating func commit(_ transaction: Transaction) throws(StorageError) -> [Bool] {
        undo.removeAll(keepingCapacity: true)
        var answers: [Bool] = []
        answers.reserveCapacity(transaction.writes.count)
        for (index, write) in transaction.writes.enumerated() {
            switch apply(write) {
            case .success(let changed): answers.append(changed)
            case .failure(let conflict):
                rollBack()
                throw .conflict(write: index, reason: conflict.reason)
            }
        }
        return answers
    }

    /// The records that match, in the query's order.
    ///
    /// Mutating because an index is built when it is first of use.
    public mutating func fetch<R: Record>(_ query: Query<R>) throws(StorageError) -> [R] {
        let place = place(of: R.self)
        let found = tables[place].search(query.conditions)
        let sorted = tables[place].sorted(found, by: query.order)
        let rest = sorted.dropFirst(max(0, query.offset))
        let page = query.limit.map { rest.prefix(max(0, $0)) } ?? rest
        var records: [R] = []
        records.reserveCapacity(page.count)
        for slot in page {
            guard let stored = tables[place].row(at: slot)?.record else { continue }
            records.append(try Self.read(stored))
        }
        return records
    }

    /// How many records match, regardless of the query's limit and offset.
    public mutating func count<R: Record>(_ query: Query<R>) throws(StorageError) -> Int {
        let place = place(of: R.self)
        return query.conditions.isEmpty ? tables[place].slots.count : tables[place].search(query.conditions).count
    }

    private static func read<R: Record>(_ stored: any Record) throws(StorageError) -> R {
        if let record = stored as? R { return record }
        return try R(Row(table: R.table, values: stored.values))
    }

    private mutating func place(of type: any Record.Type) -> Int {
        if let place = placesByType[ObjectIdentifier(type)] { return place }
        let table = type.table
        let place = placesByName[table.name] ?? tables.count
        if place == tables.count { tables.append(MemoryTable(table)) }
        placesByName[table.name] = place
        placesByType[ObjectIdentifier(type)] = place
        return place
    }
}

/// What takes a write back.
private enum Undo: Sendable {
    case remove(place: Int, Key)
    case replace(place: Int, MemoryRow)
    case add(place: Int, MemoryRow)
}

/// Why a write cannot be applied.
private struct Refusal: Error {
    var reason: String
}

extension MemoryDatabase {
    private mutating func apply(_ write: Write) -> Result<Bool, Refusal> {
        let record = write.record
        let place = place(of: type(of: record))
        return switch write {
        case .insert: insert(record, at: place, unlessPresent: false)
        case .insertIfAbsent: insert(record, at: place, unlessPresent: true)
        case .update: update(record, at: place)
        case .delete: .success(delete(record, at: place))
        case .require: require(record, at: place)
        }
    }

    private mutating func insert(_ record: any Record, at place: Int, unlessPresent: Bool) -> Result<Bool, Refusal> {
        let row = tables[place].row(record)
        if tables[place].slots[row.key] != nil {
            if unlessPresent { return .success(false) }
            return .failure(Refusal(reason: "\(Self.name(row.key, in: tables[place].table)) exists already"))
        }
        if let key = tables[place].brokenKey(by: row, at: nil) {
            return .failure(Refusal(reason: Self.sentence(key, broken: row.key, in: tables[place].table)))
        }
        tables[place].add(row)
        undo.append(.remove(place: place, row.key))
        return .success(true)
    }

    private mutating func update(_ record: any Record, at place: Int) -> Result<Bool, Refusal> {
        let row = tables[place].row(record)
        guard let slot = tables[place].slots[row.key], let stored = tables[place].row(at: slot) else {
            return .failure(Refusal(reason: "\(Self.name(row.key, in: tables[place].table)) does not exist"))
        }
        if let version = tables[place].version(of: row) {
            let found = tables[place].version(of: stored)
            guard found == version.subtractingReportingOverflow(1).partialValue else {
                return .failure(Refusal(reason: Self.mismatch(row.key, in: tables[place].table, found: found, expected: version &- 1)))
            }
        }
        if let key = tables[place].brokenKey(by: row, at: slot) {
            return .failure(Refusal(reason: Self.sentence(key, broken: row.key, in: tables[place].table)))
        }
        if let old = tables[place].replace(row, at: slot) { undo.append(.replace(place: place, old)) }
        return .success(true)
    }

    private mutating func delete(_ record: any Record, at place: Int) -> Bool {
        guard let slot = tables[place].slot(of: record), let old = tables[place].remove(at: slot) else { return true }
        undo.append(.add(place: place, old))
        return true
    }

    private func require(_ record: any Record, at place: Int) -> Result<Bool, Refusal> {
        let row = tables[place].row(record)
        guard let slot = tables[place].slots[row.key], let stored = tables[place].row(at: slot) else {
            return .failure(Refusal(reason: "\(Self.name(row.key, in: tables[place].table)) does not exist"))
        }
        let expected = tables[place].version(of: row)
        let found = tables[place].version(of: stored)
        guard found == expected else {
            return .failure(Refusal(reason: Self.mismatch(row.key, in: tables[place].table, found: found, expected: expected)))
        }
        return .success(true)
    }

    private mutating func rollBack() {
        for step in undo.reversed() {
            switch step {
            case .remove(let place, let key):
                if let slot = tables[place].slots[key] { _ = tables[place].remove(at: slot) }
            case .replace(let place, let row):
                if let slot = tables[place].slots[row.key] { _ = tables[place].replace(row, at: slot) }
            case .add(let place, let row): tables[place].add(row)
            }
        }
        undo.removeAll(keepingCapacity: true)
    }
}

extension MemoryDatabase {
    private static func name(_ key: Key, in table: Table) -> String {
        let values = table.primaryKey.indices.map { ConflictText.text(key.value(at: $0)) }
        return ConflictText.name(table, values)
    }

    private static func sentence(_ unique: UniqueKey, broken key: Key, in table: Table) -> String {
        "\(name(key, in: table)) repeats \(unique.columns.joined(separator: ", ")) of another row"
    }

    private static func mismatch(_ key: Key, in table: Table, found: Int64?, expected: Int64?) -> String {
        "\(name(key, in: table)) has version \(found.map(String.init) ?? "none"), expected \(expected.map(String.init) ?? "none")"
    }
}
