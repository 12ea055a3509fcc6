/// Every number that a decision used: stored with the verdict, returned by the interface, printed on demand.
public struct Explanation: Hashable, Codable, Sendable {
    /// One sentence that a person reads first.
    public var summary: String
    /// The size and its constraints; nil where no size was computed.
    public var sizing: SizingDecision?
    /// What the size was computed from.
    public var request: SizingRequest?
    /// Each gate with its value and limit, in the order in which they were asked.
    public var gates: [Gate]
    /// Quotes that were looked at.
    public var quotes: [ContractQuote]
    /// What would have been needed for another answer; each was found by running the same rules again.
    public var counterfactuals: [Counterfactual]
    /// What was done, leg by leg or layer by layer.
    public var outcome: [String]

    /// Creates an explanation.
    public init(
        summary: String, sizing: SizingDecision? = nil, request: SizingRequest? = nil, gates: [Gate] = [], quotes: [ContractQuote] = [],
        counterfactuals: [Counterfactual] = [], outcome: [String] = []
    ) {
        self.summary = summary
        self.sizing = sizing
        self.request = request
        self.gates = gates
        self.quotes = quotes
        self.counterfactuals = counterfactuals
        self.outcome = outcome
    }
}

/// One condition of a decision, with what was measured and what was allowed.
public struct Gate: Hashable, Codable, Sendable {
    /// A stable code, such as `portfolio_risk_gate`.
    public var name: String
    /// Whether it let the signal pass.
    public var passed: Bool
    /// What was measured, as exact text with its unit.
    public var value: String
    /// What was allowed.
    public var limit: String

    /// A gate that refuses with a reason when it does not pass.
    init(_ reason: Reason, passed: Bool, value: String, limit: String) {
        self.init(reason.rawValue, passed: passed, value: value, limit: limit)
    }

    /// Creates a gate.
    public init(_ name: String, passed: Bool, value: String, limit: String) {
        self.name = name
        self.passed = passed
        self.value = value
        self.limit = limit
    }
}

/// A single change that would have led to another size.
public struct Counterfactual: Hashable, Codable, Sendable {
    /// The number that would have to change, such as `available_margin`.
    public var input: String
    /// By how much, as exact text.
    public var change: String
    /// The size that the rules then give.
    public var lots: Lots
    /// The sentence for people.
    public var sentence: String

    /// Creates a counterfactual.
    public init(input: String, change: String, lots: Lots, sentence: String) {
        self.input = input
        self.change = change
        self.lots = lots
        self.sentence = sentence
    }
}
