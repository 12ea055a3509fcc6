/// Sends orders, cancels them and reports. All calls may run side by side.
///
/// A broker never decides that an unknown outcome is a failure, and never sends a request a second time by itself.
public protocol BrokerPlugin: Plugin {
    /// What the broker can and cannot do.
    var traits: BrokerTraits { get }
    /// Sends one order, once. Anything short of proof of acceptance, refusal or not having been sent is `unknown`.
    func place(_ request: OrderRequest) async -> PlaceOutcome
    /// Asks to end an order.
    func cancel(_ order: BrokerOrderID) async -> CancelOutcome
    /// The orders of the current trading day. A failed or partial read throws; it is never an empty book.
    ///
    /// Orders with a settled tag may be left out, and no others: the host has no question about them, and a long day has very many.
    func book(leavingOut settled: EndedTags) async throws(BrokerError) -> OrderBook
    /// What the account holds of each contract. A failed read throws; it is never an empty list.
    func positions() async throws(BrokerError) -> [BrokerPosition]
    /// What these contracts trade at; contracts without a price are left out.
    func quotes(_ contracts: [Contract]) async throws(BrokerError) -> [ContractQuote]
    /// The account's money.
    func funds() async throws(BrokerError) -> Funds
    /// Order reports as they happen: any order, any number of times, until `stop`. A broker that cannot push finishes the stream at once.
    func updates() -> AsyncStream<OrderReport>
}

extension BrokerPlugin {
    /// Every order of the current trading day. A failed or partial read throws; it is never an empty list.
    public func orders() async throws(BrokerError) -> [OrderReport] { try await book(leavingOut: EndedTags()).orders }
}

/// What the rules on unknown orders need to know of a broker.
public struct BrokerTraits: Hashable, Codable, Sendable {
    /// Whether money is real.
    public var isLive: Bool
    /// Whether an order can be found by our tag; if not, people resolve unknown outcomes.
    public var findsOrdersByTag: Bool
    /// How long an accepted order may stay invisible in the book.
    public var horizon: Span
    /// Orders per second, per minute and per day and account.
    public var rate: OrderRate

    /// Creates traits.
    public init(isLive: Bool, findsOrdersByTag: Bool, horizon: Span, rate: OrderRate) {
        self.isLive = isLive
        self.findsOrdersByTag = findsOrdersByTag
        self.horizon = horizon
        self.rate = rate
    }
}

/// How many orders an account may send.
public struct OrderRate: Hashable, Codable, Sendable {
    /// In any second.
    public var perSecond: Int
    /// In any minute.
    public var perMinute: Int
    /// On any day.
    public var perDay: Int

    /// Creates a rate; all counts are positive.
    public init(perSecond: Int, perMinute: Int, perDay: Int) {
        self.perSecond = perSecond
        self.perMinute = perMinute
        self.perDay = perDay
    }
}

/// Why the broker could not be read; the cases answer what the caller does next.
public enum BrokerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// No answer or an unusable one: ask again later.
    case unavailable(String)
    /// The session has ended: a person must log in.
    case sessionExpired(String)
    /// The request itself was refused.
    case refused(String)

    public var description: String {
        switch self {
        case .unavailable(let reason): "the broker cannot be read: \(reason)"
        case .sessionExpired(let reason): "the broker session has ended: \(reason)"
        case .refused(let reason): "the broker refused the request: \(reason)"
        }
    }
}

/// A broker whose prices follow what the host hears, because it has no market of its own.
public protocol ObservesPrices: Sendable {
    /// Takes note of an instrument's price and of the structures whose legs follow it.
    func observe(_ observation: PriceObservation) async
}

/// A price that the host heard for an instrument.
public struct PriceObservation: Hashable, Codable, Sendable {
    /// The instrument.
    public var instrument: InstrumentName
    /// Its price: of the future, or of the synthetic.
    public var price: Price
    /// The contracts that follow the price.
    public var structure: Structure
    /// When it was heard.
    public var at: Instant

    /// Creates an observation.
    public init(instrument: InstrumentName, price: Price, structure: Structure, at: Instant) {
        self.instrument = instrument
        self.price = price
        self.structure = structure
        self.at = at
    }
}

/// A broker whose misbehaviour can be ordered, for tests and drills.
public protocol InjectsFaults: Sendable {
    /// Replaces the faults in force by those that the text names; throws a sentence on an unknown name.
    func inject(_ faults: String) async throws
}
