import MunimKit
import Testing

@testable import Storage

@Suite("Records in storage")
struct RecordRoundTripTests {
    private let folder: StorageFolder

    init() throws { folder = try StorageFolder() }

    /// The record type of a table.
    private func type(_ table: String) throws -> any Record.Type { try #require(Tables.records.first { $0.table.name == table }) }

    /// Reads a record from a row, stores it, and expects the same back from a reopened file and from memory.
    private func roundTrip<R: Record>(_ type: R.Type, _ row: Row) async throws {
        let record = try R(row)
        #expect(record.values == row.values, "what is written is what was read, column by column")
        for position in R.table.columns.indices { #expect(record.values(at: [position]) == [row.values[position]]) }
        #expect(record.values(at: R.table.columns.indices.reversed()) == row.values.reversed())
        var transaction = Transaction()
        transaction.insert(record)
        try await folder.withStorage { _ = try await $0.commit(transaction) }
        let found = try await folder.withStorage { storage in try await storage.fetch(Query<R>()) }
        #expect(found == [record])
        let memory = MemoryRecords()
        _ = try await memory.commit(transaction)
        #expect(try await memory.fetch(Query<R>()) == [record])
    }

    @Test("A record with all fields set comes back equal", arguments: Tables.all.map(\.name))
    func allSet(_ table: String) async throws {
        let type = try type(table)
        try await roundTrip(type, RecordSamples(table: type.table).row(allSet: true))
    }

    @Test("A record with all optional fields empty comes back equal", arguments: Tables.all.map(\.name))
    func allEmpty(_ table: String) async throws {
        let type = try type(table)
        try await roundTrip(type, RecordSamples(table: type.table).row(allSet: false))
    }

    @Test("Every value of a closed set is storable, and no other value is", arguments: RecordSamples.closedSets.keys.sorted())
    func closedSets(_ place: String) async throws {
        let name = String(place.prefix { $0 != "." })
        let samples = RecordSamples(table: try type(name).table)
        let set = try #require(samples.closedSets.first { "\(name).\($0.column)" == place })
        try await folder.withStorage { storage in
            for value in set.values {
                let refusal = try await insertRaw(samples.row(set.column, .text(value)), into: storage)
                #expect(refusal == nil, "\(value) is storable")
            }
            for value in ["", "no such state", set.values[0] + " "] {
                let refusal = try await insertRaw(samples.row(set.column, .text(value)), into: storage)
                #expect(refusal?.description.contains("CHECK constraint failed") == true, "\(value) is refused")
            }
        }
    }

    @Test("Signals of every kind are storable for every instrument, however it is called")
    func openSets() async throws {
        let samples = RecordSamples(table: SignalRecord.table)
        try await folder.withStorage { storage in
            for kind in SignalKind.allCases.map(\.rawValue) {
                for instrument in ["BANK_NIFTY", "COPPER", "काली मिर्च", "a name of an instrument that nobody has thought of yet"] {
                    var row = samples.row("signal_type", .text(kind))
                    row = Row(
                        table: row.table, values: row.values.replacing(at: row.table.index(of: "instrument"), with: .text(instrument)))
                    let refusal = try await insertRaw(row, into: storage)
                    #expect(refusal == nil)
                }
            }
        }
    }

    @Test("A row that breaks a rule of the schema is refused as corrupt, so that nobody tries again for ever")
    func brokenRow() async throws {
        var record = PortfolioRecord(at: Instant(microseconds: 0))
        record.id = 2
        var transaction = Transaction()
        transaction.insert(record)
        try await folder.withStorage { [transaction] storage in
            let refusal = try await storageError { _ = try await storage.commit(transaction) }
            guard case .corrupt(let reason)? = refusal else {
                Issue.record("expected corrupt, got \(String(describing: refusal))")
                return
            }
            #expect(reason.contains("portfolio_state 2 breaks a rule of the schema"))
        }
    }

    /// Inserts a row past the record types, after removing what was there.
    private func insertRaw(_ row: Row, into storage: SQLiteStorage) async throws -> StorageError? {
        let statements = SQLiteStatements(row.table)
        return try await storageError {
            try await storage.records().sql(("DELETE FROM \(row.table.name)", []), (statements.insert, row.values))
        }
    }
}

extension [Value] {
    /// The values with another one at one position.
    fileprivate func replacing(at position: Int, with value: Value) -> [Value] {
        var values = self
        values[position] = value
        return values
    }
}
