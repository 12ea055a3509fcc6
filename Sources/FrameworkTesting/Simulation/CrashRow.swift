import MunimKit

/// Rows of the crash table, recognised by what was durable and what the broker had when a process died.
///
/// Left out are rows that a run cannot express: alerts are not delivered here (C17); they have tests of their own.
enum CrashRow: String, CaseIterable {
    case c1 = "C1", c2 = "C2", c3 = "C3", c4 = "C4", c5 = "C5", c6 = "C6", c7 = "C7", c8 = "C8", c9 = "C9", c10 = "C10", c11 = "C11"
    case c12 = "C12", c13 = "C13", c14 = "C14", c15 = "C15", c16 = "C16", c18 = "C18", c19 = "C19", c20 = "C20", c21 = "C21", c22 = "C22"
    case c23 = "C23", c24 = "C24", c25 = "C25", c26 = "C26", c27 = "C27", c28 = "C28", c29 = "C29", c30 = "C30", c31 = "C31", c32 = "C32"
    case c33 = "C33", c34 = "C34", c35 = "C35", c36 = "C36", c37 = "C37", c38 = "C38", c39 = "C39", c40 = "C40", c41 = "C41", c42 = "C42"
}

/// One decision as it stands in the rows, beside what the broker has of it.
struct DecisionAtDeath {
    let intent: IntentRecord
    let orders: [OrderRecord]
    let broker: ModelBroker
    let at: Instant
    /// Calls that have left and not reached the broker.
    let underWay: Set<Tag>
    /// Answers that are not committed.
    let answered: Set<Tag>

    /// The rows that a death now is an example of.
    var rows: [CrashRow] {
        switch intent.kind {
        case .entry, .pyramid: rowsOfOpening
        case .exit: rowsOfClosing
        case .roll: rowsOfRoll
        case .repair: orders.contains { $0.state == .planned } ? [.c14] : []
        }
    }

    private var isUnsent: Bool { orders.allSatisfy { $0.state == .planned || $0.state == .dropped } }
    private func isOut(_ order: OrderRecord) -> Bool { order.state == .sending || order.state == .unknown }
    private func isRepair(_ order: OrderRecord) -> Bool {
        let positionPlans = intent.plan.content.positionPlans
        return positionPlans.indices.contains(order.positionPlan) && positionPlans[order.positionPlan].legs[order.leg].isRepair
    }

    private var rowsOfOpening: [CrashRow] {
        var rows: [CrashRow] = orders.contains { $0.state == .planned && $0.leg == 0 } ? [.c5] : []
        for order in orders {
            let real = broker.orders.last { $0.request.tag == order.tag }
            if order.state == .sending {
                rows.append(answered.contains(order.tag) ? .c9 : real != nil ? .c8 : underWay.contains(order.tag) ? .c7 : .c6)
            }
            if order.state == .working, let real {
                let filled = real.fills.filter { $0.at <= at }.reduce(0) { $0 + $1.quantity.count }
                rows.append(filled > order.filled.count ? .c11 : .c10)
            }
            if order.state == .planned, isRepair(order) { rows.append(.c14) }
        }
        guard orders.contains(where: { $0.state == .filled && $0.leg == 0 }) else { return rows }
        let second = orders.filter { $0.leg == 1 && !isRepair($0) }
        if second.contains(where: { $0.state == .planned }) { rows.append(.c12) }
        if second.contains(where: isOut) { rows.append(.c13) }
        return rows
    }

    private var rowsOfClosing: [CrashRow] {
        var rows: [CrashRow] = isUnsent ? [.c19] : []
        if orders.contains(where: isOut) { rows.append(.c20) }
        if orders.contains(where: { $0.filled > .zero && $0.filled < $0.quantity }) { rows.append(.c21) }
        let filled = Set(orders.filter { $0.state == .filled }.map { "\($0.positionPlan) \($0.leg)" })
        if orders.contains(where: { $0.state != .filled && $0.leg > 0 && filled.contains("\($0.positionPlan) 0") }) { rows.append(.c22) }
        return rows
    }

    private var rowsOfRoll: [CrashRow] {
        var rows: [CrashRow] = isUnsent ? [.c23] : []
        let closing = orders.filter { $0.action == .close && !isRepair($0) }
        let opening = orders.filter { $0.action == .open }
        let closed = closing.filter { $0.state == .filled }.count
        if closed > 0, closed < closing.count { rows.append(.c24) }
        if closed == closing.count, !opening.contains(where: { $0.state == .filled }) {
            rows.append(opening.contains(where: isOut) ? .c26 : .c25)
        }
        return rows
    }
}

extension Simulation {
    func mark(_ row: CrashRow) { outcome.marks.insert(row.rawValue) }

    /// Notes which rows of the table the death of a process is an example of.
    func markDeath(of index: Int) {
        for visit in atDoor.values where visit.process == index { mark(visit.isStored ? .c2 : .c1) }
        guard processes[index].decides else { return }
        if !store.matching(Query<SignalRecord>(.equal("processing_status", SignalStatus.accepted))).isEmpty { mark(.c4) }
        markSettling(of: index)
        var isDoubtful = false
        for intent in store.matching(Query<IntentRecord>(.isIn("state", [IntentState.active, .flat]))) {
            let orders = store.matching(Query<OrderRecord>(.equal("intent_id", intent.id)))
            let decision = DecisionAtDeath(
                intent: intent, orders: orders, broker: broker, at: now, underWay: underWay, answered: answers(of: index))
            decision.rows.forEach(mark)
            isDoubtful = isDoubtful || orders.contains { $0.state == .sending || $0.state == .unknown }
        }
        if isDoubtful, let lastDeathAt, now - lastDeathAt < .seconds(90) { mark(.c37) }
        lastDeathAt = now
        let live = store.matching(Query<PositionRecord>(.isIn("status", PositionStatus.allCases.filter(\.isLive))))
        if live.contains(where: { $0.rolloverCount > 0 }), live.contains(where: { $0.rolloverCount == 0 }) { mark(.c28) }
    }

    /// Fills that are known but not booked, because their commit is being made.
    private func markSettling(of index: Int) {
        for write in processes[index].running?.shell.pendingTransaction?.writes ?? [] {
            guard let intent = write.record as? IntentRecord, intent.state == .settled else { continue }
            if intent.kind == .roll { mark(.c27) } else { [.c15, .c16].forEach(mark) }
        }
    }

    private func answers(of index: Int) -> Set<Tag> {
        Set(
            (processes[index].running?.shell.unfinishedEvents ?? []).compactMap { event in
                if case .placed(let tag, _) = event { tag } else { nil }
            })
    }

    /// Whether an order may be at the broker without its end being known.
    var hasOrdersOut: Bool {
        !store.matching(Query<OrderRecord>(.isIn("state", [OrderState.sending, .unknown, .working]))).isEmpty
    }
}
