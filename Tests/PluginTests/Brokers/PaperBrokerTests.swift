import MunimKit
import MunimTesting
import Storage
import Testing

@testable import Brokers

@Suite("Paper broker")
struct PaperBrokerTests {
    typealias Scene = PaperScene

    @Test("An order is in the store before it is reported as accepted")
    func keepsBeforeAnswering() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice()
        bench.records.set(.hold)
        async let placed = broker.place(Scene.request())
        await bench.records.waitForHeld()
        #expect(try await bench.records.count(Query<PaperOrderRecord>()) == 0)
        bench.records.set(.pass)
        #expect(await placed.report?.state == .filled)
        #expect(try await bench.records.fetch(Query<PaperOrderRecord>()).map(\.tag) == ["T1"])
        #expect(try await bench.records.fetch(Query<PaperTradeRecord>()).map(\.quantity) == [Quantity(20)])
    }

    @Test("Orders that wait for the store share one commit")
    func sharesCommits() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice()
        bench.records.set(.hold)
        let before = bench.records.commits
        let outcomes = await withTaskGroup(of: PlaceOutcome.self) { group in
            group.addTask { await broker.place(Scene.request("FIRST")) }
            await bench.records.waitForHeld()
            for number in 0..<50 { group.addTask { await broker.place(Scene.request(MunimKit.Tag("T\(number)"), .buy, 10)) } }
            while await broker.waitingOrders < 50 { await Task.yield() }
            bench.records.set(.pass)
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0.report?.state == .filled } == 51)
        #expect(bench.records.commits - before == 2)
        #expect(try await bench.records.count(Query<PaperOrderRecord>()) == 51)
    }

    @Test("After a restart the book, the positions, the prices and the numbering go on")
    func survives() async throws {
        let bench = try await PaperBench()
        let first = try await bench.openWithPrice()
        _ = await first.place(Scene.request("A", .buy, 50))
        _ = await first.place(Scene.request("B", .sell, 20, limit: Scene.price(1_100)))
        let orders = try await first.orders()
        let funds = try await first.funds()

        let second = try await bench.open()
        #expect(try await second.orders() == orders)
        #expect(try await second.positions() == [BrokerPosition(symbol: "ALPHAFUT", netUnits: 50)])
        #expect(try await second.funds() == funds)
        let third = await second.place(Scene.request("C", .sell, 10))
        #expect(third.report?.fills.map(\.price) == [Scene.price(1_000)])
        #expect(Set(try await second.orders().map(\.orderID)).count == 3)
        await second.observe(Scene.observation(Scene.price(1_100)))
        #expect(try await second.orders().map(\.state) == [.filled, .filled, .filled])
        #expect(try await second.positions() == [BrokerPosition(symbol: "ALPHAFUT", netUnits: 20)])
        #expect(Set(try await second.orders().flatMap { $0.fills.map(\.id) }).count == 3)
    }

    @Test("A price that was heard before a restart is known after it, without any order")
    func keepsPrices() async throws {
        let bench = try await PaperBench()
        _ = try await bench.openWithPrice()
        #expect(await (try bench.open()).place(Scene.request()).report?.state == .filled)
    }

    @Test("A start reads no finished orders, and the first look into the book shows all in order")
    func startsLightly() async throws {
        let bench = try await PaperBench()
        let first = try await bench.openWithPrice()
        for number in 0..<20 {
            let limit = number % 7 == 3 ? Scene.price(900) : nil
            _ = await first.place(Scene.request(MunimKit.Tag("T\(number)"), .buy, 10, limit: limit))
        }
        let second = try await bench.open()
        #expect(bench.records.readOrders == 4)
        _ = await second.place(Scene.request("NEW"))
        await second.observe(Scene.observation(Scene.price(900)))
        async let reads = [second.orders(), second.orders()]
        for book in try await reads {
            #expect(book.map(\.tag) == (0..<20).map { MunimKit.Tag("T\($0)") } + ["NEW"])
            #expect(book.allSatisfy { $0.state == .filled && $0.fills.count == 1 })
        }
        #expect(try await second.positions() == [BrokerPosition(symbol: "ALPHAFUT", netUnits: 220)])
    }

    @Test("A look reads the rows of no order that is settled, and of none that has not ended")
    func looksLightly() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice()
        for number in 0..<20 { _ = await broker.place(Scene.request(MunimKit.Tag("T\(number)"), .buy, 10)) }
        _ = await broker.place(Scene.request("OPEN", .buy, 10, limit: Scene.price(900)))
        let before = bench.records.readOrders
        let book = try await broker.book(leavingOut: EndedTags((0..<18).map { MunimKit.Tag("T\($0)") }))
        #expect(book.count == 21)
        #expect(book.orders.map(\.tag) == ["T18", "T19", "OPEN"])
        #expect(book.orders.map(\.state) == [.filled, .filled, .open])
        #expect(bench.records.readOrders - before == 2)
    }

    @Test("An order that ends while the book is read is shown with all its trades")
    func readsWhileFilling() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice(faults: "next:partial")
        _ = await broker.place(Scene.request("A", .buy, 50))
        bench.records.set(.hold)
        async let filling: Void = broker.observe(Scene.observation(Scene.price(1_001)))
        await bench.records.waitForHeld()
        async let book = broker.orders()
        bench.records.set(.pass)
        #expect(try await book.map(\.state) == [.filled])
        #expect(try await book.first?.fills.map(\.quantity) == [Quantity(20), Quantity(30)])
        await filling
    }

    @Test("An order that was filled in part before a restart is completed after it")
    func completesAfterRestart() async throws {
        let bench = try await PaperBench()
        let first = try await bench.openWithPrice(faults: "next:partial")
        _ = await first.place(Scene.request("A", .buy, 50))
        let second = try await bench.open()
        await second.observe(Scene.observation(Scene.price(1_001)))
        #expect(try await second.orders().first?.fills.map(\.quantity) == [Quantity(20), Quantity(30)])
        #expect(try await bench.records.count(Query<PaperTradeRecord>()) == 2)
        #expect(try await bench.records.fetch(Query<PaperOrderRecord>()).map(\.filled) == [Quantity(50)])
    }

    @Test("A restart on the next day lapses what rested and keeps what is held")
    func survivesTheNight() async throws {
        let bench = try await PaperBench()
        let first = try await bench.openWithPrice()
        _ = await first.place(Scene.request("A"))
        _ = await first.place(Scene.request("B", .buy, 10, limit: Scene.price(900)))
        bench.clock.advance(by: .days(1))
        let second = try await bench.open()
        #expect(try await second.orders().isEmpty)
        #expect(try await second.positions() == [BrokerPosition(symbol: "ALPHAFUT", netUnits: 20)])
        #expect(try await bench.records.fetch(Query<PaperOrderRecord>(.equal("tag", "B" as MunimKit.Tag))).map(\.state) == ["cancelled"])
        let placed = await second.place(Scene.request("C"))
        #expect(placed.report?.orderID.text.hasSuffix("00000003") == true)
    }

    @Test("An order that cannot be kept has an unknown outcome, and shows only once it is kept")
    func failsToKeep() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice()
        bench.records.set(.fail(.unavailable("the disk is full")))
        #expect(await broker.place(Scene.request()).isUnknown)
        await #expect(throws: BrokerError.self) { try await broker.orders() }
        bench.records.set(.pass)
        #expect(try await broker.orders().map(\.tag) == ["T1"])
        #expect(try await bench.records.count(Query<PaperTradeRecord>()) == 1)
    }

    @Test("A commit of unknown outcome is looked up and not made twice")
    func looksUp() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice()
        bench.records.set(.forget)
        #expect(await broker.place(Scene.request("A", .buy, 10, limit: Scene.price(900))).isUnknown)
        bench.records.set(.pass)
        #expect(await broker.place(Scene.request("B")).report?.state == .filled)
        await broker.observe(Scene.observation(Scene.price(900)))
        #expect(try await bench.open().orders().map(\.state) == [.filled, .filled])
    }

    @Test("A book that another process writes is closed instead of mixed up")
    func noticesAnotherWriter() async throws {
        let bench = try await PaperBench()
        let first = try await bench.openWithPrice()
        let second = try await bench.open()
        #expect(await first.place(Scene.request("A")).report != nil)
        #expect(await second.place(Scene.request("B")).isUnknown)
        await #expect(throws: BrokerError.self) { try await second.orders() }
        #expect(bench.log.lines.contains { $0.severity == .critical })
        #expect(try await first.orders().map(\.tag) == ["A"])
    }

    @Test("Updates tell of an order when it is placed and when it is filled later, and end with the broker")
    func streams() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice()
        let updates = broker.updates()
        _ = await broker.place(Scene.request("A", .buy, 20, limit: Scene.price(990)))
        await broker.observe(Scene.observation(Scene.price(990)))
        _ = await broker.place(Scene.request("B", .sell, 10))
        await broker.stop()
        let seen = await updates.reduce(into: []) { $0.append("\($1.tag?.text ?? "-") \($1.state.rawValue) \($1.fills.count)") }
        #expect(seen == ["A open 0", "A filled 1", "B open 0", "B filled 1"])
        #expect(await broker.updates().reduce(into: 0) { count, _ in count += 1 } == 0)
    }

    @Test("Before the start and after the stop nothing is sent and nothing is read")
    func needsStart() async throws {
        let bench = try await PaperBench()
        let context = PluginContext(name: "broker", clock: bench.clock)
        let broker = try PaperBroker(options: PaperOptions(), context: context)
        #expect(await broker.place(Scene.request()) == .notSent("the paper broker is not started"))
        await #expect(throws: BrokerError.unavailable("the paper broker is not started")) { try await broker.positions() }
        await broker.stop()
        await broker.stop()
    }
}

extension PaperBroker {
    /// How many orders wait to be kept.
    var waitingOrders: Int { keeping.waiting.orders.count }
}
