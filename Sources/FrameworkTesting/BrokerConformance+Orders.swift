import MunimKit
import Testing

extension BrokerConformance.Bench {
    func fillsMarketOrders() async throws {
        for (tag, side) in [("M1", Side.buy), ("M2", .sell)] {
            let report = try await report(try await place(MunimKit.Tag(tag), side, lots: 3))
            #expect(report.state == .filled)
            #expect(report.fills.reduce(0) { $0 + $1.quantity.count } == units(3).count)
            #expect(report.fills.allSatisfy { $0.quantity > .zero && $0.price > .zero })
        }
    }

    func doesNotDeduplicate() async throws {
        let first = try await place("TWICE")
        let second = try await place("TWICE")
        #expect(first != second)
        #expect(try await broker.orders().count { $0.tag == "TWICE" } == 2)
    }

    func numbersAreUnique() async throws {
        let outcomes = await withTaskGroup(of: PlaceOutcome.self) { group in
            for number in 0..<20 {
                let request = OrderRequest(tag: MunimKit.Tag("U\(number)"), contract: contract, side: .buy, quantity: units(1))
                group.addTask { await broker.place(request) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        await settle()
        let numbers = outcomes.compactMap { if case .accepted(let report) = $0 { report.orderID } else { nil } }
        #expect(numbers.count == 20 && Set(numbers).count == 20)
        let book = try await broker.orders()
        #expect(Set(book.map(\.orderID)) == Set(numbers))
        let trades = book.flatMap(\.fills).map(\.id)
        #expect(trades.count >= 20 && Set(trades).count == trades.count)
    }

    func findsByTag() async throws {
        guard broker.traits.findsOrdersByTag else { return }
        let order = try await place("FINDME", .sell, lots: 2)
        let report = try #require(try await broker.orders().first { $0.tag == "FINDME" })
        #expect(report.orderID == order && report.symbol == contract.symbol)
        #expect(report.side == .sell && report.quantity == units(2))
    }

    func refusesFreeze() async throws {
        let freeze = try #require(contract.freezeQuantity, "the suite needs a contract with a freeze quantity")
        let beyond = Quantity(freeze.count / contract.unitsPerLot.count * contract.unitsPerLot.count + contract.unitsPerLot.count)
        try await expectRefusal(OrderRequest(tag: "FREEZE", contract: contract, side: .buy, quantity: beyond), "above the freeze quantity")
    }

    func refusesMalformed() async throws {
        try await expectRefusal(OrderRequest(tag: "NONE", contract: contract, side: .buy, quantity: .zero), "no units")
        if contract.unitsPerLot.count > 1 {
            try await expectRefusal(OrderRequest(tag: "PART", contract: contract, side: .buy, quantity: Quantity(1)), "a part of a lot")
        }
        guard contract.tick.units > 1 else { return }
        let limit = Price(units: price.units + 1)
        try await expectRefusal(
            OrderRequest(tag: "TICK", contract: contract, side: .buy, quantity: units(1), limit: limit), "a limit off the tick")
    }

    func restsAtLimit() async throws {
        let buy = try await place("RESTB", .buy, limit: price(-100))
        let sell = try await place("RESTS", .sell, limit: price(100))
        for order in [buy, sell] { #expect(try await report(order).state == .open) }
        try await bring(to: price(-99))
        #expect(try await report(buy).fills.isEmpty)
        try await bring(to: price(-101))
        let bought = try await report(buy)
        #expect(bought.state == .filled && bought.fills.allSatisfy { $0.price <= price(-100) })
        try await bring(to: price(101))
        let sold = try await report(sell)
        #expect(sold.state == .filled && sold.fills.allSatisfy { $0.price >= price(100) })
    }

    func cancels() async throws {
        let order = try await place("CANCEL", .buy, limit: price(-100))
        #expect(await broker.cancel(order) == .requested)
        await settle()
        #expect(try await report(order).state == .cancelled)
        try await bring(to: price(-200))
        let report = try await report(order)
        #expect(report.state == .cancelled && report.fills.isEmpty)
        #expect(try await broker.positions().allSatisfy { $0.netUnits == 0 })
    }

    func refusesCancel() async throws {
        let order = try await place("DONE")
        for order in [order, "no such order"] {
            let outcome = await broker.cancel(order)
            if case .refused(let reason) = outcome {
                #expect(!reason.isEmpty)
            } else {
                Issue.record("expected a refusal, found \(outcome)")
            }
        }
        #expect(try await report(order).state == .filled)
    }

    func statesNeverReturn() async throws {
        try await place("S1", lots: 2)
        try await place("S2", .sell, limit: price(5))
        try await place("S3", limit: price(-5))
        var last = Dictionary(grouping: try await broker.orders(), by: \.orderID).compactMapValues(\.first)
        for ticks in [3, -3, 6, -6, 0] as [Int64] {
            try await bring(to: price(ticks))
            for report in try await broker.orders() {
                guard let before = last.updateValue(report, forKey: report.orderID) else { continue }
                #expect(report.fills.starts(with: before.fills), "trades of \(report.orderID) changed")
                if before.state.isTerminal { #expect(report.state == before.state) }
            }
        }
        #expect(last.values.allSatisfy { $0.state == .filled })
    }

    func positionsAreFills() async throws {
        try await place("P1", .buy, lots: 5)
        try await place("P2", .sell, lots: 2)
        try await place("P3", .sell, limit: price(50))
        #expect(try await held() == units(3).count)
        try await bring(to: price(51))
        #expect(try await held() == units(2).count)
        try await place("P4", .sell, lots: 4)
        #expect(try await held() == -units(2).count)
        let filled = try await broker.orders().reduce(into: Int64(0)) { sum, report in
            for fill in report.fills { sum += report.side == .buy ? fill.quantity.count : -fill.quantity.count }
        }
        #expect(try await held() == filled)
    }

    private func held() async throws -> Int64 {
        try await broker.positions().filter { $0.symbol == contract.symbol }.reduce(0) { $0 + $1.netUnits }
    }
}
