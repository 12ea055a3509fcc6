/// Decides when a position leaves its contract for the next one. Pure.
///
/// The same rule guards entries: a contract is entered only when the rule would not roll it within the coming days of the policy.
public protocol RolloverPlugin: Plugin {
    /// Whether a position in this contract should roll now, and why.
    func advice(on view: RolloverView) -> RolloverAdvice
}

/// What a rollover rule may look at.
public struct RolloverView: Hashable, Codable, Sendable {
    /// The exchange's day.
    public var day: TradingDay
    /// Expiry of the contract held or considered.
    public var expiry: TradingDay
    /// The expiry after it; nil when none is known.
    public var nextExpiry: TradingDay?
    /// Trading days strictly between `day` and `expiry`; an entry guard asks for the coming days as well, each as the day that it is.
    public var tradingDaysLeft: Int
    /// Open contracts of the held expiry; nil when unknown.
    public var openInterest: Int64?
    /// Open contracts of the next expiry; nil when unknown.
    public var nextOpenInterest: Int64?

    /// Creates a view.
    public init(
        day: TradingDay, expiry: TradingDay, nextExpiry: TradingDay?, tradingDaysLeft: Int, openInterest: Int64? = nil,
        nextOpenInterest: Int64? = nil
    ) {
        self.day = day
        self.expiry = expiry
        self.nextExpiry = nextExpiry
        self.tradingDaysLeft = tradingDaysLeft
        self.openInterest = openInterest
        self.nextOpenInterest = nextOpenInterest
    }
}

/// What a rollover rule answers, with a sentence.
public enum RolloverAdvice: Hashable, Codable, Sendable {
    /// Stay in the contract.
    case stay(String)
    /// Roll to the next expiry.
    case roll(String)
    /// Whether it says to roll.
    public var isDue: Bool {
        switch self {
        case .stay: false
        case .roll: true
        }
    }
    /// The sentence.
    public var reason: String {
        switch self {
        case .stay(let reason), .roll(let reason): reason
        }
    }
}
