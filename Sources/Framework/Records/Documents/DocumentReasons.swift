// The numbers of a decision as they are kept with its verdict, member by member in the order of their names.

extension Explanation: DocumentContent {
    /// Written with the members that have a value.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("counterfactuals", counterfactuals)
            document.member("gates", gates)
            document.member("outcome", outcome)
            document.member("quotes", quotes)
            document.member("request", request)
            document.member("sizing", sizing)
            document.member("summary", summary)
        }
    }
}

extension Gate: DocumentContent {
    /// Written with all members.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("limit", limit)
            document.member("name", name)
            document.member("passed", passed)
            document.member("value", value)
        }
    }
}

extension Counterfactual: DocumentContent {
    /// Written with all members.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("change", change)
            document.member("input", input)
            document.member("lots", lots)
            document.member("sentence", sentence)
        }
    }
}

extension SizingDecision: DocumentContent {
    /// Written with all members.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("constraints", constraints)
            document.member("limiter", limiter)
            document.member("lots", lots)
            document.member("rule", rule)
        }
    }
}

extension SizingConstraint: DocumentContent {
    /// Written with all members.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("binds", binds)
            document.member("lots", lots)
            document.member("name", name)
            document.member("quotient", quotient)
        }
    }
}

extension SizingRequest: DocumentContent {
    /// Written with the members that have a value.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("availableMargin", availableMargin)
            document.member("averageTrueRange", averageTrueRange)
            document.member("efficiencyRatio", efficiencyRatio)
            document.member("equity", equity)
            document.member("marginPerLot", marginPerLot)
            document.member("pointValue", pointValue)
            document.member("price", price)
            document.member("pyramid", pyramid)
            document.member("stop", stop)
            document.member("suggestedLots", suggestedLots)
        }
    }
}

extension PyramidContext: DocumentContent {
    /// Written with all members.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("baseEntry", baseEntry)
            document.member("baseLots", baseLots)
            document.member("baseRisk", baseRisk)
            document.member("taken", taken)
        }
    }
}

extension ContractQuote: DocumentContent {
    /// Written with all members.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("quote", quote)
            document.member("symbol", symbol)
        }
    }
}

extension Quote: DocumentContent {
    /// Written with the members that have a value.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("ask", ask)
            document.member("at", at)
            document.member("bid", bid)
            document.member("last", last)
            document.member("openInterest", openInterest)
        }
    }
}
