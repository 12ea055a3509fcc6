import Brokers
import MunimKit

/// The paper broker on virtual time: every contract has the price of the last signal, and orders are filled at it.
struct ReplayMarket: ImmediateBroker {
    private(set) var exchange: PaperExchange
    /// The orders of the day; all are filled or refused as they come.
    private var orders: [PaperOrder] = []

    init(terms: PaperTerms, at: Instant) { exchange = PaperExchange(terms: terms, at: at) }

    mutating func place(_ request: OrderRequest, at: Instant) -> PlaceOutcome {
        let answer = exchange.place(request, at: at)
        if orders.last?.day != exchange.day { orders.removeAll(keepingCapacity: true) }
        if let order = answer.order { orders.append(order) }
        return answer.outcome
    }

    mutating func cancel(_ order: BrokerOrderID, at: Instant) -> CancelOutcome { exchange.cancel(order, at: at).outcome }

    mutating func book(at: Instant, leavingOut settled: EndedTags) -> OrderBook? {
        exchange.advance(to: at)
        return OrderBook(orders.filter { $0.day == exchange.day }.map(\.report), leavingOut: settled)
    }

    mutating func holdings(at: Instant) -> [BrokerPosition]? { exchange.positions }

    mutating func observe(_ observation: PriceObservation) { exchange.observe(observation) }

    mutating func survey(_ request: SurveyRequest, at: Instant) -> Survey {
        var contracts: [Contract] = []
        for observation in request.observations {
            exchange.observe(observation)
            contracts += observation.structure.legs.map(\.contract)
        }
        return Survey(
            subject: request.subject, quotes: exchange.quotes(contracts), funds: request.needsFunds ? exchange.funds : nil)
    }
}
