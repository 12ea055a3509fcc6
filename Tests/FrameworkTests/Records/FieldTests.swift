import MunimKit
import Testing

/// A record whose last property is so small that it takes no place of its own.
private struct WatchRecord: Record {
    var name: String
    var count: Int64?
    var isOpen: Bool

    static let fields: Fields<WatchRecord> = [Field("is_open", \.isOpen), Field("name", \.name), Field("count", \.count)]
    static let table = Table("watches", fields, primaryKey: ["name"])

    func validate() throws(StorageError) {
        guard isOpen || count == nil else { throw .corrupt("a closed watch counts nothing") }
    }
}

/// A record that forgot a property.
private struct ForgetfulRecord: Record {
    var name: String
    var place: String

    static let fields: Fields<ForgetfulRecord> = [Field("name", \.name)]
    static let table = Table("forgetful", fields, primaryKey: ["name"])
}

@Suite("Fields of records")
struct FieldTests {
    @Test("A list of fields describes the columns in its own order, whatever that of the properties is")
    func description() {
        #expect(
            WatchRecord.table.columns == [Column("is_open", .boolean), Column("name", .text), Column("count", .integer, optional: true)])
    }

    @Test("What is made from a record is what it is read from, all of it and in part")
    func roundTrip() throws {
        let values: [Value] = [.integer(1), .text("a name that is longer than a word"), .integer(7)]
        let record = try WatchRecord(Row(table: WatchRecord.table, values: values))
        #expect(record.values == values)
        #expect(record.values(at: [2, 0]) == [.integer(7), .integer(1)])
    }

    @Test(
        "A value of another type is named with its column, and what was read before it is given back",
        arguments: [(0, "watches.is_open"), (1, "watches.name"), (2, "watches.count")])
    func mismatch(position: Int, place: String) {
        var values: [Value] = [.integer(0), .text("a name that is longer than a word"), .null]
        values[position] = .bytes([])
        let error = #expect(throws: StorageError.self) { try WatchRecord(Row(table: WatchRecord.table, values: values)) }
        #expect(error?.reason.hasPrefix(place) == true)
    }

    @Test("Values that do not belong together are refused, and so is a row that is too short")
    func belongsTogether() {
        let together: [Value] = [.integer(0), .text("n"), .integer(1)]
        #expect(throws: StorageError.corrupt("a closed watch counts nothing")) {
            try WatchRecord(Row(table: WatchRecord.table, values: together))
        }
        #expect(throws: StorageError.self) { try WatchRecord(Row(table: WatchRecord.table, values: [.integer(0)])) }
    }

    @Test("A record that leaves a property out ends the process at once, before anything is read into it")
    func forgotten() async {
        await #expect(processExitsWith: .failure) { _ = ForgetfulRecord.fields }
    }
}
