import MunimKit
import Testing

@testable import Storage

/// A row that takes part in a unique key while it is open, and in another whenever it has a code.
private struct SeatRecord: Record {
    var id: String
    var state: String
    var place: Int64
    var code: String?
    var text: String
    var version: Int64

    static let fields: Fields<SeatRecord> = [
        Field("id", \.id), Field("state", \.state), Field("place", \.place), Field("code", \.code), Field("text", \.text),
        Field("version", \.version),
    ]
    static let table = Table(
        "seats", fields, primaryKey: ["id"],
        uniqueKeys: [UniqueKey(["code"]), UniqueKey(["place"], where: KeyCondition("state", in: [.text("open")]))],
        indexes: [["state", "place"]], versionColumn: "version")

    init(_ id: String, state: String = "open", place: Int64 = 0, code: String? = nil, text: String = "", version: Int64 = 1) {
        (self.id, self.state, self.place, self.code, self.text, self.version) = (id, state, place, code, text, version)
    }
}

/// Transactions that mostly go on from the stored rows, and now and then from none.
private struct Draw {
    private var random: SplitMix64
    /// The rows as they would be if everything drawn so far had been written.
    var rows: [String: SeatRecord] = [:]

    init(seed: UInt64) { random = SplitMix64(state: seed) }

    mutating func below(_ bound: UInt64) -> UInt64 { random.next() % bound }

    mutating func transaction() -> Transaction {
        var transaction = Transaction()
        for _ in 0...below(9) { transaction.append(write()) }
        return transaction
    }

    private mutating func write() -> Write {
        let id = ["a", "b", "é", "e\u{301}"][Int(below(4))]
        var row = rows[id] ?? SeatRecord(id, version: 0)
        row.version += below(12) == 0 ? Int64(below(3)) : 1
        if below(3) == 0 { row.state = below(2) == 0 ? "open" : "closed" }
        if below(3) == 0 { row.place = Int64(below(3)) }
        if below(4) == 0 { row.code = [nil, "x", "y"][Int(below(3))] }
        row.text = "\(below(1_000))"
        let isThere = rows[id] != nil
        switch below(20) {
        case 0:
            rows[id] = nil
            return .delete(row)
        case 1:
            row.version -= 1
            return .require(row)
        case 2: return .insertIfAbsent(row)
        case 3: return isThere ? .insert(row) : .update(row)
        default:
            rows[id] = row
            return isThere ? .update(row) : .insert(row)
        }
    }
}

@Suite("Writes of one row in one transaction")
struct CondensingTests {
    private let folder: StorageFolder

    init() throws { folder = try StorageFolder() }

    private func writes(_ writes: [Write]) -> [String] {
        var transaction = Transaction()
        for write in writes { transaction.append(write) }
        var condensing = Condensing()
        return condensing.writes(of: transaction).map { condensed in
            let row = condensed.write.record as? SeatRecord
            let kind = "\(condensed.write)".prefix { $0 != "(" }
            return "\(condensed.place) \(kind) \(row?.text ?? "") from \(condensed.expected.map(String.init) ?? "-")"
        }
    }

    @Test("An insert and the updates that follow are one insert of the last state")
    func insertThenUpdates() {
        #expect(
            writes([
                .insert(SeatRecord("a", text: "1")), .insert(SeatRecord("b", place: 1, text: "1")),
                .update(SeatRecord("a", text: "2", version: 2)), .update(SeatRecord("a", text: "3", version: 3)),
            ]) == ["0 insert 3 from -", "1 insert 1 from -"])
    }

    @Test("Updates are one update of the last state, from the version that the first expects")
    func updates() {
        #expect(
            writes([.update(SeatRecord("a", text: "5", version: 5)), .update(SeatRecord("a", text: "6", version: 6))])
                == ["0 update 6 from 4"])
    }

    @Test("Nothing is carried over a gap of versions, a demand, a deletion, or a row that is only added where there is none")
    func apart() {
        let (one, two, three) = (SeatRecord("a", text: "1"), SeatRecord("a", text: "2", version: 2), SeatRecord("a", version: 3))
        #expect(writes([.update(one), .update(three)]).count == 2)
        #expect(writes([.update(one), .require(one), .update(two)]).count == 3)
        #expect(writes([.update(one), .delete(one), .update(two)]).count == 3)
        #expect(writes([.insertIfAbsent(one), .update(two)]).count == 2)
        #expect(writes([.insert(one), .insert(one), .update(two)]) == ["0 insert 1 from -", "1 insert 2 from -"])
    }

    @Test("A change of what a row contributes to a unique key stays apart")
    func uniqueKeys() {
        #expect(writes([.insert(SeatRecord("a")), .update(SeatRecord("a", place: 1, version: 2))]).count == 2)
        #expect(writes([.insert(SeatRecord("a")), .update(SeatRecord("a", state: "closed", version: 2))]).count == 2)
        #expect(writes([.insert(SeatRecord("a")), .update(SeatRecord("a", code: "x", version: 2))]).count == 2)
        #expect(
            writes([.insert(SeatRecord("a", state: "closed")), .update(SeatRecord("a", state: "closed", place: 1, version: 2))]).count == 1)
    }

    @Test("Whatever is written: the answers, the place that fails and the rows are those of one write after the other", arguments: 1...12)
    func sameAsOneByOne(seed: UInt64) async throws {
        try await folder.withStorage { storage in
            let store = try await storage.privateRecords(named: "seats", tables: [SeatRecord.table])
            var memory = MemoryDatabase()
            var draw = Draw(seed: seed)
            var failures = 0
            for _ in 0..<150 {
                let transaction = draw.transaction()
                let expected = Result { () throws(StorageError) in try memory.commit(transaction) }
                let found: Result<[Bool], StorageError>
                do throws(StorageError) { found = .success(try await store.commit(transaction)) } catch { found = .failure(error) }
                #expect(Self.outcome(found) == Self.outcome(expected))
                let rows = try memory.fetch(Query<SeatRecord>())
                #expect(try await store.fetch(Query<SeatRecord>()) == rows)
                draw.rows = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
                if case .failure = expected { failures += 1 }
            }
            #expect(failures > 10 && failures < 140, "both happen: \(failures)")
        }
    }

    private static func outcome(_ result: Result<[Bool], StorageError>) -> String {
        switch result {
        case .success(let answers): "\(answers)"
        case .failure(.conflict(let write, _)): "refused at \(write)"
        case .failure(let error): "\(error)"
        }
    }
}
