import MunimKit
import Testing

extension BrokerConformance.Bench {
    func quotes() async throws {
        var unknown = contract
        unknown.symbol = "NO SUCH CONTRACT"
        let quotes = try await broker.quotes([contract, unknown])
        #expect(quotes.map(\.symbol) == [contract.symbol])
        let quote = try #require(quotes.first?.quote)
        #expect(quote.reference.map { $0 > .zero } == true)
        if let bid = quote.bid, let ask = quote.ask { #expect(bid <= ask) }
    }

    func funds() async throws {
        #expect(try await broker.funds().used >= .zero)
        try await place("F1", lots: 2)
        let used = try await broker.funds().used
        #expect(used >= .zero)
        try await place("F2", .sell, lots: 2)
        #expect(try await broker.funds().used <= used)
    }

    func leavesOutSettled() async throws {
        #expect(try await broker.book(leavingOut: EndedTags(["L1"])).count == 0)
        try await place("L1")
        try await place("L2")
        try await place("L3", limit: price(-100))
        let all = try await broker.orders()
        #expect(Set(all.map(\.tag)) == ["L1", "L2", "L3"])
        for settled: [MunimKit.Tag] in [[], ["L1"], ["L2", "NEVER SENT"], ["L1", "L2"]] {
            let book = try await broker.book(leavingOut: EndedTags(settled))
            #expect(book.count == 3)
            #expect(Set(all).isSuperset(of: book.orders))
            #expect(book.orders.filter { !settled.contains($0.tag ?? "") } == all.filter { !settled.contains($0.tag ?? "") })
        }
    }

    func updatesLeadToTheBook() async throws {
        let updates = broker.updates()
        try await place("N1", lots: 3)
        try await place("N2", .sell, limit: price(50))
        let cancelled = try await place("N3", limit: price(-50))
        try await bring(to: price(51))
        _ = await broker.cancel(cancelled)
        await settle()
        let book = try await broker.orders()
        await broker.stop()
        let heard = await updates.reduce(into: []) { $0.append($1) }
        guard !heard.isEmpty else { return }
        let random = SeededRandomSource(1)
        for _ in 0..<100 {
            var listener = HeardBook()
            for report in random.shuffled(heard + heard) { listener.hear(report) }
            #expect(listener.orders == book.sorted { $0.orderID < $1.orderID })
        }
    }

    func stopEndsUpdates() async throws {
        let updates = broker.updates()
        try await place("E1")
        await broker.stop()
        let count = await updates.reduce(into: 0) { count, _ in count += 1 }
        #expect(count >= 0)
        await broker.stop()
        #expect(await broker.updates().reduce(into: 0) { count, _ in count += 1 } == 0)
    }

    func unknownButTaken() async throws {
        guard let faults = broker as? any InjectsFaults, broker.traits.findsOrdersByTag else { return }
        try await faults.inject("timeout=0ms, next:timeout-after")
        try await expectUnknown("TAKEN")
        let found = try await broker.orders().filter { $0.tag == "TAKEN" }
        #expect(found.count == 1 && found.first?.state == .filled)
    }

    func unknownAndLost() async throws {
        guard let faults = broker as? any InjectsFaults, broker.traits.findsOrdersByTag else { return }
        try await faults.inject("timeout=0ms, next:timeout-before")
        try await expectUnknown("LOST")
        #expect(try await broker.orders().isEmpty)
        #expect(try await broker.positions().allSatisfy { $0.netUnits == 0 })
    }

    func failedReads() async throws {
        guard let faults = broker as? any InjectsFaults else { return }
        try await place("R1")
        for fault in ["book-outage=on", "session-expired=on"] {
            try await faults.inject(fault)
            await #expect(throws: BrokerError.self, "\(fault)") { try await broker.orders() }
            await #expect(throws: BrokerError.self, "\(fault)") { try await broker.positions() }
        }
        try await faults.inject("")
        #expect(try await broker.orders().count == 1)
    }

    private func expectUnknown(_ tag: MunimKit.Tag) async throws {
        let outcome = await broker.place(OrderRequest(tag: tag, contract: contract, side: .buy, quantity: units(1)))
        await settle()
        if case .unknown(let reason) = outcome { #expect(!reason.isEmpty) } else { Issue.record("expected unknown, found \(outcome)") }
    }
}
