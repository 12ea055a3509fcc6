import MunimKit
import Testing

extension StorageConformance {
    func uniqueKeys(_ store: any RecordStore) async throws {
        let plain = SampleRecord("c")
        try await Self.insert([SampleRecord("a", code: "X"), SampleRecord("b", code: "Y"), plain, SampleRecord("d")], into: store)
        var insert = Transaction()
        insert.insert(SampleRecord("e", code: "X"))
        #expect(try await Self.conflict(of: insert, in: store) == 0)
        var update = Transaction()
        update.update(plain.next { $0.code = "Y" })
        #expect(try await Self.conflict(of: update, in: store) == 0)
        var swap = Transaction()
        swap.update(SampleRecord("b", code: "Y").next { $0.code = nil })
        swap.update(plain.next { $0.code = "Y" })
        swap.update(SampleRecord("a", code: "X").next { $0.rank = 1 })
        #expect(try await Self.conflict(of: swap, in: store) == nil, "a freed key can be taken, an own key kept")
    }

    func partialUniqueKeys(_ store: any RecordStore) async throws {
        try await Self.insert(
            [
                SampleRecord("a", state: .open, slot: "S"), SampleRecord("b", state: .closed, slot: "S"),
                SampleRecord("c", state: .closed, slot: "S"), SampleRecord("d", label: "B", state: .open, slot: "S"), SampleRecord("e"),
            ], into: store)
        for state in [SampleState.open, .closing] {
            var taken = Transaction()
            taken.insert(SampleRecord("f", state: state, slot: "S"))
            #expect(try await Self.conflict(of: taken, in: store) == 0)
        }
        var reopened = Transaction()
        reopened.update(SampleRecord("b", state: .closed, slot: "S").next { $0.state = .closing })
        #expect(try await Self.conflict(of: reopened, in: store) == 0)
        var handedOver = Transaction()
        handedOver.update(SampleRecord("a", state: .open, slot: "S").next { $0.state = .closed })
        handedOver.update(SampleRecord("b", state: .closed, slot: "S").next { $0.state = .open })
        #expect(try await Self.conflict(of: handedOver, in: store) == nil)
    }

    func rollBackRestoresKeys(_ store: any RecordStore) async throws {
        let kept = [SampleRecord("a", slot: "S", code: "X", rank: 1), SampleRecord("b", label: "B", code: "Y", rank: 2)]
        try await Self.insert(kept, into: store)
        #expect(try await store.fetch(Query<SampleRecord>(.equal("label", "B"))) == [kept[1]])
        var failing = Transaction()
        failing.delete(kept[0])
        failing.insert(SampleRecord("z", label: "B", slot: "S", code: "X"))
        failing.update(kept[1].next { $0.code = "Z" })
        failing.insert(SampleRecord("y", label: "B", code: "Y"))
        failing.update(kept[1])
        #expect(try await Self.conflict(of: failing, in: store) == 4)
        #expect(try await Self.all(in: store) == kept)
        #expect(try await store.fetch(Query<SampleRecord>(.equal("label", "B"))) == [kept[1]])
        for taken in ["X", "Y"] {
            var again = Transaction()
            again.insert(SampleRecord("w", code: taken))
            #expect(try await Self.conflict(of: again, in: store) == 0, "\(taken) is still taken")
        }
        try await Self.insert([SampleRecord("w", code: "Z")], into: store)
    }
}
