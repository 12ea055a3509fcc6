import MunimKit

/// What became of one write.
enum SQLiteOutcome {
    case done(changed: Bool)
    /// It met another state, in words.
    case conflict(String)
    /// It breaks a rule of the schema.
    case broken(StorageError)
}

/// Writes the rows of one table through one connection, with statements that are compiled once.
final class SQLiteTableWriter {
    /// What the table is.
    let statements: SQLiteStatements
    private let connection: SQLiteConnection
    private var insert: SQLiteStatement?
    private var insertIfAbsent: SQLiteStatement?
    private var delete: SQLiteStatement?
    private var select: SQLiteStatement?
    /// By the indexed columns that change.
    private var updates: [UInt64: Update] = [:]

    private struct Update {
        let positions: [Int]
        let statement: SQLiteStatement
    }

    init(_ table: Table, _ connection: SQLiteConnection) {
        statements = SQLiteStatements(table)
        self.connection = connection
    }

    /// Applies one write. A version that it expects of the stored row is that of the row as it was before all that `write` stands for.
    func apply(_ write: CondensedWrite) throws(SQLiteFault) -> SQLiteOutcome {
        do {
            switch write.write {
            case .insert(let record): return .done(changed: try run(&insert, statements.insert, record) == 1)
            case .insertIfAbsent(let record):
                return .done(changed: try run(&insertIfAbsent, statements.insertIfAbsent, record) == 1)
            case .update(let record): return try update(record, from: write.expected)
            case .require(let record): return try require(record, write.expected)
            case .delete(let record):
                let statement = try compiled(&delete, statements.delete)
                try connection.run(statement) { statement in record.withValues { bind($0, statements.keyPositions, to: statement) } }
                return .done(changed: true)
            }
        } catch {
            guard error.code.primary == .constraint else { throw error }
            return refusal(error, write.write.record)
        }
    }

    private func compiled(_ statement: inout SQLiteStatement?, _ sql: String) throws(SQLiteFault) -> SQLiteStatement {
        if let statement { return statement }
        let made = try connection.prepare(sql)
        statement = made
        return made
    }

    private func run(_ statement: inout SQLiteStatement?, _ sql: String, _ record: any Record) throws(SQLiteFault) -> Int {
        try connection.run(try compiled(&statement, sql)) { statement in
            record.withValues { values in for index in 0..<values.count { statement.bind(values[index], at: index) } }
        }
    }

    private func bind(_ values: RecordValues, _ positions: [Int], to statement: SQLiteStatement, from start: Int = 0) {
        for (index, position) in positions.enumerated() { statement.bind(values[position], at: start + index) }
    }

    private func update(_ record: any Record, from expected: Int64?) throws(SQLiteFault) -> SQLiteOutcome {
        let found = try stored(record) { stored in
            record.withValues { values in (version: stored[0], changes: changes(values, stored)) }
        }
        guard let found else { return missing(record) }
        if let expected, found.version != .integer(expected) { return other(record, found.version, expected) }
        let update = try update(found.changes)
        try connection.run(update.statement) { statement in
            record.withValues { values in
                bind(values, update.positions, to: statement)
                bind(values, statements.keyPositions, to: statement, from: update.positions.count)
            }
        }
        return .done(changed: true)
    }

    private func update(_ changes: UInt64) throws(SQLiteFault) -> Update {
        if let update = updates[changes] { return update }
        let positions = statements.setPositions(changes)
        let update = Update(positions: positions, statement: try connection.prepare(statements.update(positions)))
        updates[changes] = update
        return update
    }

    /// The indexed columns that differ between a record and the stored row.
    private func changes(_ values: RecordValues, _ stored: SQLiteStatement) -> UInt64 {
        var changes: UInt64 = 0
        for (index, position) in statements.indexedPositions.enumerated() where values[position].order(to: stored[index + 1]) != .same {
            changes |= 1 << UInt64(index)
        }
        return changes
    }

    private func require(_ record: any Record, _ expected: Int64?) throws(SQLiteFault) -> SQLiteOutcome {
        guard let found = try stored(record, { $0[0] }) else { return missing(record) }
        return found == .integer(expected ?? 1) ? .done(changed: true) : other(record, found, expected)
    }

    /// Shows the stored row of a record to `body`: its version, then its indexed columns.
    private func stored<Answer>(_ record: any Record, _ body: (SQLiteStatement) -> Answer) throws(SQLiteFault) -> Answer? {
        let statement = try compiled(&select, statements.select)
        return try connection.first(
            statement, { statement in record.withValues { bind($0, statements.keyPositions, to: statement) } }, body)
    }

    private func missing(_ record: any Record) -> SQLiteOutcome { .conflict("\(statements.rowName(record)) does not exist") }

    private func other(_ record: any Record, _ found: Value, _ expected: Int64?) -> SQLiteOutcome {
        let wanted = expected.map(String.init) ?? "none"
        return .conflict("\(statements.rowName(record)) has version \(ConflictText.text(found)), expected \(wanted)")
    }

    private func refusal(_ fault: SQLiteFault, _ record: any Record) -> SQLiteOutcome {
        let row = statements.rowName(record)
        return switch fault.code {
        case .primaryKey, .rowNumber: .conflict("\(row) exists already")
        case .uniqueKey: .conflict("\(row) repeats a value of another row: \(fault.message)")
        default: .broken(.corrupt("\(row) breaks a rule of the schema of \(connection.file): \(fault.message)"))
        }
    }
}
