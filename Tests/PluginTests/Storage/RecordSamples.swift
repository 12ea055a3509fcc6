import MunimKit

/// Rows of every described table, made from the description: each column has a value that no other column of the row has.
struct RecordSamples {
    let table: Table

    /// A row with every field set, or with every optional field empty.
    func row(allSet: Bool) -> Row {
        Row(
            table: table,
            values: table.columns.enumerated().map { index, column in column.isOptional && !allSet ? .null : value(of: column, at: index) })
    }

    /// The same row with another value in one column.
    func row(_ column: String, _ value: Value) -> Row {
        var values = row(allSet: true).values
        values[table.index(of: column)] = value
        return Row(table: table, values: values)
    }

    /// The columns that hold one of a closed set, with all of its values.
    var closedSets: [(column: String, values: [String])] {
        table.columns.compactMap { column in Self.closedSets["\(table.name).\(column.name)"].map { (column.name, $0) } }
    }

    private func value(of column: Column, at index: Int) -> Value {
        let place = "\(table.name).\(column.name)"
        if let fixed = Self.fixed[place] { return fixed }
        if let set = Self.closedSets[place], let last = set.last { return .text(last) }
        return switch column.type {
        case .integer: .integer(1_000 + Int64(index))
        case .boolean: .integer(1)
        case .instant: .integer(1_764_306_000_000_000 + Int64(index))
        case .day: TradingDay(daysSinceEpoch: 20_000 + index).column
        case .text: .text("text \(index) ₹")
        case .bytes: .bytes([UInt8(truncatingIfNeeded: index), 0, 255])
        case .document: .text("{}")
        case .decimal: .integer(520_000_500 + Int64(index))
        }
    }

    private static func all<E: StoredName>(_ type: E.Type) -> [String] { E.allCases.map(\.rawValue) }

    /// Every column with a closed set of values.
    static var closedSets: [String: [String]] {
        [
            "signal_log.processing_status": all(SignalStatus.self), "intents.kind": all(IntentKind.self),
            "intents.state": all(IntentState.self),
            "orders.role": all(LegRole.self), "orders.action": all(LegAction.self), "orders.side": all(Side.self),
            "orders.state": all(OrderState.self), "trades.side": all(Side.self), "portfolio_positions.status": all(PositionStatus.self),
            "portfolio_positions.mode": all(TradingMode.self), "portfolio_positions.rollover_status": all(RolloverStatus.self),
            "capital_transactions.transaction_type": all(LedgerEntryKind.self), "scopes.state": all(ScopeState.self),
            "outbox.severity": all(Severity.self), "commands.state": all(CommandState.self),
            "instance_metadata.status": all(InstanceStatus.self),
        ]
    }

    private static var fixed: [String: Value] {
        [
            "portfolio_state.id": .integer(1), "portfolio_positions.position": .text("Long_7"),
            "portfolio_positions.quantity": .integer(1_009 * 1_011), "signal_log.payload": Stored(signal).column,
            "signal_log.explanation": Stored(explanation).column, "intents.plan": Stored(plan).column,
            "orders.contract": Stored(call).column, "portfolio_positions.structure": Stored(structure).column,
            "commands.command": Stored(OperatorCommand.exit("P", reason: "drill ₹")).column, "commands.details": Stored(["a line"]).column,
        ]
    }
}

extension RecordSamples {
    private static let expiry = TradingDay(daysSinceEpoch: 20_452)

    static let signal = Signal(
        kind: .pyramid, instrument: "GOLD", target: .layer(.base), price: Price(units: 520_000_500), stop: Price(units: 510_000_000),
        lots: Lots(3),
        atr: Price(units: 3_500_000), efficiencyRatio: Ratio(units: 820_000), supertrend: Price(units: 1), rateOfChange: Ratio(units: -5),
        timestamp: Instant(microseconds: 1_764_306_000_000_001), reason: "\"quoted\" ₹", entryPrice: Price(units: 7))

    private static let call = Contract(
        venue: "V", root: "R", kind: .call(strike: Price(whole: 52_000)), expiry: expiry, symbol: "R25DEC52000CE",
        unitsPerLot: 35,
        tick: Tick(units: 500), freezeQuantity: Quantity(900))

    private static let structure = Structure(
        legs: [StructureLeg(role: .call, contract: call, openingSide: .buy)], expiry: expiry, strike: Price(whole: 52_000),
        pointValue: PointValue(whole: 35))

    private static let explanation = Explanation(
        summary: "4 lots", sizing: SizingDecision(rule: "r", lots: Lots(4), limiter: "risk", constraints: []),
        gates: [Gate("g", passed: false, value: "1 R", limit: "2 R")],
        counterfactuals: [Counterfactual(input: "i", change: "+1", lots: Lots(5), sentence: "s")], outcome: ["done"])

    private static let plan = IntentPlan(
        positionPlans: [
            PositionPlan(
                position: "P",
                kind: .open(
                    PositionPlan.Opening(
                        structure: structure, layer: .base, lots: Lots(4), limiter: "risk", price: Price(units: 1),
                        averageTrueRange: Price(units: 2))),
                legs: [Leg(number: 0, role: .call, action: .open, contract: call, side: .buy, quantity: Quantity(140), isRepair: true)])
        ], price: Price(units: 1), reason: "signal", explanation: explanation)
}
