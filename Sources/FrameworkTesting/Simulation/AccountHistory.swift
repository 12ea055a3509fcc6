import MunimKit

/// What the account held from moment to moment, by the broker's side: whether an order of ours that reduces risk turned it around.
///
/// An order that closes for an exit or a roll may move what the account holds of a contract towards zero, and never across it or away from it, as far
/// as the host could have known. It could have known of what happened before the process that sent the order began to decide, because a start reads
/// the account anew; and of what happened longer before the order left than a figure of the account is used, which is eight seconds and what a
/// commit may take. What happened later than both is excused; so is what another order of ours filled later than eight seconds after it had left,
/// because nobody can tell such an order from one that never arrived, and what a repair takes back meanwhile.
struct AccountHistory {
    private enum Cause {
        case elsewhere
        case order(ModelBroker.Order)
    }

    private struct Change {
        let at: Instant
        let number: Int
        let units: Int64
        let cause: Cause
    }

    let broker: ModelBroker
    /// Whether the order of a tag closes for an exit or a roll.
    let isReducing: (Tag) -> Bool
    /// True times at which orders left.
    let sent: [Tag: Instant]
    /// When somebody began to decide from the rows.
    let begins: [Instant]
    /// For how long a live host may be blind to a change.
    let blindness: Span

    /// For how long a figure of the account is used.
    private static let use: Span = .seconds(8)

    /// Orders that turned the account around, in words.
    func breaches(until end: Instant) -> [String] {
        let symbols = Set(broker.orders.map(\.request.contract.symbol)).sorted()
        return symbols.flatMap { breaches(in: $0, until: end) }
    }

    private func breaches(in symbol: String, until end: Instant) -> [String] {
        let changes = changes(of: symbol, until: end)
        var held: Int64 = 0
        var found: [String] = []
        for (index, change) in changes.enumerated() {
            defer { held += change.units }
            guard case .order(let order) = change.cause, isReducing(order.request.tag) else { continue }
            let direction: Int64 = change.units < 0 ? 1 : -1
            let excess = abs(change.units) - max(0, held * direction)
            guard excess > 0, let leftAt = sent[order.request.tag] else { continue }
            let known = max(leftAt - blindness, begins.last { $0 <= leftAt } ?? leftAt - blindness)
            let excused = changes[..<index].reduce(Int64(0)) { sum, other in
                guard other.at > known, other.units * change.units > 0 else { return sum }
                // An order that is out for so long cannot be called back for what others do meanwhile.
                return other.at > leftAt + Self.use || isUnseen(other.cause) ? sum + abs(other.units) : sum
            }
            guard excess > excused else { continue }
            found.append(
                "\(order.request.tag) of \(change.at) \(order.request.side.rawValue)s \(abs(change.units)) \(symbol), of which the account held "
                    + "\(held)")
        }
        return found
    }

    /// Whether a change is none that our records show in time.
    private func isUnseen(_ cause: Cause) -> Bool {
        guard case .order(let other) = cause else { return true }
        // What takes a late order back is proven ours, and is sold beside what an exit closes.
        guard let leftAt = sent[other.request.tag], isReducing(other.request.tag) else { return true }
        return other.fills.contains { $0.at > leftAt + Self.use } || other.visibleAt > leftAt + Self.use
            || broker.orders.count { $0.request.tag == other.request.tag } > 1
    }

    private func changes(of symbol: String, until end: Instant) -> [Change] {
        var changes = broker.strangeTrades.filter { $0.symbol == symbol }.map { trade in
            Change(at: trade.at, number: 0, units: trade.units, cause: .elsewhere)
        }
        for (number, order) in broker.orders.enumerated() where order.request.contract.symbol == symbol {
            for fill in order.fills where fill.at <= end {
                let units = order.request.side == .buy ? fill.quantity.count : 0 - fill.quantity.count
                changes.append(Change(at: fill.at, number: number + 1, units: units, cause: .order(order)))
            }
        }
        return changes.sorted { ($0.at, $0.number) < ($1.at, $1.number) }
    }
}

extension ModelStore {
    /// Whether the order of a tag closes for an exit or a roll.
    func isReducing(_ tag: Tag) -> Bool {
        guard let row = row(OrderRecord.self, tag), row.action == .close, let intent = self.row(IntentRecord.self, row.intent),
            intent.kind == .exit || intent.kind == .roll, intent.plan.content.positionPlans.indices.contains(row.positionPlan)
        else { return false }
        return intent.plan.content.positionPlans[row.positionPlan].legs.first { $0.number == row.leg }?.isRepair == false
    }
}
