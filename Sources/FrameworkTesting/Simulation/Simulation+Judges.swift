import MunimKit

/// Those who judge a whole run, once it has come to rest.
extension Simulation {
    /// Everything that the judges look at.
    var evidence: RunEvidence {
        var evidence = RunEvidence(store, broker, policy: stage.policy, desks: stage.desks, trail: trail, at: now)
        evidence.hasTrueClocks = outcome.faults[.clockJumps] == nil && outcome.faults[.clockSkewed] == nil
        return evidence
    }

    func judgeAtRest() {
        for breach in oracle.missingConflicts(store) { oracle.breach("rest", breach) }
        guard !Oracle.isForPeople(store, broker, bedtimes, at: now) else { return }
        let evidence = evidence
        if let breach = plan.judge?(evidence) { oracle.breach("own", breach) }
        let history = HistoryCheck(evidence)
        for breach in history.breaches { oracle.breach("history", breach) }
        for breach in ReferenceModel.judge(evidence, declined: history.declined) { oracle.breach("model", breach) }
    }

    /// Tells what was left, for whoever looks for the cause of a breach.
    func tellEnd() {
        guard onLine != nil, !oracle.breaches.isEmpty else { return }
        for breach in oracle.breaches { say("broken: \(breach)") }
        for order in store.all(OrderRecord.self).sorted(by: { ($0.plannedAt, $0.tag.text) < ($1.plannedAt, $1.tag.text) }) {
            say(
                "order \(order.tag) of \(order.intent), \(order.position) step \(order.step) attempt \(order.attempt) slice \(order.slice): "
                    + "\(order.side) \(order.quantity) \(order.symbol), \(order.state.rawValue), filled \(order.filled), "
                    + "sent \(order.sentAt.map { "\($0)" } ?? "never"), ended \(order.finishedAt.map { "\($0)" } ?? "never")")
        }
        for order in broker.orders {
            say(
                "the broker's \(order.id) of \(order.request.tag): \(order.request.side) \(order.request.quantity) "
                    + "\(order.request.contract.symbol), arrived \(order.arrivedAt), seen from \(order.visibleAt), filled "
                    + order.fills.map { "\($0.quantity) at \($0.at)" }.joined(separator: " and "))
        }
        for intent in store.all(IntentRecord.self) {
            say("intent \(intent.id) \(intent.kind.rawValue) \(intent.instrument): \(intent.state.rawValue)")
        }
        for row in store.all(PositionRecord.self) { say("position \(row.id) \(row.status.rawValue) \(row.quantity)") }
        for row in store.all(ScopeRecord.self) { say("scope \(row.instrument) \(row.state.rawValue): \(row.frozenReason ?? "")") }
        say("holdings \(broker.net(at: now).sorted { $0.key < $1.key }), of them elsewhere \(broker.foreign.sorted { $0.key < $1.key })")
    }
}
