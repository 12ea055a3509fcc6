import MunimKit

// The explanation is the core's own; its words for readers stand here.

extension Explanation: DescribedAnswer {
    static var schemaName: String { "Explanation" }
    static var schemaSummary: String { "Every number that a decision used." }
    static var meanings: [String: String] {
        [
            "summary": "One sentence that a person reads first.", "sizing": "The size and its constraints.",
            "request": "What the size was computed from.", "gates": "Each condition with its value and limit, in the order of asking.",
            "quotes": "Quotes that were looked at.", "counterfactuals": "What would have been needed for another size.",
            "outcome": "What was done, leg by leg or layer by layer.",
        ]
    }
}

extension SizingDecision: DescribedAnswer {
    static var schemaName: String { "SizingDecision" }
    static var schemaSummary: String { "A size with its reason." }
    static var meanings: [String: String] {
        [
            "rule": "The sizing plugin.", "lots": "The size.", "limiter": "What limits it.",
            "constraints": "Every constraint with its number, also those that do not bind.",
        ]
    }
}

extension SizingConstraint: DescribedAnswer {
    static var schemaName: String { "SizingConstraint" }
    static var schemaSummary: String { "What one constraint allows." }
    static var meanings: [String: String] {
        [
            "name": "The constraint.", "quotient": "The exact lots before they are rounded down, with 4 decimals.",
            "lots": "Whole lots.", "binds": "Whether it counts, or is shown only.",
        ]
    }
}

extension SizingRequest: DescribedAnswer {
    static var schemaName: String { "SizingRequest" }
    static var schemaSummary: String { "What a size is computed from." }
    static var meanings: [String: String] {
        [
            "price": "Entry price.", "stop": "The stop that is sized on.", "average_true_range": "In points.",
            "efficiency_ratio": "From 0 to 1.", "suggested_lots": "What the sender suggests.", "equity": "Sizing equity.",
            "available_margin": "Margin that may still be used.", "margin_per_lot": "Margin of one lot.",
            "point_value": "Money per point of price per lot.", "pyramid": "The stack under a pyramid; left out for a base entry.",
        ]
    }
}

extension PyramidContext: DescribedAnswer {
    static var schemaName: String { "PyramidContext" }
    static var schemaSummary: String { "The stack under a pyramid." }
    static var meanings: [String: String] {
        [
            "taken": "Pyramids taken before this one.", "base_lots": "Lots of the base.", "base_entry": "Entry price of the base.",
            "base_risk": "Entry less initial stop of the base, in points.",
        ]
    }
}

extension Gate: DescribedAnswer {
    static var schemaName: String { "Gate" }
    static var schemaSummary: String { "One condition of a decision." }
    static var meanings: [String: String] {
        [
            "name": "A stable code.", "passed": "Whether it let the signal pass.", "value": "What was measured, with its unit.",
            "limit": "What was allowed.",
        ]
    }
}

extension ContractQuote: DescribedAnswer {
    static var schemaName: String { "ContractQuote" }
    static var schemaSummary: String { "What a contract traded at." }
    static var meanings: [String: String] { ["symbol": "The contract as the broker spells it.", "quote": "Its prices."] }
}

extension Quote: DescribedAnswer {
    static var schemaName: String { "Quote" }
    static var schemaSummary: String { "Prices of one moment; what there was none of is left out." }
    static var meanings: [String: String] {
        [
            "bid": "Best price of buyers.", "ask": "Best price of sellers.", "last": "Price of the last trade.",
            "open_interest": "Open contracts.", "at": "When the broker's figure was made.",
        ]
    }
}

extension Counterfactual: DescribedAnswer {
    static var schemaName: String { "Counterfactual" }
    static var schemaSummary: String { "A single change that would have led to another size." }
    static var meanings: [String: String] {
        [
            "input": "The number that would have to change.", "change": "By how much.", "lots": "The size that follows.",
            "sentence": "The same for people.",
        ]
    }
}
