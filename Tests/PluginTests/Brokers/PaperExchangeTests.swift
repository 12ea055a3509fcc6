import Brokers
import MunimKit
import Testing

@Suite("Paper exchange")
struct PaperExchangeTests {
    typealias Scene = PaperScene

    private func market(_ terms: PaperTerms = PaperTerms(), price: Int = 1_000) -> PaperExchange {
        var exchange = PaperExchange(terms: terms, at: Scene.morning)
        exchange.observe(Scene.observation(Scene.price(price)))
        return exchange
    }

    @Test("A market order is filled at once at the observed price")
    func fillsMarketOrder() throws {
        var exchange = market()
        let report = try #require(exchange.place(Scene.request(), at: Scene.morning).outcome.report)
        #expect(report.state == .filled)
        #expect(report.fills.map(\.price) == [Scene.price(1_000)])
        #expect(exchange.positions == [BrokerPosition(symbol: "ALPHAFUT", netUnits: 20)])
    }

    @Test("The same tag twice makes two orders, with numbers of their own")
    func doesNotDeduplicate() throws {
        var exchange = market()
        let reports = (0..<2).compactMap { _ in exchange.place(Scene.request(), at: Scene.morning).order?.report }
        #expect(reports.map(\.tag) == ["T1", "T1"])
        #expect(Set(reports.map(\.orderID)).count == 2)
        #expect(Set(reports.flatMap { $0.fills.map(\.id) }).count == 2)
    }

    @Test(
        "A malformed order is refused at the counter and leaves no trace",
        arguments: [
            (Scene.request("T", .buy, 0), "between 1 and"), (Scene.request("T", .buy, 15), "not a multiple of the lot of 10"),
            (Scene.request("T", .buy, 1_010), "above the freeze quantity of 1000"),
            (Scene.request("T", .buy, 10, limit: Scene.price(1_000, 300)), "multiple of the tick of 0.05"),
            (Scene.request("T", .buy, 10, limit: .zero), "not a positive multiple"), (Scene.request("T", .buy, .max), "between 1 and"),
        ])
    func refusesMalformed(_ request: OrderRequest, _ part: String) throws {
        var exchange = market()
        let answer = exchange.place(request, at: Scene.morning)
        #expect(try #require(answer.outcome.refusal).contains(part))
        #expect(answer.order == nil)
        #expect(exchange.openOrders.isEmpty)
    }

    @Test("An order of exactly the freeze quantity is taken")
    func takesFreezeQuantity() {
        var exchange = market(PaperTerms(checksFunds: false))
        #expect(exchange.place(Scene.request("T", .buy, 1_000), at: Scene.morning).outcome.report?.state == .filled)
    }

    @Test("An order for a contract without a price stands in the book as rejected")
    func refusesWithoutPrice() throws {
        var exchange = market()
        let answer = exchange.place(Scene.request("T", .buy, 10, Scene.future("OTHER")), at: Scene.morning)
        #expect(answer.outcome.refusal == "there is no price for OTHER")
        #expect(answer.order?.report.state == .rejected)
        #expect(exchange.positions.isEmpty)
    }

    @Test(
        "Orders are taken only within the session",
        arguments: [(33_299, false), (33_300, true), (55_799, true), (55_800, false)])
    func keepsHours(_ second: Int, _ isTaken: Bool) {
        let hours = Session(open: TimeOfDay(secondsSinceMidnight: 33_300), close: TimeOfDay(secondsSinceMidnight: 55_800))
        var exchange = market(PaperTerms(hours: hours))
        let at = exchange.day.instant(at: TimeOfDay(secondsSinceMidnight: second))
        #expect((exchange.place(Scene.request(), at: at).outcome.report != nil) == isTaken)
    }

    @Test("Orders are refused on other days than those of the session")
    func keepsDays() {
        var exchange = market(PaperTerms(days: [.monday, .tuesday]))
        #expect(exchange.place(Scene.request(), at: Scene.morning).outcome.refusal == "the market is closed at 09:30 on \(exchange.day)")
    }

    @Test("A contract behind its last day is refused, on its last day it trades")
    func refusesExpired() {
        var exchange = market()
        let last = Scene.expiry.instant(at: TimeOfDay(secondsSinceMidnight: 40_000))
        #expect(exchange.place(Scene.request(), at: last).outcome.report != nil)
        #expect(exchange.place(Scene.request(), at: last + .days(1)).outcome.refusal == "ALPHAFUT expired on \(Scene.expiry)")
    }

    @Test("A limit order rests until a price crosses it and is then filled at its limit")
    func rests() throws {
        var exchange = market()
        let placed = exchange.place(Scene.request("T", .buy, 20, limit: Scene.price(990)), at: Scene.morning)
        #expect(placed.outcome.report?.state == .open)
        #expect(exchange.observe(Scene.observation(Scene.price(991))).isEmpty)
        let changed = exchange.observe(Scene.observation(Scene.price(985)))
        #expect(changed.map(\.report.state) == [.filled])
        #expect(changed.first?.report.fills.map(\.price) == [Scene.price(990)])
        #expect(exchange.observe(Scene.observation(Scene.price(980))).isEmpty)
    }

    @Test("Only orders that have not ended are remembered")
    func forgets() throws {
        var exchange = market()
        for tag: MunimKit.Tag in ["A", "B"] { _ = exchange.place(Scene.request(tag, .buy, 10, limit: Scene.price(990)), at: Scene.morning) }
        let filled = exchange.place(Scene.request("C"), at: Scene.morning)
        let refused = exchange.place(Scene.request("D", .buy, 10, Scene.future("OTHER")), at: Scene.morning)
        let first = try #require(exchange.openOrders.first?.report.orderID)
        #expect(exchange.cancel(first, at: Scene.morning).outcome == .requested)
        #expect(exchange.openOrders.map(\.report.tag) == ["B"])
        #expect([filled, refused].map(\.order?.number) == [3, 4])
    }

    @Test("A limit order that the market crosses already is filled at the better price")
    func fillsMarketableLimit() {
        var exchange = market()
        let report = exchange.place(Scene.request("T", .sell, 20, limit: Scene.price(900)), at: Scene.morning).outcome.report
        #expect(report?.fills.map(\.price) == [Scene.price(1_000)])
    }

    @Test("A resting order is not filled by prices outside the session")
    func restsOverNight() {
        let hours = Session(open: TimeOfDay(secondsSinceMidnight: 33_300), close: TimeOfDay(secondsSinceMidnight: 55_800))
        var exchange = market(PaperTerms(hours: hours))
        _ = exchange.place(Scene.request("T", .buy, 20, limit: Scene.price(990)), at: Scene.morning)
        let evening = exchange.day.instant(at: TimeOfDay(secondsSinceMidnight: 55_800))
        #expect(exchange.observe(Scene.observation(Scene.price(980), at: evening)).isEmpty)
    }

    @Test(
        "Slippage and half the spread go against the sender",
        arguments: [
            (PaperTerms(slippage: .ticks(2)), Side.buy, Scene.price(1_000, 1_000)),
            (PaperTerms(slippage: .ticks(2)), .sell, Scene.price(999, 9_000)),
            (PaperTerms(slippage: .share(Ratio(units: 1_000))), .buy, Scene.price(1_001)),
            (PaperTerms(spread: .ticks(4)), .sell, Scene.price(999, 9_000)),
            (PaperTerms(slippage: .ticks(1), spread: .ticks(4)), .buy, Scene.price(1_000, 1_500)),
        ])
    func slips(_ terms: PaperTerms, _ side: Side, _ price: Price) {
        var exchange = market(terms)
        #expect(exchange.place(Scene.request("T", side), at: Scene.morning).outcome.report?.fills.map(\.price) == [price])
    }

    @Test("A part of a market order is filled at once and the rest at the next price")
    func fillsInParts() {
        var exchange = market()
        let first = exchange.place(Scene.request("T", .buy, 50), at: Scene.morning, filling: .part).outcome.report
        #expect(first?.state == .open)
        #expect(first?.fills.map(\.quantity) == [Quantity(20)])
        let second = exchange.observe(Scene.observation(Scene.price(1_010))).first?.report
        #expect(second?.state == .filled)
        #expect(second?.fills.map(\.quantity) == [Quantity(20), Quantity(30)])
        #expect(exchange.positions == [BrokerPosition(symbol: "ALPHAFUT", netUnits: 50)])
    }

    @Test("A cancelled order keeps what was filled, and a finished one cannot be cancelled")
    func cancels() throws {
        var exchange = market()
        let id = try #require(exchange.place(Scene.request("T", .buy, 50), at: Scene.morning, filling: .part).order?.report.orderID)
        #expect(exchange.cancel(id, at: Scene.morning).order?.report.state == .cancelled)
        #expect(exchange.observe(Scene.observation(Scene.price(1_010))).isEmpty)
        #expect(exchange.positions == [BrokerPosition(symbol: "ALPHAFUT", netUnits: 20)])
        #expect(exchange.cancel(id, at: Scene.morning).outcome == .refused("there is no open order \(id) in the book of \(exchange.day)"))
        #expect(exchange.cancel("nonsense", at: Scene.morning).order == nil)
    }

    @Test("At the end of the day resting orders lapse, and positions and numbering stay")
    func changesDay() {
        var exchange = market()
        _ = exchange.place(Scene.request(), at: Scene.morning)
        _ = exchange.place(Scene.request("T2", .buy, 10, limit: Scene.price(900)), at: Scene.morning)
        let day = exchange.day
        let lapsed = exchange.advance(to: Scene.morning + .days(1))
        #expect(lapsed.map(\.report.tag) == ["T2"])
        #expect(lapsed.map(\.report.state) == [.cancelled])
        #expect(lapsed.map(\.day) == [day] && exchange.openOrders.isEmpty)
        #expect(exchange.positions == [BrokerPosition(symbol: "ALPHAFUT", netUnits: 20)])
        let next = exchange.place(Scene.request("T3"), at: Scene.morning)
        #expect(next.order?.report.orderID.text.hasSuffix("00000003") == true)
        #expect(next.order?.day == exchange.day)
    }
}
