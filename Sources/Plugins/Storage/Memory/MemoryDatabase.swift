public import MunimKit

/// Records in memory: a value that can be copied, compared with another run and thrown away.
///
/// Holds the promises of ``RecordStore`` except durability, synchronously and without encoding anything: keys, versions and all or nothing. Text is
/// compared byte for byte.
public struct MemoryDatabase: Sendable {
    private var tables: [MemoryTable] = []
    private var placesByType: [ObjectIdentifier: Int] = [:]
    private var placesByName: [String: Int] = [:]
    private var undo: [(place: Int, step: MemoryUndo)] = []

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
            case .done(let changed, _): answers.append(changed)
            case .refused(let reason):
                rollBack()
                throw .conflict(write: index, reason: reason)
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

extension MemoryDatabase {
    private mutating func apply(_ write: Write) -> MemoryOutcome {
        let record = write.record
        let place = place(of: type(of: record))
        // One access to the table per write: reading its parts one by one would copy it each time.
        let outcome =
            switch write {
            case .insert: tables[place].insert(record, unlessPresent: false)
            case .insertIfAbsent: tables[place].insert(record, unlessPresent: true)
            case .update: tables[place].update(record)
            case .delete: tables[place].delete(record)
            case .require: tables[place].require(record)
            }
        if case .done(_, let undo?) = outcome { self.undo.append((place, undo)) }
        return outcome
    }

    private mutating func rollBack() {
        for (place, step) in undo.reversed() { tables[place].takeBack(step) }
        undo.removeAll(keepingCapacity: true)
    }
}
