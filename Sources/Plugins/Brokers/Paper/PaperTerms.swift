public import MunimKit

/// The rules of a paper account: what it owns, when it trades, and what a trade costs.
public struct PaperTerms: Hashable, Codable, Sendable {
    /// The money at the start, before any trade.
    public var funds: Money
    /// Whether an order that needs more margin than is available is refused.
    public var checksFunds: Bool
    /// The share of a contract's value that one future or one sold option blocks; a sold option is valued at its strike.
    public var margin: Ratio
    /// How much worse than the market a market order is filled.
    public var slippage: PaperStep
    /// The distance between bid and ask.
    public var spread: PaperStep
    /// The charges of each trade as a share of its value.
    public var charges: Ratio
    /// When orders are taken, on the exchange's clock; nil for always.
    public var hours: Session?
    /// On which days orders are taken.
    public var days: [Weekday]
    /// The time value of an option at the money, as a share of the underlying's price.
    public var timeValue: Ratio
    /// Whether an order for a contract behind its last trading day is refused.
    public var refusesExpired: Bool

    /// Terms that cost nothing and never close.
    public init(
        funds: Money = Money(whole: 10_000_000), checksFunds: Bool = true, margin: Ratio = Ratio(units: 120_000),
        slippage: PaperStep = .none, spread: PaperStep = .none, charges: Ratio = .zero, hours: Session? = nil,
        days: [Weekday] = Weekday.allCases, timeValue: Ratio = Ratio(units: 7_500), refusesExpired: Bool = true
    ) {
        self.funds = funds
        self.checksFunds = checksFunds
        self.margin = margin
        self.slippage = slippage
        self.spread = spread
        self.charges = charges
        self.hours = hours
        self.days = days
        self.timeValue = timeValue
        self.refusesExpired = refusesExpired
    }

    /// Whether orders are taken at `instant`.
    func isOpen(at instant: Instant) -> Bool {
        if hours == nil, days.count == Weekday.allCases.count { return true }
        guard days.contains(TradingDay(of: instant).weekday) else { return false }
        return hours?.contains(TimeOfDay(of: instant)) ?? true
    }

    /// The price of a market order against `mark`: half the spread and the slippage to the disadvantage of `side`, at least one tick.
    ///
    /// Without spread and slippage it is `mark` itself, on a tick or not, so that the prices of legs add up exactly.
    func marketPrice(_ mark: Price, _ side: Side, tick: Tick) -> Price {
        shifted(mark, side, tick: tick, by: Int128(spread.units(of: mark, tick: tick)) / 2 + Int128(slippage.units(of: mark, tick: tick)))
    }

    /// The best price on the other side of the book: the ask for a buyer, the bid for a seller.
    func opposite(_ mark: Price, _ side: Side, tick: Tick) -> Price {
        shifted(mark, side, tick: tick, by: Int128(spread.units(of: mark, tick: tick)) / 2)
    }

    private func shifted(_ mark: Price, _ side: Side, tick: Tick, by units: Int128) -> Price {
        guard units != 0 else { return mark }
        let wide = side == .buy ? Int128(mark.units) + units : Int128(mark.units) - units
        guard let price = try? Price(wide: wide).rounded(to: tick) else { return mark }
        return max(price, tick.price)
    }
}

/// A small distance of price.
public enum PaperStep: Hashable, Codable, Sendable {
    /// So many ticks of the contract.
    case ticks(Int64)
    /// A share of the price.
    case share(Ratio)

    /// No distance.
    public static let none = PaperStep.ticks(0)

    /// The distance in ten-thousandths; zero where it would overflow.
    func units(of price: Price, tick: Tick) -> Int64 {
        switch self {
        case .ticks(0): return 0
        case .ticks(let count):
            let (units, overflowed) = tick.units.multipliedReportingOverflow(by: count)
            return overflowed ? 0 : units
        case .share(let ratio): return (try? price.times(ratio).units) ?? 0
        }
    }
}
