import MunimKit

/// What the ledger must get for an intent in a transition.
struct OracleDue: Sendable {
    var profit: Int128 = 0
    var charges: Int128 = 0
    /// How far roundings of several rows may be off.
    var tolerance: Int128 = 0
    /// Whether the charges are a least amount only.
    var isAtLeast = false
    /// A tolerance within which everything lies that 64 bits can book.
    static let anything: Int128 = 1 << 90
}

/// I14, I15 and I21: what each part of a decision filled becomes a position, profit and charges, recomputed when it is booked.
extension Oracle {
    /// Whether trades that take a surplus back carry charges like every other.
    static let repairsCarryCharges = true

    /// Adds up the trades of a transition, leg by leg.
    mutating func addTrades(of transition: OracleTransition, _ store: ModelStore) {
        for case let row as OrderRecord in transition.rows where books.orders[row.tag]?.sender != row.sender || books.orders[row.tag] == nil
        {
            books.orders[row.tag] = OracleOrder(
                intent: row.intent, leg: OracleLeg(positionPlan: row.positionPlan, leg: row.leg), instrument: row.instrument,
                action: row.action,
                sender: row.sender)
        }
        // What is taken back from this very transition on came after its intent was booked.
        let late = Set(
            transition.rows.compactMap { ($0 as? IntentRecord).flatMap { $0.kind == .repair && $0.version == 1 ? $0.causeKey : nil } })
        for case let trade as TradeRecord in transition.notes where !late.contains("late:\(trade.tag)") {
            guard let order = books.orders[trade.tag] else { continue }
            var fill = books.fills[trade.intent, default: [:]][order.leg, default: OracleFill()]
            fill.units += trade.quantity.count
            fill.value += Int128(trade.quantity.count) * Int128(trade.price.units)
            books.fills[trade.intent, default: [:]][order.leg] = fill
        }
        for case let row as OrderRecord in transition.rows { checkValue(of: row, store) }
    }

    // I14: what an order says it filled is what its trades add up to, to the last unit of value.
    private mutating func checkValue(of row: OrderRecord, _ store: ModelStore) {
        guard row.filled > .zero else { return }
        var sum: Int128 = 0
        for trade in store.matching(Query<TradeRecord>(.equal("tag", row.tag))) {
            sum += Int128(trade.quantity.count) * Int128(trade.price.units)
        }
        guard sum != Int128(row.filledValue), let now = store.row(OrderRecord.self, row.tag), now.filled == row.filled else { return }
        breach("I14", "\(row.tag) filled for \(row.filledValue), its trades for \(sum)")
    }

    /// Holds the ledger rows of a transition against what was booked in it.
    mutating func checkMoney(of transition: OracleTransition, _ store: ModelStore) {
        var due: [IntentID: OracleDue] = [:]
        for case let intent as IntentRecord in transition.rows {
            if intent.version == 1 { checkLate(intent, transition) }
            let before = books.intents[intent.id]?.plan.content.positionPlans
            for (number, positionPlan) in intent.plan.content.positionPlans.enumerated() where positionPlan.isSettled {
                guard before.map({ $0.indices.contains(number) && !$0[number].isSettled }) ?? true else { continue }
                settle(positionPlan, number, of: intent, transition, &due[intent.id, default: OracleDue()])
            }
        }
        var booked: [IntentID: (profit: Int128, charges: Int128)] = [:]
        for case let row as LedgerRecord in transition.notes {
            books.equity = row.equityAfter.units
            note(row)
            guard row.kind != .deposit, row.kind != .withdraw, !row.entryKey.hasPrefix("operator:") else { continue }
            guard let id = due.keys.first(where: { row.entryKey.hasPrefix("\($0):") || row.entryKey == "\($0)" }) else {
                breach("I15", "\(row.entryKey) is booked, and nothing was settled")
                continue
            }
            if row.entryKey.hasSuffix(":charges") {
                booked[id, default: (0, 0)].charges -= Int128(row.amount.units)
            } else {
                booked[id, default: (0, 0)].profit += Int128(row.amount.units)
            }
        }
        for (id, due) in due.sorted(by: { $0.key.text < $1.key.text }) {
            // What is not understood in a frozen scope is for people.
            let name = transition.last(IntentRecord.self) { $0.id == id }?.instrument
            if let name, store.row(ScopeRecord.self, name)?.state == .frozen { continue }
            let got = booked[id] ?? (0, 0)
            if abs(got.profit - due.profit) > due.tolerance {
                breach("I15", "\(id) realised \(due.profit) units of money by its trades, \(got.profit) are booked")
            }
            let isCharged = due.isAtLeast ? got.charges >= due.charges - due.tolerance : got.charges == due.charges
            if !isCharged { breach("I15", "\(id) costs \(due.charges) units of charges by its trades, \(got.charges) are booked") }
        }
    }

    private mutating func note(_ row: LedgerRecord) {
        guard row.kind == .deposit || row.kind == .withdraw else { return }
        if books.capital.updateValue(row.amount.units, forKey: row.entryKey) != nil { breach("I15", "\(row.entryKey) was booked twice") }
    }

    // I12: a late order is taken back whole, and booked for what it cost.
    private mutating func checkLate(_ intent: IntentRecord, _ transition: OracleTransition) {
        guard intent.kind == .repair, let key = intent.causeKey, key.hasPrefix("late:"),
            let positionPlan = intent.plan.content.positionPlans.first, case .repair(let lateValue) = positionPlan.kind
        else {
            return
        }
        let tag = Tag(String(key.dropFirst(5)))
        var late = OracleFill()
        for case let trade as TradeRecord in transition.notes where trade.tag == tag {
            late.units += trade.quantity.count
            late.value += Int128(trade.quantity.count) * Int128(trade.price.units)
        }
        if late.units != positionPlan.legs.first?.quantity.count || late.value != Int128(lateValue) {
            breach(
                "I12",
                "\(intent.id) takes back \(positionPlan.legs.first?.quantity.count ?? 0) units for \(lateValue), late came \(late)"
            )
        }
    }
}
