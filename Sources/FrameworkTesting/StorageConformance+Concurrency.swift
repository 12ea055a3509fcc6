import MunimKit
import Testing

extension StorageConformance {
    func concurrentCommits(_ store: any RecordStore) async throws {
        let won = try await withThrowingTaskGroup(of: (key: String, won: Bool).self) { group in
            for number in 0..<1_000 {
                group.addTask {
                    let key = "key-\(number % 250)"
                    var transaction = Transaction()
                    transaction.insertIfAbsent(SampleRecord(key, rank: Int64(number)))
                    transaction.insertIfAbsent(PairRecord(key, Int64(number)))
                    return (key, try await store.commit(transaction)[0])
                }
            }
            return try await group.reduce(into: [String: Int]()) { won, answer in won[answer.key, default: 0] += answer.won ? 1 : 0 }
        }
        #expect(won.count == 250)
        #expect(won.values.allSatisfy { $0 == 1 })
        #expect(try await store.count(Query<SampleRecord>()) == 250)
        #expect(try await store.count(Query<PairRecord>()) == 1_000)
    }

    func groupIndependence(_ store: any RecordStore) async throws {
        try await Self.insert([SampleRecord("taken")], into: store)
        let answers = try await withThrowingTaskGroup(of: (number: Int, conflict: Int?).self) { group in
            for number in 0..<200 {
                group.addTask {
                    var transaction = Transaction()
                    transaction.insert(SampleRecord("row-\(number)", rank: Int64(number)))
                    transaction.insert(PairRecord("row-\(number)", 1))
                    if number.isMultiple(of: 3) { transaction.insert(SampleRecord("taken")) }
                    return (number, try await Self.conflict(of: transaction, in: store))
                }
            }
            return try await group.reduce(into: [(number: Int, conflict: Int?)]()) { $0.append($1) }
        }
        for answer in answers { #expect(answer.conflict == (answer.number.isMultiple(of: 3) ? 2 : nil), "transaction \(answer.number)") }
        let good = (0..<200).filter { !$0.isMultiple(of: 3) }
        let kept = try await store.fetch(Query<SampleRecord>(.less("id", "t"), order: [.ascending("rank")]))
        #expect(kept.map(\.rank) == good.map(Int64.init))
        #expect(try await store.count(Query<PairRecord>()) == good.count)
    }

    func readsOwnWrites(_ store: any RecordStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    var record = SampleRecord("own-\(number)")
                    try await Self.insert([record], into: store)
                    #expect(try await store.fetch(Query<SampleRecord>(.equal("id", record.id))) == [record])
                    record = record.next { $0.rank = 5 }
                    var transaction = Transaction()
                    transaction.update(record)
                    _ = try await store.commit(transaction)
                    #expect(try await store.fetch(Query<SampleRecord>(.equal("id", record.id))) == [record])
                }
            }
            try await group.waitForAll()
        }
    }
}
