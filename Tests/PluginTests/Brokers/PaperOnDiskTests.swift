import MunimKit
import MunimTesting
import Storage
import Testing

@testable import Brokers

@Suite("Paper broker on a database file")
struct PaperOnDiskTests {
    typealias Scene = PaperScene

    private func records(_ storage: SQLiteStorage) async throws -> any RecordStore {
        try await storage.privateRecords(named: "paper", tables: PaperExchange.tables)
    }

    @Test("The book survives the process in every detail: orders, trades, positions, prices, money")
    func survives() async throws {
        let folder = try StorageFolder()
        let structure = Scene.synthetic(strike: Scene.price(52_000))
        let storage = try await folder.started()
        let first = try await PaperBench(over: try await records(storage)).openWithPrice(faults: "next:partial, next:reject@NOTHING")
        await first.observe(Scene.observation(Scene.price(52_015, 2_513), structure))
        _ = await first.place(Scene.request("PART", .buy, 50))
        _ = await first.place(Scene.request("LIMIT", .sell, 10, limit: Scene.price(1_100)))
        for leg in structure.legs { _ = await first.place(Scene.request("LEG", leg.openingSide, 60, leg.contract)) }
        try await first.inject("next:reject")
        _ = await first.place(Scene.request("NO"))
        let (orders, positions, funds) = (try await first.orders(), try await first.positions(), try await first.funds())
        await first.stop()
        await storage.stop()

        let reopened = try await folder.started()
        let second = try await PaperBench(over: try await records(reopened)).open()
        #expect(try await second.orders() == orders)
        #expect(orders.map(\.state) == [.open, .open, .filled, .filled, .rejected])
        #expect(try await second.positions() == positions)
        #expect(try await second.funds() == funds)
        let contracts = structure.legs.map(\.contract)
        #expect(try await second.quotes(contracts).map(\.quote.last) == first.lastPrices(contracts))
        await second.observe(Scene.observation(Scene.price(1_100)))
        #expect(try await second.orders().map(\.state) == [.filled, .filled, .filled, .filled, .rejected])
        await second.stop()
        await reopened.stop()
    }

    @Test("Hundreds of orders at the same time are all kept, each once")
    func keepsAll() async throws {
        let folder = try StorageFolder()
        let storage = try await folder.started()
        let store = try await records(storage)
        let broker = try await PaperBench(over: store).openWithPrice()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<300 { group.addTask { _ = await broker.place(Scene.request(MunimKit.Tag("T\(number)"), .buy, 10)) } }
        }
        let kept = try await store.fetch(Query<PaperOrderRecord>(order: [.ascending("number")]))
        #expect(kept.map(\.number) == (1...300).map { Int64($0) })
        #expect(Set(kept.compactMap(\.tag)).count == 300)
        #expect(try await store.count(Query<PaperTradeRecord>()) == 300)
        #expect(try await store.fetch(Query<PaperPositionRecord>()).map(\.netUnits) == [3_000])
        await broker.stop()
        await storage.stop()
    }
}

extension PaperBroker {
    /// The last prices that the market knew, also after the stop.
    fileprivate func lastPrices(_ contracts: [Contract]) -> [Price?] { contracts.map { exchange.price(ofSymbol: $0.symbol) } }
}
