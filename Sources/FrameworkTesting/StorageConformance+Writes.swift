import MunimKit
import Testing

extension StorageConformance {
    func allOrNothing(_ store: any RecordStore) async throws {
        try await Self.insert([SampleRecord("a")], into: store)
        var transaction = Transaction()
        transaction.insert(SampleRecord("b"))
        transaction.update(SampleRecord("a").next { $0.rank = 9 })
        transaction.delete(SampleRecord("a"))
        transaction.insertIfAbsent(SampleRecord("c"))
        transaction.insert(SampleRecord("b"))
        #expect(try await Self.conflict(of: transaction, in: store) == 4)
        #expect(try await Self.all(in: store) == [SampleRecord("a")])
        #expect(try await store.commit(Transaction()).isEmpty)
    }

    func insertRefusesDuplicates(_ store: any RecordStore) async throws {
        try await Self.insert([SampleRecord("a", rank: 1)], into: store)
        var transaction = Transaction()
        transaction.insert(SampleRecord("b"))
        transaction.insert(SampleRecord("a", rank: 2))
        #expect(try await Self.conflict(of: transaction, in: store) == 1)
        #expect(try await Self.all(in: store) == [SampleRecord("a", rank: 1)])
    }

    func insertIfAbsent(_ store: any RecordStore) async throws {
        var transaction = Transaction()
        transaction.insertIfAbsent(SampleRecord("a", code: "X", rank: 1))
        transaction.insertIfAbsent(SampleRecord("a", code: "Y", rank: 2))
        transaction.insert(SampleRecord("b"))
        #expect(try await store.commit(transaction) == [true, false, true])
        #expect(try await store.commit(.ifAbsent(SampleRecord("a", rank: 3))) == [false])
        var clash = Transaction()
        clash.insertIfAbsent(SampleRecord("c", code: "X"))
        #expect(try await Self.conflict(of: clash, in: store) == 0, "another unique key is no absence")
        #expect(try await Self.all(in: store) == [SampleRecord("a", code: "X", rank: 1), SampleRecord("b")])
    }

    func updateNeedsVersion(_ store: any RecordStore) async throws {
        let first = SampleRecord("a")
        try await Self.insert([first], into: store)
        let second = first.next { $0.rank = 2 }
        for wrong in [first, second.next(), SampleRecord("none").next()] {
            var transaction = Transaction()
            transaction.update(wrong)
            #expect(try await Self.conflict(of: transaction, in: store) == 0)
        }
        var transaction = Transaction()
        transaction.update(second)
        #expect(try await store.commit(transaction) == [true])
        #expect(try await Self.all(in: store) == [second])
        #expect(try await Self.conflict(of: transaction, in: store) == 0, "a version is taken once")
        var pair = Transaction()
        pair.insert(PairRecord("a", 1, "old"))
        pair.update(PairRecord("a", 1, "new"))
        #expect(try await store.commit(pair) == [true, true])
        #expect(try await store.fetch(Query<PairRecord>()) == [PairRecord("a", 1, "new")])
    }

    func oneOfTwoWriters(_ store: any RecordStore) async throws {
        var stored = SampleRecord("a")
        try await Self.insert([stored], into: store)
        for round in 1...20 {
            let read = stored
            let won = try await withThrowingTaskGroup(of: SampleRecord?.self) { group in
                for writer in 0..<2 {
                    group.addTask {
                        let mine = read.next { $0.label = "\(round)-\(writer)" }
                        var transaction = Transaction()
                        transaction.update(mine)
                        return try await Self.conflict(of: transaction, in: store) == nil ? mine : nil
                    }
                }
                return try await group.reduce(into: [SampleRecord]()) { winners, winner in winners += winner.map { [$0] } ?? [] }
            }
            try #require(won.count == 1)
            #expect(try await Self.all(in: store) == won)
            stored = won[0]
        }
    }

    func require(_ store: any RecordStore) async throws {
        let first = SampleRecord("a")
        try await Self.insert([first], into: store)
        var transaction = Transaction()
        transaction.require(first)
        transaction.insert(SampleRecord("b"))
        #expect(try await store.commit(transaction) == [true, true])
        var change = Transaction()
        change.update(first.next())
        _ = try await store.commit(change)
        for (record, isMet) in [(first, false), (first.next(), true), (SampleRecord("none"), false)] {
            var transaction = Transaction()
            transaction.delete(SampleRecord("b"))
            transaction.require(record)
            #expect(try await Self.conflict(of: transaction, in: store) == (isMet ? nil : 1))
        }
        #expect(try await Self.all(in: store) == [first.next()], "a requirement writes nothing")
    }

    func delete(_ store: any RecordStore) async throws {
        try await Self.insert([SampleRecord("a", code: "X"), SampleRecord("b")], into: store)
        var transaction = Transaction()
        transaction.delete(SampleRecord("a"))
        transaction.delete(SampleRecord("none"))
        #expect(try await store.commit(transaction) == [true, true])
        #expect(try await Self.all(in: store) == [SampleRecord("b")])
        try await Self.insert([SampleRecord("a", code: "X")], into: store)
        #expect(try await store.count(Query<SampleRecord>(.equal("label", "A"))) == 2)
    }

    func severalColumnKeys(_ store: any RecordStore) async throws {
        var transaction = Transaction()
        for (left, right) in [("a", 1), ("a", 2), ("b", 1)] { transaction.insert(PairRecord(left, Int64(right))) }
        transaction.insertIfAbsent(PairRecord("a", 2, "late"))
        #expect(try await store.commit(transaction) == [true, true, true, false])
        var removal = Transaction()
        removal.delete(PairRecord("a", 2))
        _ = try await store.commit(removal)
        #expect(try await store.fetch(Query<PairRecord>()) == [PairRecord("a", 1), PairRecord("b", 1)])
        #expect(try await store.fetch(Query<PairRecord>(.equal("left", "b"), .equal("right", 1))) == [PairRecord("b", 1)])
        #expect(try await store.fetch(Query<PairRecord>(.isIn("left", ["b", "a"]), .equal("right", 1))).count == 2)
    }

    func writesInOrder(_ store: any RecordStore) async throws {
        let first = SampleRecord("a", code: "X")
        var transaction = Transaction()
        transaction.insert(first)
        transaction.require(first)
        transaction.update(first.next())
        transaction.update(first.next().next { $0.code = nil })
        transaction.insert(SampleRecord("b", code: "X"))
        transaction.delete(SampleRecord("b"))
        transaction.insertIfAbsent(SampleRecord("b", code: "X", rank: 7))
        #expect(try await store.commit(transaction) == Array(repeating: true, count: 7))
        let last = first.next().next { $0.code = nil }
        #expect(try await Self.all(in: store) == [last, SampleRecord("b", code: "X", rank: 7)])
    }
}

extension Transaction {
    /// A transaction with one insert-if-absent.
    fileprivate static func ifAbsent(_ record: SampleRecord) -> Transaction {
        var transaction = Transaction()
        transaction.insertIfAbsent(record)
        return transaction
    }
}
