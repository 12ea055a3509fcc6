import MunimKit

/// What the judge keeps in order to judge spans of time, and what must come before something else.
struct Watches: Sendable {
    /// Epochs in which the broker's book was read.
    var recovered: Set<Int64> = []
    /// When the last orders of each process passed their gates, by its clock.
    var departures: [Incarnation: [Instant]] = [:]
    /// One position that an intent opens or closes.
    struct PositionPlan: Hashable, Comparable {
        let intent: IntentID
        let number: Int

        static func < (left: PositionPlan, right: PositionPlan) -> Bool { (left.intent, left.number) < (right.intent, right.number) }
    }

    /// Position plans with unequal legs: since when, in the epoch of whoever has to tell people.
    var broken: [PositionPlan: (at: Instant, epoch: Int64, isTold: Bool)] = [:]

    /// Whoever decides goes on in the next epoch.
    mutating func wentOn(from previous: Int64, to epoch: Int64) {
        if recovered.contains(previous) { recovered.insert(epoch) }
        for (positionPlan, watch) in broken where watch.epoch == previous { broken[positionPlan]?.epoch = epoch }
    }
}

extension Oracle {
    /// How long people may hear nothing of unequal legs: the protocol's ten seconds, and a pause of the process.
    private static let patience: Span = .seconds(30)

    /// The deciding process of an epoch has read the broker's book.
    mutating func recovered(in epoch: Int64) { watches.recovered.insert(epoch) }

    // I29
    mutating func checkRecovery(before intent: IntentRecord, in epoch: Int64?) {
        guard let epoch, !watches.recovered.contains(epoch) else { return }
        breach("I29", "\(intent.id) was decided in epoch \(epoch), before the broker's book was read")
    }

    // I19: the account's rate, by the clock of the process that counts; another one begins with what the rows say.
    mutating func checkRate(of order: OrderRecord, by process: Incarnation) {
        guard let rate, let sentAt = order.sentAt else { return }
        let recent = (watches.departures[process] ?? []).filter { $0 > sentAt - .seconds(2) } + [sentAt]
        watches.departures[process] = recent
        let most = recent.map { last in recent.count { last - .seconds(1) < $0 && $0 <= last } }.max() ?? 0
        if most > rate.perSecond {
            breach("I19", "\(order.tag) is number \(most) within a second, \(rate.perSecond) may leave")
        }
    }

    // I20
    mutating func watchLegs(of transaction: Transaction, in epoch: Int64?, _ store: ModelStore, at: Instant) {
        if let epoch {
            for write in transaction.writes {
                if let order = write.record as? OrderRecord { watchLegs(of: order, in: epoch, store, at: at) }
            }
        }
        // People may be told in the very commit that makes the legs unequal.
        for write in transaction.writes {
            if let alert = write.record as? OutboxRecord, alert.code == "one_legged" { noteTold(alert, store) }
        }
        guard let epoch else { return }
        for (positionPlan, watch) in watches.broken.sorted(by: { $0.key < $1.key }) where !watch.isTold {
            // Given up: the scope is frozen, which was told.
            guard Self.isUnderWay(positionPlan, store) else {
                watches.broken[positionPlan] = nil
                continue
            }
            // A process that begins has its own time to tell.
            guard watch.epoch == epoch else {
                watches.broken[positionPlan] = (at, epoch, false)
                continue
            }
            guard at > max(watch.at, isReadableSince) + Self.patience else { continue }
            breach(
                "I20",
                "position plan \(positionPlan.number) of \(positionPlan.intent) has unequal legs since \(watch.at), and nobody was told")
        }
    }

    private static func isUnderWay(_ positionPlan: Watches.PositionPlan, _ store: ModelStore) -> Bool {
        guard let intent = store.row(IntentRecord.self, positionPlan.intent) else { return false }
        return intent.state == .active && !intent.plan.content.positionPlans[positionPlan.number].isSettled
    }

    private mutating func noteTold(_ alert: OutboxRecord, _ store: ModelStore) {
        for positionPlan in watches.broken.keys {
            guard let intent = store.row(IntentRecord.self, positionPlan.intent), intent.instrument == alert.instrument,
                alert.message.contains(intent.plan.content.positionPlans[positionPlan.number].position.text)
            else { continue }
            watches.broken[positionPlan]?.isTold = true
        }
    }

    private mutating func watchLegs(of changed: OrderRecord, in epoch: Int64, _ store: ModelStore, at: Instant) {
        guard let intent = store.row(IntentRecord.self, changed.intent), intent.kind.increasesRisk || intent.kind == .exit else { return }
        let positionPlan = Watches.PositionPlan(intent: intent.id, number: Int(changed.positionPlan))
        let orders = store.matching(Query<OrderRecord>(.equal("intent_id", intent.id)))
        let isBroken = Self.isUnderWay(positionPlan, store) && intent.hasUnequalLegs(positionPlan.number, orders)
        if !isBroken {
            watches.broken[positionPlan] = nil
        } else if watches.broken[positionPlan] == nil {
            watches.broken[positionPlan] = (at, epoch, false)
        }
    }

    /// I13: people heard of what was traded elsewhere in a contract that we hold.
    static func untold(_ store: ModelStore, _ broker: ModelBroker, at: Instant) -> [String] {
        let strange = Set(broker.elsewhere(at: at).filter { $0.value != 0 }.keys)
        let live = store.matching(Query<PositionRecord>(.isIn("status", PositionStatus.allCases.filter(\.isLive))))
        let touched = live.filter { $0.structure.content.legs.contains { strange.contains($0.contract.symbol) } }
        return Set(touched.map(\.instrument)).sorted { $0.text < $1.text }
            .filter { store.row(ScopeRecord.self, $0)?.state != .frozen }
            .map { "I13: somebody traded what \($0) holds, and its scope takes entries as before" }
    }
}

extension IntentRecord {
    /// Whether the orders of a position plan filled one of its contracts otherwise than another; what was planned before its position rolled is of no contract of it.
    func hasUnequalLegs(_ number: Int, _ orders: [OrderRecord]) -> Bool {
        let contracts = Set(plan.content.positionPlans[number].legs.map(\.contract.symbol))
        var net: [String: Int64] = [:]
        for order in orders where order.positionPlan == number && contracts.contains(order.symbol) {
            net[order.symbol, default: 0] += order.side == .buy ? order.filled.count : 0 - order.filled.count
        }
        return Set(net.values.map(abs)).count > 1
    }
}
