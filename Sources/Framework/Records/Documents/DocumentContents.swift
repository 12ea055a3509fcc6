// What records keep as documents, member by member in the order of their names.

extension Signal: DocumentContent {
    /// Written with the members that have a value.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("atr", atr)
            document.member("efficiencyRatio", efficiencyRatio)
            document.member("entryPrice", entryPrice)
            document.member("instrument", instrument)
            document.member("kind", kind)
            document.member("lots", lots)
            document.member("price", price)
            document.member("rateOfChange", rateOfChange)
            document.member("reason", reason)
            document.member("stop", stop)
            document.member("supertrend", supertrend)
            document.member("target", target)
            document.member("timestamp", timestamp)
            document.member("timestampText", timestampText)
        }
    }
}

extension SignalTarget: DocumentContent {
    /// Written as an object named after the case, with the layer where there is one.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            switch self {
            case .layer(let layer): document.member("layer", ["_0": layer])
            case .all: document.member("all", [String: String]())
            case .none: document.member("none", [String: String]())
            }
        }
    }
}

extension Contract: DocumentContent {
    /// Written with the members that have a value.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("expiry", expiry)
            document.member("freezeQuantity", freezeQuantity)
            document.member("kind", kind)
            document.member("root", root)
            document.member("symbol", symbol)
            document.member("tick", tick)
            document.member("unitsPerLot", unitsPerLot)
            document.member("venue", venue)
        }
    }
}

extension ContractKind: DocumentContent {
    /// Written as an object named after the case, with the strike where there is one.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            switch self {
            case .future: document.member("future", [String: String]())
            case .call(let strike): document.member("call", ["strike": strike])
            case .put(let strike): document.member("put", ["strike": strike])
            }
        }
    }
}

extension Structure: DocumentContent {
    /// Written with the members that have a value.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("expiry", expiry)
            document.member("legs", legs)
            document.member("pointValue", pointValue)
            document.member("strike", strike)
        }
    }
}

extension StructureLeg: DocumentContent {
    /// Written with all members.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("contract", contract)
            document.member("openingSide", openingSide)
            document.member("role", role)
        }
    }
}

extension IntentPlan: DocumentContent {
    /// Written with the members that have a value.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("explanation", explanation)
            document.member("positionPlans", positionPlans)
            document.member("price", price)
            document.member("reason", reason)
        }
    }
}

extension PositionPlan: DocumentContent {
    /// Written with what its kind has.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("averageTrueRange", opening?.averageTrueRange)
            document.member("closes", closes)
            document.member("isSettled", isSettled)
            document.member("lateValue", lateValue)
            document.member("layer", layer)
            document.member("legs", legs)
            document.member("limiter", opening?.limiter)
            document.member("lots", lots)
            document.member("opens", opens)
            document.member("position", position)
            document.member("price", opening?.price)
        }
    }

    private var opening: Opening? {
        if case .open(let opening) = kind { opening } else { nil }
    }

    private var lateValue: Int64? {
        if case .repair(let value) = kind { value } else { nil }
    }
}

extension Leg: DocumentContent {
    /// Written with all members.
    public func write(to document: inout DocumentWriter) {
        document.object { document in
            document.member("action", action)
            document.member("contract", contract)
            document.member("isRepair", isRepair)
            document.member("number", number)
            document.member("quantity", quantity)
            document.member("role", role)
            document.member("side", side)
        }
    }
}
