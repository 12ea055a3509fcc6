import MunimKit

/// The account as the interface shows it.
struct PortfolioView: Codable, Sendable {
    /// How near an amount is to its limits.
    enum Light: String, Codable, CaseIterable, Comparable, Sendable {
        case green, yellow, orange, red

        static func < (left: Light, right: Light) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .green: 0
            case .yellow: 1
            case .orange: 2
            case .red: 3
            }
        }
    }

    /// An amount at stake, its share of the closed equity in percent, and its light.
    struct Stake: Codable, Sendable {
        var amount: Money
        var percent: String?
        var light: Light

        init(_ amount: Money, of equity: Money, _ steps: [Ratio]) {
            self.amount = amount
            percent = Percent.text(amount, of: equity)
            let passed = steps.count { Percent.exceeds(amount, $0, of: equity) }
            light = [.green, .yellow, .orange, .red][min(passed, 3)]
        }
    }

    var initialCapital: Money
    var closedEquity: Money
    var equityHigh: Money
    var unrealizedPnl: Money?
    var openEquity: Money?
    var risk: Stake
    var volatility: Stake
    var margin: Stake
    var marginAvailable: Money
    var trafficLight: Light
    var positions: Int
    var updatedAt: Instant

    /// Figures of the account; one that was never opened has no money.
    init(_ account: AccountView, policy: Policy, at now: Instant) {
        let record = account.portfolio ?? PortfolioRecord(at: now)
        let live = account.positions
        let prices = LastPrices(account.scopes)
        var exposure = (risk: Money.zero, volatility: Money.zero, margin: Money.zero)
        var unrealized: Money? = .zero
        for position in live {
            exposure.risk = Self.sum(exposure.risk, position.riskAmount)
            exposure.volatility = Self.sum(exposure.volatility, position.volatilityAmount)
            exposure.margin = Self.sum(exposure.margin, position.marginAmount)
            guard let price = prices[position.instrument] else { continue }
            unrealized = unrealized.flatMap { sum in position.unrealizedProfit(at: price).flatMap { try? sum.adding($0) } }
        }
        let equity = record.closedEquity
        initialCapital = record.initialCapital
        closedEquity = equity
        equityHigh = record.equityHigh
        unrealizedPnl = unrealized
        openEquity = unrealized.flatMap { try? equity.adding($0) }
        let limits = policy.limits
        risk = Stake(exposure.risk, of: equity, [Ratio(units: 100_000), limits.pyramidRisk, limits.entryRisk])
        volatility = Stake(exposure.volatility, of: equity, [Ratio(units: 30_000), limits.pyramidVolatility, limits.entryVolatility])
        margin = Stake(exposure.margin, of: equity, [Ratio(units: 500_000), Ratio(units: 600_000), Ratio(units: 700_000)])
        let usable = (try? equity.times(policy.marginShare)) ?? .zero
        marginAvailable = max(.zero, (try? usable.subtracting(exposure.margin)) ?? .zero)
        trafficLight = max(risk.light, volatility.light, margin.light)
        positions = live.count
        updatedAt = record.updatedAt
    }

    // An amount beyond 64 bits is over every limit anyway.
    private static func sum(_ left: Money, _ right: Money) -> Money { (try? left.adding(right)) ?? Money(units: .max) }
}

extension PortfolioView: DescribedAnswer {
    static var schemaName: String { "Portfolio" }
    static var schemaSummary: String { "The account." }
    static var meanings: [String: String] {
        [
            "initial_capital": "What the account was opened with.", "closed_equity": "Money that is booked.",
            "equity_high": "The highest closed equity so far.",
            "unrealized_pnl": "Profit of open positions at the last prices heard; left out when it does not fit.",
            "open_equity": "Closed equity with the unrealised profit.", "risk": "What is lost when every stop is hit at its price.",
            "volatility": "What one average true range of every position moves.", "margin": "Margin of the open positions.",
            "margin_available": "Margin that sizing may still use, before the broker's own limit.",
            "traffic_light": "The worst of the three lights.", "positions": "Live positions.",
            "updated_at": "When the account changed last.",
        ]
    }
}

extension PortfolioView.Stake: DescribedAnswer {
    static var schemaName: String { "Stake" }
    static var schemaSummary: String { "An amount at stake." }
    static var meanings: [String: String] {
        [
            "amount": "The amount.", "percent": "Its share of the closed equity in percent; left out without equity.",
            "light": "How near it is to its limits.",
        ]
    }
}
