/// What an intent is to do, position plan by position plan: one position plan per position, newest first.
public struct IntentPlan: Hashable, Codable, Sendable {
    /// The position plans, carried out one after the other.
    public var positionPlans: [PositionPlan]
    /// The price of its cause: the signal's, the bar's that hit a stop, or the last one heard; nil where no price is known or none plays a part.
    public var price: Price?
    /// A stable code of the cause, such as `signal`, `stop`, `operator`.
    public var reason: String
    /// What the decision used, repeated in the verdict.
    public var explanation: Explanation

    /// Creates a plan.
    public init(positionPlans: [PositionPlan], price: Price?, reason: String, explanation: Explanation) {
        self.positionPlans = positionPlans
        self.price = price
        self.reason = reason
        self.explanation = explanation
    }
}

/// The part of an intent that concerns one position.
public struct PositionPlan: Hashable, Sendable {
    /// What is done to a position, with what is needed for it and nothing else.
    public enum Kind: Hashable, Sendable {
        /// A layer is opened.
        case open(Opening)
        /// A position is closed.
        case close(Structure, layer: Layer, lots: Lots)
        /// A position is closed in one contract and opened in a later one.
        case roll(from: Structure, to: Structure, layer: Layer, lots: Lots)
        /// Late fills are taken back, and no position changes; Σ price × units of these fills, in ten-thousandths.
        case repair(lateValue: Int64)
    }

    /// A layer that is to be opened.
    public struct Opening: Hashable, Sendable {
        /// What is opened.
        public var structure: Structure
        /// Its layer.
        public var layer: Layer
        /// Lots wanted.
        public var lots: Lots
        /// Name of the constraint that limited its size, kept with the position.
        public var limiter: String
        /// The signal's price.
        public var price: Price
        /// Average true range at the decision, in points.
        public var averageTrueRange: Price

        /// Creates an opening.
        public init(structure: Structure, layer: Layer, lots: Lots, limiter: String, price: Price, averageTrueRange: Price) {
            self.structure = structure
            self.layer = layer
            self.lots = lots
            self.limiter = limiter
            self.price = price
            self.averageTrueRange = averageTrueRange
        }
    }

    /// The position that is opened, closed or rolled, or whose late order is taken back.
    public var position: PositionID
    /// What is done to it.
    public var kind: Kind
    /// What is opened or closed, in this order.
    public var legs: [Leg]
    /// Whether the position plan's result is booked.
    public var isSettled: Bool

    /// A position plan of which nothing is done yet.
    public init(position: PositionID, kind: Kind, legs: [Leg]) {
        self.position = position
        self.kind = kind
        self.legs = legs
        isSettled = false
    }
}

extension PositionPlan {
    /// The structure that is opened; nil when nothing is.
    public var opens: Structure? {
        switch kind {
        case .open(let opening): opening.structure
        case .roll(_, let structure, _, _): structure
        case .close, .repair: nil
        }
    }

    /// The structure that is closed; nil when nothing is.
    public var closes: Structure? {
        switch kind {
        case .close(let structure, _, _), .roll(let structure, _, _, _): structure
        case .open, .repair: nil
        }
    }

    /// The layer of the position; nil for a repair, which is of none.
    public var layer: Layer? {
        switch kind {
        case .open(let opening): opening.layer
        case .close(_, let layer, _), .roll(_, _, let layer, _): layer
        case .repair: nil
        }
    }

    /// Lots that are to be opened, closed or moved; nil for a repair, which counts units.
    public var lots: Lots? {
        switch kind {
        case .open(let opening): opening.lots
        case .close(_, _, let lots), .roll(_, _, _, let lots): lots
        case .repair: nil
        }
    }
}

/// One leg to be opened or closed within a position plan.
public struct Leg: Hashable, Codable, Sendable {
    /// Its place in the position plan, counted from 0.
    public var number: Int
    /// Which leg.
    public var role: LegRole
    /// Open or close.
    public var action: LegAction
    /// What is traded.
    public var contract: Contract
    /// Buy or sell.
    public var side: Side
    /// Units wanted.
    public var quantity: Quantity
    /// Whether it takes back a surplus of an entry.
    public var isRepair: Bool

    /// Creates a leg.
    public init(
        number: Int, role: LegRole, action: LegAction, contract: Contract, side: Side, quantity: Quantity, isRepair: Bool = false
    ) {
        self.number = number
        self.role = role
        self.action = action
        self.contract = contract
        self.side = side
        self.quantity = quantity
        self.isRepair = isRepair
    }
}
