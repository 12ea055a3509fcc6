import MunimKit
import Testing

extension StorageConformance {
    /// A record with every field set.
    private static var full: SampleRecord {
        var record = SampleRecord("full", label: "B", state: .closing, slot: "S", code: "X", rank: 42, note: "note")
        record.isMarked = true
        record.price = Price(units: 520_000_500)
        record.bytes = [0, 1, 255]
        record.document = Stored(SampleDocument(name: "d", list: ["x"], at: Instant(microseconds: 1), nested: ["k": [1, .max]]))
        record.optionalRank = -1
        record.optionalFlag = false
        record.optionalPrice = Price(units: -1)
        record.optionalAt = Instant(microseconds: 1_764_306_000_123_456)
        record.optionalDay = TradingDay(year: 2025, month: 12, day: 30)
        record.optionalBytes = [7]
        record.optionalDocument = Stored(SampleDocument())
        record.version = 17
        return record
    }

    private func comesBack(_ record: SampleRecord, _ store: any RecordStore) async throws {
        try await Self.insert([record], into: store)
        let found = try await store.fetch(Query<SampleRecord>(.equal("id", record.id)))
        #expect(found == [record])
        #expect(found.first?.id.utf8.elementsEqual(record.id.utf8) == true)
        #expect(found.first?.label.utf8.elementsEqual(record.label.utf8) == true)
    }

    func wholeRows(_ store: any RecordStore) async throws {
        try await comesBack(Self.full, store)
        try await comesBack(SampleRecord("bare"), store)
        var transaction = Transaction()
        var emptied = SampleRecord("full", state: .closed)
        emptied.version = 18
        transaction.update(emptied)
        _ = try await store.commit(transaction)
        #expect(try await store.fetch(Query<SampleRecord>(.equal("id", "full"))) == [emptied])
    }

    func extremes(_ store: any RecordStore) async throws {
        for (index, number) in [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max, 9_007_199_254_740_993].enumerated() {
            var record = SampleRecord("\(index)", rank: number)
            record.price = Price(units: number)
            record.optionalAt = Instant(microseconds: number)
            try await comesBack(record, store)
        }
        let ordered = try await store.fetch(Query<SampleRecord>(order: [.ascending("rank")])).map(\.rank)
        #expect(ordered == [.min, .min + 1, -1, 0, 1, 9_007_199_254_740_993, .max - 1, .max])
    }

    func exactText(_ store: any RecordStore) async throws {
        let composed = "caf\u{E9}"
        let decomposed = "cafe\u{301}"
        let texts = [
            "", " ", composed, decomposed, "₹ 50,000 लाख", "👩‍🌾", "'; DROP TABLE samples; --", "\"quoted\"", "line\nline\r\n",
            "%_*?",
            "ABC", "abc", "1", "01", "1.0", "null", String(repeating: "x", count: 100_000), "\u{FEFF}bom",
        ]
        for text in texts { try await comesBack(SampleRecord(text, label: text, slot: text, code: text, note: text), store) }
        #expect(try await store.count(Query<SampleRecord>()) == texts.count)
        #expect(
            try await store.fetch(Query<SampleRecord>(.equal("label", decomposed))).map { Array($0.id.utf8) } == [Array(decomposed.utf8)])
        let ordered = try await store.fetch(Query<SampleRecord>(order: [.ascending("label")])).map { Array($0.label.utf8) }
        let expected = texts.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
        #expect(ordered == expected)
    }

    /// Not every backend can keep this character. One that cannot says so for good; another error would have the host try again, or decide anew.
    func nulText(_ store: any RecordStore) async throws {
        for (index, text) in ["\0", "a\0b", "ab\0"].enumerated() {
            var transaction = Transaction()
            var record = SampleRecord("\(index)", label: text, note: text)
            record.document = Stored(SampleDocument(name: text))
            transaction.insert(SampleRecord("beside-\(index)"))
            transaction.insert(record)
            do throws(StorageError) { _ = try await store.commit(transaction) } catch {
                guard case .unsupported(let reason) = error else {
                    Issue.record("text with a NUL was refused with another error than unsupported: \(error)")
                    return
                }
                #expect(!reason.isEmpty)
                #expect(try await Self.all(in: store).isEmpty)
                continue
            }
            let found = try await store.fetch(Query<SampleRecord>(.equal("id", record.id)))
            #expect(found == [record])
            #expect(found.first?.label.utf8.elementsEqual(text.utf8) == true)
        }
    }

    func bytes(_ store: any RecordStore) async throws {
        let samples: [[UInt8]] = [[], [0], Array(0...255), Array(repeating: 7, count: 70_000)]
        for (index, bytes) in samples.enumerated() {
            var record = SampleRecord("\(index)")
            record.bytes = bytes
            record.optionalBytes = bytes
            try await comesBack(record, store)
        }
    }

    func documents(_ store: any RecordStore) async throws {
        let names = ["plain", "", "\"\\/\u{1}", "caf\u{E9} ₹ 👩‍🌾", String(repeating: "long ", count: 10_000)]
        for (index, name) in names.enumerated() {
            var record = SampleRecord("\(index)")
            record.document = Stored(
                SampleDocument(
                    name: name, price: Price(units: Int64.max), list: names, at: Instant(microseconds: 1), nested: [name: [.min, .max]]))
            try await comesBack(record, store)
        }
    }
}
