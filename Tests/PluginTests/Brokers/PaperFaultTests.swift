import Brokers
import MunimKit
import MunimTesting
import Testing

@Suite("Faults of the paper broker")
struct PaperFaultTests {
    typealias Scene = PaperScene

    @Test("A call takes the ordered latency")
    func latency() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice(faults: "latency=200ms")
        async let placed = broker.place(Scene.request())
        await bench.clock.waitForSleepers()
        #expect(try await bench.records.count(Query<PaperOrderRecord>()) == 0)
        bench.clock.advance(by: .milliseconds(200))
        #expect(await placed.report?.updatedAt == Scene.morning + .milliseconds(200))
    }

    @Test(
        "Without an answer the outcome is unknown, whether the order was taken or not",
        arguments: [("timeout-before", 0), ("timeout-after", 1)])
    func timeout(_ fault: String, _ taken: Int) async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice(faults: "timeout=7s, next:\(fault)")
        async let placed = broker.place(Scene.request())
        await bench.clock.waitForSleepers()
        #expect(try await broker.orders().count == taken)
        bench.clock.advance(by: .seconds(7))
        #expect(await placed == .unknown("no answer within 7 s"))
        #expect(await broker.place(Scene.request("T2")).report?.state == .filled)
    }

    @Test("A late order comes after its outcome was given up, with the tag that it was sent with")
    func late() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice(faults: "late=on, timeout=7s, late-by=20s")
        let updates = broker.updates()
        async let placed = broker.place(Scene.request())
        await bench.clock.waitForSleepers(2)
        bench.clock.advance(by: .seconds(7))
        #expect(await placed.isUnknown)
        #expect(try await broker.orders().isEmpty)
        bench.clock.advance(by: .seconds(13))
        let arrived = await updates.first { $0.state == .filled }
        #expect(arrived?.tag == "T1")
        #expect(try await broker.positions() == [BrokerPosition(symbol: "ALPHAFUT", netUnits: 20)])
    }

    @Test("A server error leaves the order in the book or not, and never says which")
    func serverError() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice(PaperOptions(seed: 3), faults: "error-5xx=100%, timeout=0ms")
        for number in 0..<40 { #expect(await broker.place(Scene.request(MunimKit.Tag("T\(number)"), .buy, 10)).isUnknown) }
        let taken = try await broker.orders().count
        #expect(taken > 5 && taken < 35)
    }

    @Test("A rejected order stands in the book and moves nothing")
    func reject() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice(faults: "reject=on")
        #expect(await broker.place(Scene.request()) == .rejected("rejected by the risk check of the exchange"))
        #expect(try await broker.orders().map(\.state) == [.rejected])
        #expect(try await broker.positions().isEmpty)
    }

    @Test("An order may be accepted first and refused later, also over a restart", arguments: [false, true])
    func rejectLater(_ isRestarted: Bool) async throws {
        let bench = try await PaperBench()
        var broker = try await bench.openWithPrice(faults: "reject-later=on, follow-up=3s")
        let id = try #require(await broker.place(Scene.request()).report?.orderID)
        if isRestarted {
            await broker.stop()
            broker = try await bench.open(PaperOptions(faults: try PaperFaults("follow-up=3s")))
        }
        #expect(try await broker.orders().map(\.state) == [.submitted])
        await broker.observe(Scene.observation(Scene.price(1_001)))
        let updates = broker.updates()
        await bench.clock.waitForSleepers()
        bench.clock.advance(by: .seconds(3))
        let rejected = await updates.first { $0.state == .rejected }
        #expect(rejected?.orderID == id && rejected?.fills.isEmpty == true)
        #expect(try await broker.orders().map(\.state) == [.rejected])
        #expect(try await broker.positions().isEmpty)
    }

    @Test("A single shot with a symbol waits for an order of that symbol and is then used up")
    func aims() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice(faults: "next:reject@OTHER")
        await broker.observe(Scene.observation(Scene.price(10), Scene.outright(Scene.future("OTHER"))))
        #expect(await broker.place(Scene.request("A")).report?.state == .filled)
        #expect(await broker.place(Scene.request("B", .buy, 10, Scene.future("OTHER"))).refusal != nil)
        #expect(await broker.place(Scene.request("C", .buy, 10, Scene.future("OTHER"))).report?.state == .filled)
    }

    @Test("The rest of a partly filled order follows with the next price or after the ordered delay", arguments: [false, true])
    func partial(_ isPriceFirst: Bool) async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice(faults: "partial=on, follow-up=3s")
        let updates = broker.updates()
        let first = await broker.place(Scene.request("A", .buy, 50)).report
        #expect(first?.state == .open)
        #expect(first?.fills.map(\.quantity) == [Quantity(20)])
        if isPriceFirst {
            await broker.observe(Scene.observation(Scene.price(1_020)))
        } else {
            await bench.clock.waitForSleepers()
            bench.clock.advance(by: .seconds(3))
        }
        let last = await updates.first { $0.state == .filled }
        #expect(last?.fills.map(\.quantity) == [Quantity(20), Quantity(30)])
        #expect(last?.fills.last?.price == Scene.price(isPriceFirst ? 1_020 : 1_000))
    }

    @Test("A throttled order was not sent")
    func throttle() async throws {
        let broker = try await PaperBench().openWithPrice(faults: "next:throttle")
        #expect(await broker.place(Scene.request()) == .notSent("too many orders"))
        #expect(try await broker.orders().isEmpty)
    }

    @Test("A new order is missing from the book for the ordered time")
    func invisible() async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice(faults: "invisible=8s")
        _ = await broker.place(Scene.request())
        bench.clock.advance(by: .milliseconds(7_999))
        #expect(try await broker.orders().isEmpty)
        bench.clock.advance(by: .milliseconds(1))
        #expect(try await broker.orders().map(\.tag) == ["T1"])
        _ = await broker.place(Scene.request("T2"))
        #expect(try await broker.orders().map(\.tag) == ["T1"])
        try await broker.inject("")
        #expect(try await broker.orders().map(\.tag) == ["T1", "T2"])
    }

    @Test("An empty book and a book that does not answer are two faults, and positions stay readable with the first")
    func book() async throws {
        let broker = try await PaperBench().openWithPrice()
        _ = await broker.place(Scene.request())
        try await broker.inject("empty-book=1")
        #expect(try await broker.orders().isEmpty)
        #expect(try await broker.positions().count == 1)
        try await broker.inject("next:book-outage")
        await #expect(throws: BrokerError.unavailable("the order book does not answer")) { try await broker.orders() }
        #expect(try await broker.orders().count == 1)
    }

    @Test("Without a session nothing works until it is there again")
    func session() async throws {
        let broker = try await PaperBench().openWithPrice(faults: "session-expired=1")
        let expired = BrokerError.sessionExpired("a person must log in")
        await #expect(throws: expired) { try await broker.orders() }
        await #expect(throws: expired) { try await broker.positions() }
        await #expect(throws: expired) { try await broker.funds() }
        await #expect(throws: expired) { try await broker.quotes([]) }
        #expect(await broker.place(Scene.request()) == .notSent("the broker session has ended"))
        #expect(await broker.cancel("1") == .refused("the broker session has ended"))
        try await broker.inject("")
        #expect(try await broker.orders().isEmpty)
    }

    @Test("A cancel without an answer has an unknown outcome, whether it arrived or not", arguments: ["timeout-before", "timeout-after"])
    func cancelTimeout(_ fault: String) async throws {
        let broker = try await PaperBench().openWithPrice(faults: "timeout=0ms")
        let id = try #require(await broker.place(Scene.request("A", .buy, 10, limit: Scene.price(900))).report?.orderID)
        try await broker.inject("timeout=0ms, next:\(fault)")
        #expect(await broker.cancel(id) == .unknown("no answer within 0 µs"))
        #expect(try await broker.orders().map(\.state) == [fault == "timeout-after" ? .cancelled : .open])
    }

    @Test(
        "Updates come twice, in another order or never, as ordered",
        arguments: [
            ("", "open filled"), ("duplicate-updates=on", "open open filled filled"), ("next:reorder-updates", "filled open"),
            ("next:lost-updates", "filled"), ("lost-updates=on", ""),
        ])
    func updates(_ faults: String, _ expected: String) async throws {
        let broker = try await PaperBench().openWithPrice(faults: faults)
        let updates = broker.updates()
        _ = await broker.place(Scene.request())
        await broker.stop()
        let seen = await updates.reduce(into: []) { $0.append($1.state.rawValue) }
        #expect(seen.joined(separator: " ") == expected)
    }

    @Test("The same seed and orders meet the same faults")
    func repeats() async throws {
        var runs: [[PlaceOutcome]] = []
        for _ in 0..<2 {
            let broker = try await PaperBench().openWithPrice(
                PaperOptions(seed: 11), faults: "reject=30%, throttle=20%, timeout-after=20%, timeout=0ms")
            var outcomes: [PlaceOutcome] = []
            for number in 0..<60 { outcomes.append(await broker.place(Scene.request(MunimKit.Tag("T\(number)"), .buy, 10))) }
            runs.append(outcomes)
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0].count { $0.isUnknown } > 2 && runs[0].count { $0.refusal != nil } > 5)
    }
}
