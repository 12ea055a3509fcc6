import Brokers
import MunimKit
import MunimTesting
import Testing

@Suite("Paper broker as a broker")
struct PaperConformanceTests {
    private let suite = BrokerConformance {
        let bench = try await PaperBench()
        return BrokerConformance.Bench(
            broker: try await bench.open(), clock: bench.clock, structure: PaperScene.outright(), price: PaperScene.price(1_000),
            reopen: { try await bench.open() })
    }

    @Test("The paper broker keeps the promise", arguments: BrokerConformance.Promise.allCases)
    func promise(_ promise: BrokerConformance.Promise) async throws { try await suite.check(promise) }

    @Test("A paper broker that slips, spreads and charges keeps the promise", arguments: BrokerConformance.Promise.allCases)
    func promiseWithCosts(_ promise: BrokerConformance.Promise) async throws {
        let suite = BrokerConformance {
            let bench = try await PaperBench()
            let options = PaperOptions(terms: PaperTerms(slippage: .ticks(2), spread: .ticks(2), charges: Ratio(units: 500)))
            return BrokerConformance.Bench(
                broker: try await bench.open(options), clock: bench.clock, structure: PaperScene.outright(),
                price: PaperScene.price(1_000), reopen: { try await bench.open(options) })
        }
        try await suite.check(promise)
    }

    @Test("A stale report that an order is open does not undo that it is filled")
    func ignoresStaleReports() async throws {
        let broker = try await PaperBench().openWithPrice(faults: "next:reorder-updates")
        let updates = broker.updates()
        _ = await broker.place(PaperScene.request())
        let book = try await broker.orders()
        await broker.stop()
        let heard = await updates.reduce(into: []) { $0.append($1) }
        #expect(heard.map(\.state) == [.filled, .open])
        var listener = HeardBook()
        heard.forEach { listener.hear($0) }
        #expect(listener.orders == book)
    }

    @Test("Whatever the order and number of updates, the listener ends with the broker's book", arguments: UInt64(1)...10)
    func convergesUnderFaults(_ seed: UInt64) async throws {
        let bench = try await PaperBench()
        let broker = try await bench.openWithPrice(
            PaperOptions(seed: Int(seed)), faults: "duplicate-updates=30%, reorder-updates=30%, partial=30%, reject=10%, follow-up=1h")
        let updates = broker.updates()
        let random = SeededRandomSource(seed)
        for number in 0..<40 {
            let limit = random.number(below: 2) == 0 ? nil : PaperScene.price(990 + random.number(below: 20))
            let side: Side = random.number(below: 2) == 0 ? .buy : .sell
            let placed = await broker.place(PaperScene.request(MunimKit.Tag("T\(number)"), side, 50, limit: limit))
            bench.clock.advance(by: .milliseconds(Int64(random.number(below: 3))))
            if random.number(below: 4) == 0, let id = placed.report?.orderID { _ = await broker.cancel(id) }
            await broker.observe(PaperScene.observation(PaperScene.price(990 + random.number(below: 20))))
        }
        let book = try await broker.orders()
        await broker.stop()
        let heard = await updates.reduce(into: []) { $0.append($1) }
        for _ in 0..<20 {
            var listener = HeardBook()
            for report in random.shuffled(heard + heard) { listener.hear(report) }
            #expect(listener.orders == book)
        }
    }

    @Test("The plugin is listed under its name")
    func isListed() {
        #expect(BuiltInBrokers.all.map { $0.manifest.name } == ["paper"])
        #expect(BuiltInBrokers.all.allSatisfy { $0.manifest.kind == .brokers })
    }
}
