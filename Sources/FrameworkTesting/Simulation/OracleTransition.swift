import MunimKit

/// One transition of whoever decides, as its commit shows it: the rows that it left, and what it noted on the way, in that order.
struct OracleTransition {
    /// Rows as they were when the transition ended.
    var rows: [any Record] = []
    /// Audit, ledger, trade, rollover and outbox rows, which are only added: their order is that of the transitions.
    var notes: [any Record] = []

    /// A row of the transition with a name; the last one where it was written twice.
    func last<R: Record>(_ type: R.Type, where fits: (R) -> Bool) -> R? {
        for row in rows.reversed() { if let row = row as? R, fits(row) { return row } }
        return nil
    }
}

extension Transaction {
    /// The transitions of a batch: each writes its rows before it adds what it noted.
    var transitions: [OracleTransition] {
        var transitions: [OracleTransition] = []
        var transition = OracleTransition()
        for write in writes {
            switch write {
            case .insert(let record), .insertIfAbsent(let record), .update(let record):
                guard !(record is LeaseRecord) else { continue }
                if record.isNote {
                    transition.notes.append(record)
                } else {
                    if !transition.notes.isEmpty {
                        transitions.append(transition)
                        transition = OracleTransition()
                    }
                    transition.rows.append(record)
                }
            case .delete, .require: continue
            }
        }
        transitions.append(transition)
        return transitions
    }
}

extension Record {
    fileprivate var isNote: Bool {
        self is AuditRecord || self is OutboxRecord || self is LedgerRecord || self is TradeRecord || self is RolloverRecord
    }
}

/// What the judge keeps of the transitions so far in order to compute everything a second time, in plain integers: it calls nothing of the core.
struct OracleBooks: Sendable {
    /// Live positions and open intents, as their rows were last.
    var live: [PositionID: PositionRecord] = [:]
    var intents: [IntentID: IntentRecord] = [:]
    var portfolio: PortfolioRecord?
    /// Sum of the ledger.
    var equity: Int64 = 0
    /// What the orders of each intent filled, leg by leg.
    var fills: [IntentID: [OracleLeg: OracleFill]] = [:]
    var orders: [Tag: OracleOrder] = [:]
    var stops = OracleStops()
    var stacks: [InstrumentName: OracleStack] = [:]
    /// Whether trading was stopped, in the order of the trail.
    var isStopped = false
    /// Keys of capital movements in the ledger, with what they moved.
    var capital: [String: Int64] = [:]
    /// Orders that were given up as absent, by the slot that they were to fill.
    var absent: [OracleSlot: [OracleAbsence]] = [:]
}

/// A layer of an instrument.
struct OracleSlot: Hashable, Sendable {
    let instrument: InstrumentName
    let layer: Layer
}

/// An order that was not found, which may still show up.
struct OracleAbsence: Sendable {
    let tag: Tag
    let sender: Incarnation?
    let at: Instant
}

/// A leg of a part of an intent.
struct OracleLeg: Hashable, Sendable {
    let positionPlan: Int
    let leg: Int
}

/// What was filled: units, and Σ price × units.
struct OracleFill: Sendable {
    var units: Int64 = 0
    var value: Int128 = 0
}

/// Which leg an order belongs to.
struct OracleOrder: Sendable {
    let intent: IntentID
    let leg: OracleLeg
    let instrument: InstrumentName
    let action: LegAction
    let sender: Incarnation?
}

/// The layers on the live base of an instrument.
struct OracleStack: Sendable {
    var base: PositionID?
    /// Pyramids that were opened since the base was.
    var taken = 0
    /// Signal price of the newest layer, moved by its rolls.
    var lastPrice: Int64?
    /// Whether a roll moved prices since the base was opened.
    var hasRolled = false
}

extension Int128 {
    /// A quotient rounded once, half away from zero.
    func rounded(by divisor: Int128) -> Int128 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: divisor)
        guard rest.magnitude * 2 >= divisor.magnitude else { return quotient }
        return (rest < 0) == (divisor < 0) ? quotient + 1 : quotient - 1
    }
}

/// The judge's own arithmetic of prices and money: ten-thousandths, millionths for shares.
enum Reckoning {
    /// A share of a price or an amount.
    static func share(_ units: Int128, _ ratio: Ratio) -> Int128 { (units * Int128(ratio.units)).rounded(by: 1_000_000) }

    /// A difference of prices as money.
    static func money(_ difference: Int128, lots: Int64, _ point: PointValue) -> Int128 {
        (difference * Int128(lots) * Int128(point.units)).rounded(by: 10_000)
    }

    /// Σ price × units as money.
    static func money(ofValue value: Int128, _ point: PointValue, unitsPerLot: Int64) -> Int128 {
        (value * Int128(point.units)).rounded(by: 10_000 * Int128(unitsPerLot))
    }

    /// Charges of one side at a price.
    static func charges(_ price: Int64, lots: Int64, _ point: PointValue, _ rate: Ratio) -> Int128 {
        abs(share(money(Int128(price), lots: lots, point), rate))
    }
}
