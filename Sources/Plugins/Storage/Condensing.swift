import MunimKit

/// A write that may stand for several of the same row.
struct CondensedWrite {
    /// What is written in the end.
    fileprivate(set) var write: Write
    /// The version that the stored row must have; nil where none is expected.
    let expected: Int64?
    /// The place of the first write that it stands for.
    let place: Int
}

/// Makes one write of several writes of one row, for every backend that pays for each.
///
/// A row that is inserted or updated and then updated, each time to the next version, is written once: as it is in the end, in the place of the first
/// of its writes and with the version that this one expects. A change of what the row contributes to a unique key stays apart, and nothing is carried
/// over a deletion or a demand of the row. So the writes succeed when those that were asked for do, leave the same rows, and fail at the same place.
struct Condensing {
    /// Where a table's keys and version stand, by its record type.
    private var shapes: [ObjectIdentifier: Shape] = [:]

    private struct Shape {
        let key: [Int]
        let keyIndices: [Int]
        let version: Int?
        let unique: [UniqueColumns]
    }

    private struct UniqueColumns {
        let columns: [Int]
        let condition: (column: Int, values: [Value])?
    }

    private struct RowName: Hashable {
        let type: ObjectIdentifier
        let key: Key
    }

    /// The writes of a transaction, each row once where that changes nothing.
    mutating func writes(of transaction: Transaction) -> [CondensedWrite] {
        var writes: [CondensedWrite] = []
        writes.reserveCapacity(transaction.writes.count)
        // The place of the write that the next one of the same row may join.
        var open: [RowName: Int] = [:]
        for (place, write) in transaction.writes.enumerated() {
            let record = write.record
            let type = ObjectIdentifier(type(of: record))
            let shape = shape(type, record)
            guard let version = shape.version.flatMap({ Self.version(record, $0) }) else {
                writes.append(CondensedWrite(write: write, expected: nil, place: place))
                continue
            }
            let name = RowName(type: type, key: Key(record.values(at: shape.key), at: shape.keyIndices))
            if case .update = write, let index = open[name], Self.joins(record, version, writes[index], shape) {
                writes[index].write = writes[index].write.replaced(by: record)
                continue
            }
            let mayBeJoined = if case .insert = write { true } else if case .update = write { true } else { false }
            open[name] = mayBeJoined ? writes.count : nil
            writes.append(CondensedWrite(write: write, expected: write.expectedVersion(version), place: place))
        }
        return writes
    }

    private static func joins(_ record: any Record, _ version: Int64, _ before: CondensedWrite, _ shape: Shape) -> Bool {
        let earlier = before.write.record
        guard let position = shape.version, self.version(earlier, position).map({ $0 &+ 1 }) == version else { return false }
        return shape.unique.allSatisfy { unique in
            let (one, two) = (contribution(earlier, unique), contribution(record, unique))
            return one.count == two.count && zip(one, two).allSatisfy { $0.order(to: $1) == .same }
        }
    }

    /// What a row contributes to a unique key; empty where it takes no part.
    private static func contribution(_ record: any Record, _ unique: UniqueColumns) -> [Value] {
        if let condition = unique.condition {
            let value = record.values(at: [condition.column])[0]
            guard condition.values.contains(where: { value.order(to: $0) == .same }) else { return [] }
        }
        return record.values(at: unique.columns)
    }

    private static func version(_ record: any Record, _ position: Int) -> Int64? {
        record.withValues { values in if case .integer(let version) = values[position] { version } else { nil } }
    }

    private mutating func shape(_ type: ObjectIdentifier, _ record: any Record) -> Shape {
        if let shape = shapes[type] { return shape }
        let table = Swift.type(of: record).table
        let shape = Shape(
            key: table.primaryKey.map { table.index(of: $0) }, keyIndices: Array(table.primaryKey.indices),
            version: table.versionColumn.map { table.index(of: $0) },
            unique: table.uniqueKeys.map { key in
                UniqueColumns(
                    columns: key.columns.map { table.index(of: $0) },
                    condition: key.condition.map { (table.index(of: $0.column), $0.values) })
            })
        shapes[type] = shape
        return shape
    }
}

extension Write {
    /// The same kind of write with a later state of its row.
    fileprivate func replaced(by record: any Record) -> Write {
        switch self {
        case .insert: .insert(record)
        case .update: .update(record)
        case .insertIfAbsent, .delete, .require: preconditionFailure("only what is written for certain is written once")
        }
    }

    /// The version that the stored row must have for a write of this version.
    fileprivate func expectedVersion(_ version: Int64) -> Int64? {
        switch self {
        case .update: version.subtractingReportingOverflow(1).partialValue
        case .require: version
        case .insert, .insertIfAbsent, .delete: nil
        }
    }
}
