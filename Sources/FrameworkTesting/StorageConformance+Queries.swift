import MunimKit
import Testing

extension StorageConformance {
    private static let shelf = [
        SampleRecord("a", label: "A", state: .open, rank: 3, note: "n"), SampleRecord("b", label: "A", state: .closed, rank: 1),
        SampleRecord("c", label: "B", state: .open, rank: 2), SampleRecord("d", label: "B", state: .closing, rank: 2, note: "m"),
        SampleRecord("e", label: "C", state: .closed, rank: -4, note: "n"),
    ]

    /// The primary keys that a query finds, checked against its count.
    private func keys(_ query: Query<SampleRecord>, _ store: any RecordStore) async throws -> [String] {
        let found = try await store.fetch(query)
        var whole = query
        whole.limit = nil
        whole.offset = 0
        #expect(try await store.count(query) == (try await store.fetch(whole)).count)
        return found.map(\.id)
    }

    func conditions(_ store: any RecordStore) async throws {
        try await Self.insert(Self.shelf, into: store)
        #expect(try await keys(Query(), store) == ["a", "b", "c", "d", "e"])
        #expect(try await keys(Query(.equal("id", "c")), store) == ["c"])
        #expect(try await keys(Query(.equal("id", "x")), store) == [])
        #expect(try await keys(Query(.equal("id", "c"), .equal("label", "A")), store) == [])
        #expect(try await keys(Query(.isIn("id", ["c", "a", "c", "x"])), store) == ["a", "c"])
        #expect(try await keys(Query(.equal("label", "B")), store) == ["c", "d"])
        #expect(try await keys(Query(.equal("label", "B"), .equal("state", SampleState.open)), store) == ["c"])
        #expect(try await keys(Query(.isIn("label", ["A", "C"]), .isIn("state", [SampleState.closed])), store) == ["b", "e"])
        #expect(try await keys(Query(.isIn("label", [String]())), store) == [])
        #expect(try await keys(Query(.less("rank", Int64(2))), store) == ["b", "e"])
        #expect(try await keys(Query(.atLeast("rank", Int64(2))), store) == ["a", "c", "d"])
        #expect(try await keys(Query(.atLeast("rank", Int64(1)), .less("rank", Int64(3))), store) == ["b", "c", "d"])
        #expect(try await keys(Query(.equal("label", "A"), .equal("label", "B")), store) == [])
        #expect(try await keys(Query(.equal("note", "n"), .atLeast("rank", Int64(0))), store) == ["a"])
        var change = Transaction()
        change.update(Self.shelf[0].next { $0.label = "B" })
        change.delete(Self.shelf[2])
        _ = try await store.commit(change)
        #expect(try await keys(Query(.equal("label", "B")), store) == ["a", "d"])
        #expect(try await keys(Query(.equal("label", "A"), .equal("state", SampleState.open)), store) == [])
    }

    func emptyValues(_ store: any RecordStore) async throws {
        try await Self.insert(Self.shelf, into: store)
        #expect(try await keys(Query(.isNull("note")), store) == ["b", "c"])
        #expect(try await keys(Query(.isNull("label")), store) == [])
        #expect(try await keys(Query(.equal("note", Value.null)), store) == [])
        #expect(try await keys(Query(.isIn("note", [Value.null, .text("m")])), store) == ["d"])
        #expect(try await keys(Query(.less("note", "n")), store) == ["d"])
        #expect(try await keys(Query(.atLeast("note", "")), store) == ["a", "d", "e"])
        #expect(try await keys(Query(.less("note", Value.null)), store) == [])
        #expect(try await keys(Query(order: [.ascending("note")]), store) == ["b", "c", "d", "a", "e"])
    }

    func order(_ store: any RecordStore) async throws {
        try await Self.insert(Self.shelf, into: store)
        #expect(try await keys(Query(order: [.ascending("rank")]), store) == ["e", "b", "c", "d", "a"])
        #expect(try await keys(Query(order: [.descending("rank")]), store) == ["a", "c", "d", "b", "e"])
        #expect(try await keys(Query(order: [.descending("label"), .ascending("rank")]), store) == ["e", "c", "d", "b", "a"])
        #expect(try await keys(Query(order: [.descending("id")]), store) == ["e", "d", "c", "b", "a"])
        #expect(try await keys(Query(.equal("label", "B"), order: [.descending("state")]), store) == ["c", "d"])
    }

    func pages(_ store: any RecordStore) async throws {
        try await Self.insert(Self.shelf, into: store)
        let order = [SortColumn.ascending("rank")]
        #expect(try await keys(Query(order: order, limit: 2), store) == ["e", "b"])
        #expect(try await keys(Query(order: order, limit: 2, offset: 2), store) == ["c", "d"])
        #expect(try await keys(Query(order: order, limit: 2, offset: 4), store) == ["a"])
        #expect(try await keys(Query(order: order, offset: 3), store) == ["d", "a"])
        #expect(try await keys(Query(order: order, limit: 0), store) == [])
        #expect(try await keys(Query(order: order, limit: 9, offset: 9), store) == [])
        #expect(try await keys(Query(.equal("label", "A"), limit: 1), store) == ["a"])
    }

    func folds(_ store: any RecordStore) async throws {
        try await Self.insert(Self.shelf, into: store)
        let query = Query<SampleRecord>(.atLeast("rank", Int64(1)), order: [.descending("rank")], limit: 3, offset: 1)
        let rows = try await store.reduce(["note", "rank"], of: query, into: [String]()) { rows, row throws(StorageError) in
            let note: String? = try row.read("note")
            let rank: Int64 = try row.read("rank")
            rows.append("\(note ?? "-") \(rank) of \(row.values.count)")
        }
        #expect(rows == ["- 2 of 2", "m 2 of 2", "- 1 of 2"])
        let whole = try await store.reduce(["document"], of: Query<SampleRecord>(limit: 1), into: [Stored<SampleDocument>]()) {
            documents, row throws(StorageError) in documents.append(try row.read("document"))
        }
        #expect(whole == [Self.shelf[0].document])
        let none = try await store.reduce(["id"], of: Query<SampleRecord>(.equal("id", "x")), into: 7) { count, _ in count += 1 }
        #expect(none == 7)
        await #expect(throws: StorageError.corrupt("enough")) {
            try await store.reduce(["id"], of: Query<SampleRecord>(), into: 0) { _, _ throws(StorageError) in throw .corrupt("enough") }
        }
    }
}
