import Brokers
import MunimKit
import MunimTesting
import Testing

@Suite("Paper prices and money")
struct PaperPricingTests {
    typealias Scene = PaperScene

    private func marks(_ structure: Structure, at price: Price) -> [LegPrice] {
        var exchange = PaperExchange(at: Scene.morning)
        exchange.observe(Scene.observation(price, structure))
        return structure.legs.compactMap { leg in
            exchange.quotes([leg.contract]).first?.quote.last.map { LegPrice(role: leg.role, price: $0) }
        }
    }

    @Test("Strike plus call less put is the synthetic price exactly, both positive and on a tick", arguments: UInt64(1)...20)
    func keepsIdentity(_ seed: UInt64) throws {
        let random = SeededRandomSource(seed)
        for _ in 0..<200 {
            let tick = [Int64(1), 500, 1_000, 2_500][random.number(below: 4)]
            let strike = Price(units: Int64(1 + random.number(below: 120)) * 5_000_000)
            let price = Price(units: Int64(1 + random.number(below: 1_200_000)) * tick)
            let structure = Scene.synthetic(strike: strike, tick: tick)
            let legs = marks(structure, at: price)
            #expect(structure.price(of: legs) == price, "seed \(seed)")
            #expect(legs.allSatisfy { $0.price > .zero })
            if strike.units % tick == 0 { #expect(legs.allSatisfy { $0.price.units % tick == 0 }, "seed \(seed)") }
        }
    }

    @Test("A synthetic price between two ticks still adds up exactly")
    func keepsIdentityOffTick() {
        let structure = Scene.synthetic(strike: Scene.price(52_000))
        let price = Scene.price(52_015, 2_513)
        #expect(structure.price(of: marks(structure, at: price)) == price)
    }

    @Test("A synthetic bought and sold at other prices earns exactly the difference")
    func earnsTheDifference() throws {
        let structure = Scene.synthetic(strike: Scene.price(52_000))
        var exchange = PaperExchange(at: Scene.morning)
        exchange.observe(Scene.observation(Scene.price(52_015, 2_500), structure))
        let before = exchange.funds.available
        for leg in structure.legs {
            let opened = exchange.place(Scene.request("T", leg.openingSide, 60, leg.contract), at: Scene.morning).outcome
            #expect(opened.report?.state == .filled)
        }
        exchange.observe(Scene.observation(Scene.price(52_115, 5_000), structure))
        for leg in structure.closingOrder {
            _ = exchange.place(Scene.request("T", leg.openingSide.opposite, 60, leg.contract), at: Scene.morning)
        }
        #expect(exchange.positions.isEmpty)
        #expect(exchange.funds.used == .zero)
        // 100.25 points of 30 units a lot, two lots.
        #expect(try exchange.funds.available.subtracting(before) == Money("6015"))
    }

    @Test("Margin is blocked by a held future and given back with the profit when it is closed")
    func blocksMargin() throws {
        var exchange = PaperExchange(terms: PaperTerms(funds: Money(whole: 100_000), charges: Ratio(units: 500)), at: Scene.morning)
        exchange.observe(Scene.observation(Scene.price(1_000)))
        _ = exchange.place(Scene.request("T", .buy, 20), at: Scene.morning)
        // 12 % of 20,000, and charges of 0.05 % of 20,000.
        #expect(exchange.funds == Funds(available: Money(whole: 97_590), used: Money(whole: 2_400)))
        exchange.observe(Scene.observation(Scene.price(1_050)))
        _ = exchange.place(Scene.request("T", .sell, 20), at: Scene.morning)
        #expect(exchange.funds == Funds(available: try Money("100979.5"), used: .zero))
    }

    @Test("A sold option blocks margin on its strike, a bought one its price, and neither changes what is owned")
    func blocksOptions() throws {
        let structure = Scene.synthetic(strike: Scene.price(52_000))
        var exchange = PaperExchange(at: Scene.morning)
        exchange.observe(Scene.observation(Scene.price(52_000), structure))
        // Time value 0.75 % of 52,000; one lot of 30.
        let premium = Money(whole: 390 * 30)
        let margin = try Money(whole: 52_000 * 30).times(Ratio(units: 120_000))
        for (role, used) in [(LegRole.put, margin), (.call, try margin.adding(premium))] {
            let leg = try #require(structure.leg(role))
            _ = exchange.place(Scene.request("T", leg.openingSide, 30, leg.contract), at: Scene.morning)
            #expect(exchange.funds == Funds(available: try Money(whole: 10_000_000).subtracting(used), used: used))
        }
    }

    @Test("An order beyond the funds stands as rejected, one that reduces a position is always taken")
    func checksFunds() throws {
        var exchange = PaperExchange(terms: PaperTerms(funds: Money(whole: 5_000)), at: Scene.morning)
        exchange.observe(Scene.observation(Scene.price(1_000)))
        #expect(exchange.place(Scene.request("T", .sell, 40), at: Scene.morning).outcome.report != nil)
        let refused = exchange.place(Scene.request("T", .sell, 10), at: Scene.morning)
        #expect(refused.outcome.refusal == "insufficient funds: the order needs 1200, available is 200")
        exchange.observe(Scene.observation(Scene.price(2_000)))
        #expect(exchange.funds.available < .zero)
        #expect(exchange.place(Scene.request("T", .buy, 40), at: Scene.morning).outcome.report?.state == .filled)
    }

    @Test("Positions are the signed sum of all fills after any sequence of orders", arguments: UInt64(1)...20)
    func sumsPositions(_ seed: UInt64) {
        let random = SeededRandomSource(seed)
        var exchange = PaperExchange(terms: PaperTerms(checksFunds: false), at: Scene.morning)
        var last = Scene.price(1_000)
        var reports: [BrokerOrderID: OrderReport] = [:]
        func note(_ orders: [PaperOrder]) { for order in orders { reports[order.report.orderID] = order.report } }
        for number in 0..<200 {
            let contract = Scene.future(["A", "B", "C"][random.number(below: 3)])
            last = Price(units: Int64(18_000 + random.number(below: 4_000)) * 500)
            note(exchange.observe(Scene.observation(last, Scene.outright(contract))))
            let limit = random.number(below: 2) == 0 ? nil : Price(units: Int64(18_000 + random.number(below: 4_000)) * 500)
            let side: Side = random.number(below: 2) == 0 ? .buy : .sell
            let request = Scene.request(MunimKit.Tag("T\(number)"), side, Int64(1 + random.number(below: 9)) * 10, limit: limit, contract)
            let answer = exchange.place(request, at: Scene.morning, filling: random.number(below: 3) == 0 ? .part : .whole)
            note([answer.order].compactMap(\.self))
            guard random.number(below: 5) == 0, let id = answer.order?.report.orderID else { continue }
            note([exchange.cancel(id, at: Scene.morning).order].compactMap(\.self))
        }
        var sums: [String: Int64] = [:]
        for report in reports.values {
            let filled = report.fills.reduce(Int64(0)) { $0 + $1.quantity.count }
            #expect(filled <= report.quantity.count && (report.state == .filled) == (filled == report.quantity.count))
            sums[report.symbol, default: 0] += report.side == .buy ? filled : -filled
        }
        #expect(Dictionary(grouping: exchange.positions, by: \.symbol).mapValues { $0[0].netUnits } == sums.filter { $0.value != 0 })
    }
}
