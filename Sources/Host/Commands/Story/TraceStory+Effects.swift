import MunimKit

extension TraceStory {
    /// What is to be done, in words; a transaction is a line for each write that a person follows.
    static func texts(of effect: Effect) -> [String] {
        switch effect {
        case .commit(let transaction):
            let told = transaction.writes.compactMap { text(of: $0.record) }
            return ["commit \(transaction.writes.count) \(transaction.writes.count == 1 ? "row" : "rows")"] + told.map { "  " + $0 }
        case .observe(let price): return ["\(price.instrument) stands at \(price.price)"]
        case .survey(let request): return ["ask the market for \(request.subject.instrument)"]
        case .place(let request):
            return ["send \(request.tag): \(request.side.rawValue) \(request.quantity) \(request.contract.symbol)\(limit(request.limit))"]
        case .cancel(let tag, let order): return ["ask the broker to cancel \(tag), its order \(order)"]
        case .readBook: return ["read the order book"]
        case .readPositions: return ["read the positions"]
        case .wake(let alarm, let at): return ["at \(TimeOfDay(of: at).text) \(text(of: alarm))"]
        case .alert(let alert): return ["tell people (\(alert.severity.rawValue), \(alert.code)): \(alert.message)"]
        case .conclude(let record):
            let summary = record.explanation?.content.summary ?? ""
            return [
                "verdict on \(short(record.fingerprint)): \(record.status.rawValue)\(record.reason.map { " (\($0))" } ?? ""). \(summary)"
            ]
        case .answer(let answer): return ["answer: \(answer.message)"] + answer.details.map { "  " + $0 }
        }
    }

    private static func limit(_ price: Price?) -> String { price.map { " at \($0) or better" } ?? " at the market" }

    /// A row in words; nil for rows that only keep the books of the others.
    private static func text(of record: any Record) -> String? {
        switch record {
        case let order as OrderRecord:
            "order \(order.tag) \(order.state.rawValue): \(order.side.rawValue) \(order.quantity) \(order.symbol)"
                + (order.filled > .zero ? ", \(order.filled) filled" : "")
        case let position as PositionRecord:
            "position \(position.instrument) \(position.layer) \(position.status.rawValue): \(position.lots) lots at \(position.entryPrice), "
                + "stop \(position.currentStop)"
        case let intent as IntentRecord: "intent \(intent.kind.rawValue) \(intent.instrument) \(intent.state.rawValue)"
        case let trade as TradeRecord: "trade \(trade.id): \(trade.side.rawValue) \(trade.quantity) \(trade.symbol) at \(trade.price)"
        case let entry as LedgerRecord: "ledger \(entry.kind.rawValue) \(entry.amount), equity \(entry.equityAfter)"
        case let scope as ScopeRecord where scope.state == .frozen: "\(scope.instrument) is frozen: \(scope.frozenReason ?? "")"
        case let thrown as SwitchRecord: "switch \(thrown.name) \(thrown.isThrown ? "thrown" : "released"): \(thrown.reason)"
        case let roll as RolloverRecord: "roll of \(roll.position) from \(roll.fromExpiry) to \(roll.toExpiry), basis \(roll.basis)"
        default: nil
        }
    }

    static func text(of outcome: PlaceOutcome) -> String {
        switch outcome {
        case .accepted(let report): "accepted, \(text(of: report))"
        case .rejected(let reason): "rejected: \(reason)"
        case .notSent(let reason): "never reached the broker: \(reason)"
        case .unknown(let reason): "nobody knows: \(reason)"
        }
    }

    static func text(of outcome: CancelOutcome) -> String {
        switch outcome {
        case .requested: "the broker took it"
        case .refused(let reason): "nothing is left to cancel: \(reason)"
        case .unknown(let reason): "nobody knows: \(reason)"
        }
    }

    static func text(of report: OrderReport) -> String {
        let filled = report.fills.reduce(Int128(0)) { $0 + Int128($1.quantity.count) }
        return "order \(report.orderID) \(report.state.rawValue), \(filled) of \(report.quantity) \(report.symbol) filled"
    }

    static func text(of alarm: Alarm) -> String {
        switch alarm {
        case .scope(let name): "go on with \(name)"
        case .command(let id): "obey request \(id)"
        case .book: "look into the order book"
        case .reconcile: "compare with the broker"
        case .decide(let name): "decide in \(name) what went on record"
        case .positions: "read the positions"
        case .rollover: "look at expiries"
        }
    }

    static func text(of command: OperatorCommand) -> String {
        switch command {
        case .stop(let reason): "stop trading, \(reason)"
        case .resume(let reason, _): "resume trading, \(reason)"
        case .closeAll(let reason): "close everything, \(reason)"
        case .exit(let position, let reason): "close \(position), \(reason)"
        case .bookExit(let position, let price, let reason): "book the exit of \(position) at \(price), \(reason)"
        case .capital(let amount, let notes, _): "move \(amount), \(notes)"
        case .unfreeze(let name, let reason): "let \(name) take entries again, \(reason)"
        case .rollover(let execute): execute ? "roll what is due" : "show what is due to roll"
        }
    }
}
