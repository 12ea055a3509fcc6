/// Decides how many lots a signal is worth, and says why. Pure: calling it again with one number changed tells a true counterfactual.
public protocol SizingPlugin: Plugin {
    /// The size of a base entry or pyramid, with every number that was used.
    func size(_ request: SizingRequest) throws(Overflow) -> SizingDecision
    /// Advice on how many lots of an open layer exceed the ongoing limits; nil where the rule has none.
    func peel(_ request: PeelRequest) throws(Overflow) -> PeelAdvice?
}

extension SizingPlugin {
    public func peel(_ request: PeelRequest) throws(Overflow) -> PeelAdvice? { nil }
}

/// All numbers that a size may depend on.
public struct SizingRequest: Hashable, Codable, Sendable {
    /// Price of the signal.
    public var price: Price
    /// The stop to size on, chosen by policy from the signal's and the instrument's own.
    public var stop: Price
    /// Average true range of the signal.
    public var averageTrueRange: Price
    /// Efficiency ratio of the signal, 0 to 1.
    public var efficiencyRatio: Ratio
    /// The sender's own size.
    public var suggestedLots: Lots
    /// Sizing equity by policy.
    public var equity: Money
    /// Margin that may still be used.
    public var availableMargin: Money
    /// Margin of one lot.
    public var marginPerLot: Money
    /// Money per point per lot.
    public var pointValue: PointValue
    /// The stack under a pyramid; nil for a base entry.
    public var pyramid: PyramidContext?

    /// Creates a request.
    public init(
        price: Price, stop: Price, averageTrueRange: Price, efficiencyRatio: Ratio, suggestedLots: Lots, equity: Money,
        availableMargin: Money, marginPerLot: Money, pointValue: PointValue, pyramid: PyramidContext? = nil
    ) {
        self.price = price
        self.stop = stop
        self.averageTrueRange = averageTrueRange
        self.efficiencyRatio = efficiencyRatio
        self.suggestedLots = suggestedLots
        self.equity = equity
        self.availableMargin = availableMargin
        self.marginPerLot = marginPerLot
        self.pointValue = pointValue
        self.pyramid = pyramid
    }
}

/// The base layer and the count of pyramids already taken on it.
public struct PyramidContext: Hashable, Codable, Sendable {
    /// Pyramids taken in this sequence before this one.
    public var taken: Int
    /// Lots of the base.
    public var baseLots: Lots
    /// Entry price of the base.
    public var baseEntry: Price
    /// The base's one R in points: entry less initial stop at its settling.
    public var baseRisk: Price

    /// Creates the context.
    public init(taken: Int, baseLots: Lots, baseEntry: Price, baseRisk: Price) {
        self.taken = taken
        self.baseLots = baseLots
        self.baseEntry = baseEntry
        self.baseRisk = baseRisk
    }
}

/// One limit on a size: its name, the quotient, and the whole lots it allows.
public struct SizingConstraint: Hashable, Codable, Sendable {
    /// Such as `risk`, `volatility` or `margin`.
    public var name: String
    /// The quotient before flooring; the largest number there is stands for everything above it.
    public var quotient: FractionalLots
    /// The whole lots it allows.
    public var lots: Lots
    /// Whether the size depends on it; false when it is shown only.
    public var binds: Bool

    /// Creates a constraint.
    public init(name: String, quotient: FractionalLots, lots: Lots, binds: Bool = true) {
        self.name = name
        self.quotient = quotient
        self.lots = lots
        self.binds = binds
    }
}

/// A size and its reasons.
public struct SizingDecision: Hashable, Codable, Sendable {
    /// The rule that decided.
    public var rule: String
    /// The size; zero is a normal answer.
    public var lots: Lots
    /// The constraint that was smallest, or the reason for zero.
    public var limiter: String
    /// Every constraint with its number.
    public var constraints: [SizingConstraint]

    /// Creates a decision.
    public init(rule: String, lots: Lots, limiter: String, constraints: [SizingConstraint]) {
        self.rule = rule
        self.lots = lots
        self.limiter = limiter
        self.constraints = constraints
    }
}

/// An open layer to be held against the ongoing limits.
public struct PeelRequest: Hashable, Codable, Sendable {
    /// Open lots; positive.
    public var lots: Lots
    /// Money at risk to the current stop.
    public var risk: Money
    /// Money of one average true range.
    public var volatility: Money
    /// Sizing equity.
    public var equity: Money

    /// Creates a request.
    public init(lots: Lots, risk: Money, volatility: Money, equity: Money) {
        self.lots = lots
        self.risk = risk
        self.volatility = volatility
        self.equity = equity
    }
}

/// Lots to give up, and which ongoing limits ask for it.
public struct PeelAdvice: Hashable, Codable, Sendable {
    /// How many lots; zero when no limit is passed.
    public var lots: Lots
    /// `risk`, `volatility`, both, or none.
    public var limits: [String]

    /// Creates advice.
    public init(lots: Lots, limits: [String]) {
        self.lots = lots
        self.limits = limits
    }
}
