public import MunimKit
public import Testing

/// What every broker promises, as checks that its own tests run one by one.
///
/// ```swift
/// @Test("The broker keeps the promise", arguments: BrokerConformance.Promise.allCases)
/// func promise(_ promise: BrokerConformance.Promise) async throws { try await suite.check(promise) }
/// ```
/// Abilities beyond the protocol (``ObservesPrices``, ``InjectsFaults``) are found by a cast; promises about an ability that a broker does not have hold
/// by themselves. Only for a broker on paper or an emulated one: the checks place orders.
public struct BrokerConformance: Sendable {
    /// A started broker with an empty book, in an open market, and one contract to trade.
    public struct Bench: Sendable {
        /// The broker.
        public var broker: any BrokerPlugin
        /// The clock that the broker reads.
        public var clock: any Clock
        /// A structure of one future with a freeze quantity of at least ten lots.
        public var structure: Structure
        /// The price from which the market starts, on a tick.
        public var price: Price
        /// Moves the market of a broker that does not observe prices.
        public var move: @Sendable (Price) async throws -> Void
        /// Comes back when nothing more happens at the broker by itself.
        public var settle: @Sendable () async -> Void
        /// Starts another broker over the same account after the first was stopped, as a host does that starts again.
        public var reopen: (@Sendable () async throws -> any BrokerPlugin)?

        /// Creates a bench; without `reopen` the broker does not pass, because a host that starts again must find its orders.
        public init(
            broker: any BrokerPlugin, clock: any Clock, structure: Structure, price: Price,
            move: @escaping @Sendable (Price) async throws -> Void = { _ in }, settle: @escaping @Sendable () async -> Void = {},
            reopen: (@Sendable () async throws -> any BrokerPlugin)? = nil
        ) {
            self.broker = broker
            self.clock = clock
            self.structure = structure
            self.price = price
            self.move = move
            self.settle = settle
            self.reopen = reopen
        }
    }

    /// One promise; the raw value is the sentence.
    public enum Promise: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case fillsMarketOrders = "a market order is filled, and its trades add up to its quantity"
        case doesNotDeduplicate = "two orders with one tag are two orders"
        case numbersAreUnique = "orders placed at the same time have numbers of their own, and so have their trades"
        case findsByTag = "the book lists every order with its tag, contract, side and quantity"
        case leavesOutSettled = "a book leaves out no order but those with a settled tag, and counts them all"
        case refusesFreeze = "an order above the freeze quantity is refused and fills nothing"
        case refusesMalformed = "an order of no units, of a part of a lot or off the tick is refused and fills nothing"
        case restsAtLimit = "a limit order away from the market rests and is filled no worse than its limit"
        case cancels = "a resting order can be cancelled, and is not filled afterwards"
        case refusesCancel = "a finished order and an order that is not there cannot be cancelled"
        case statesNeverReturn = "a finished order stays as it is, and what is filled never becomes less"
        case positionsAreFills = "positions are the signed sum of all fills"
        case quotes = "quotes name the contracts that have a price, with the bid not above the ask"
        case funds = "funds can be read, and nothing negative is in use"
        case updatesLeadToTheBook = "whoever hears the updates in any order and any number of times knows the book"
        case stopEndsUpdates = "stopping ends the streams of updates, and is safe twice"
        case unknownButTaken = "an order without an answer that was taken is found by its tag, once"
        case unknownAndLost = "an order without an answer that was lost is in no book"
        case failedReads = "a failed read throws and is never an empty list"
        case remembersBook = "after closing and opening, orders, trades, positions and money are as they were"
        case goesOnAfterReopening = "after closing and opening, resting orders still fill and cancel, and no number is given twice"

        public var testDescription: String { rawValue }
    }

    private let make: @Sendable () async throws -> Bench

    /// Creates the suite; `make` gives a fresh bench for each check.
    public init(make: @escaping @Sendable () async throws -> Bench) { self.make = make }

    /// Checks one promise on a fresh broker.
    public func check(_ promise: Promise) async throws {
        let bench = try await make()
        try await bench.bring(to: bench.price)
        switch promise {
        case .fillsMarketOrders: try await bench.fillsMarketOrders()
        case .doesNotDeduplicate: try await bench.doesNotDeduplicate()
        case .numbersAreUnique: try await bench.numbersAreUnique()
        case .findsByTag: try await bench.findsByTag()
        case .leavesOutSettled: try await bench.leavesOutSettled()
        case .refusesFreeze: try await bench.refusesFreeze()
        case .refusesMalformed: try await bench.refusesMalformed()
        case .restsAtLimit: try await bench.restsAtLimit()
        case .cancels: try await bench.cancels()
        case .refusesCancel: try await bench.refusesCancel()
        case .statesNeverReturn: try await bench.statesNeverReturn()
        case .positionsAreFills: try await bench.positionsAreFills()
        case .quotes: try await bench.quotes()
        case .funds: try await bench.funds()
        case .updatesLeadToTheBook: try await bench.updatesLeadToTheBook()
        case .stopEndsUpdates: try await bench.stopEndsUpdates()
        case .unknownButTaken: try await bench.unknownButTaken()
        case .unknownAndLost: try await bench.unknownAndLost()
        case .failedReads: try await bench.failedReads()
        case .remembersBook: try await bench.remembersBook()
        case .goesOnAfterReopening: try await bench.goesOnAfterReopening()
        }
        await bench.broker.stop()
    }
}

extension BrokerConformance.Bench {
    /// The contract to trade.
    var contract: Contract { structure.legs[0].contract }

    /// So many lots in units of the contract.
    func units(_ lots: Int64) -> Quantity { Quantity(contract.unitsPerLot.count * lots) }

    /// The starting price moved by so many ticks.
    func price(_ ticks: Int64) -> Price { Price(units: price.units + contract.tick.units * ticks) }

    /// Moves the market to a price.
    func bring(to price: Price) async throws {
        if let observer = broker as? any ObservesPrices {
            await observer.observe(PriceObservation(instrument: "CONFORMANCE", price: price, structure: structure, at: clock.now()))
        } else {
            try await move(price)
        }
        await settle()
    }

    /// Places an order that the broker must accept.
    @discardableResult
    func place(_ tag: MunimKit.Tag, _ side: Side = .buy, lots: Int64 = 1, limit: Price? = nil) async throws -> BrokerOrderID {
        let request = OrderRequest(tag: tag, contract: contract, side: side, quantity: units(lots), limit: limit)
        let outcome = await broker.place(request)
        await settle()
        guard case .accepted(let report) = outcome else {
            Issue.record("order \(tag) was not accepted: \(outcome)")
            throw PluginFault("order \(tag) was not accepted")
        }
        return report.orderID
    }

    /// The order as the book shows it.
    func report(_ order: BrokerOrderID) async throws -> OrderReport {
        try #require(try await broker.orders().first { $0.orderID == order }, "order \(order) is not in the book")
    }

    /// Asks for an order that the broker must refuse.
    func expectRefusal(_ request: OrderRequest, _ comment: Comment) async throws {
        let outcome = await broker.place(request)
        await settle()
        let report = try await broker.orders().first { $0.tag == request.tag }
        if case .accepted = outcome {
            #expect(report?.state == .rejected, comment)
        } else {
            guard case .rejected(let reason) = outcome else {
                Issue.record("\(comment): expected a refusal, found \(outcome)")
                return
            }
            #expect(!reason.isEmpty, comment)
        }
        #expect(report.map { $0.state == .rejected && $0.fills.isEmpty } ?? true, comment)
        #expect(try await broker.positions().allSatisfy { $0.netUnits == 0 }, comment)
    }
}
