import MunimKit

/// What decisions really filled, by the broker's own side, whether our rows know of it or not.
struct TrueBook {
    private let broker: ModelBroker
    private let store: ModelStore

    /// Tags that left after the rows that were put back.
    private let forgotten: Set<Tag>

    init(_ broker: ModelBroker, _ store: ModelStore, forgotten: Set<Tag>) {
        self.forgotten = forgotten
        self.broker = broker
        self.store = store
    }

    /// Units that an order may still take back for its part of a decision: what that part is too much, or has left to close.
    func unitsLeft(for order: OrderRecord, of intent: IntentRecord, at: Instant) -> Int64 {
        let positionPlan = intent.plan.content.positionPlans[order.positionPlan]
        var units = opened(positionPlan, of: intent, order.symbol, at: at)
        for other in store.matching(Query<OrderRecord>(.equal("intent_id", intent.id)))
        where other.positionPlan == order.positionPlan && other.symbol == order.symbol {
            units += signedUnits(other, at: at)
        }
        return order.side == .sell ? units : 0 - units
    }

    /// Units with which the part began: the position that it closes, or what a late order filled; nothing where it opens.
    private func opened(_ positionPlan: PositionPlan, of intent: IntentRecord, _ symbol: String, at: Instant) -> Int64 {
        if intent.kind == .repair {
            guard let late = intent.causeKey.flatMap({ $0.split(separator: ":").last }).map({ Tag(String($0)) }),
                let order = store.row(OrderRecord.self, late)
            else { return 0 }
            // What its own decision had counted belongs to that.
            let counted = order.side == .buy ? order.filled.count : 0 - order.filled.count
            return signedUnits(order, at: at) - counted
        }
        guard positionPlan.closes != nil, let position = store.row(PositionRecord.self, positionPlan.position), position.status.isLive,
            let leg = position.structure.content.legs.first(where: { $0.contract.symbol == symbol })
        else { return 0 }
        return leg.openingSide == .buy ? position.quantity.count : 0 - position.quantity.count
    }

    private func signedUnits(_ order: OrderRecord, at: Instant) -> Int64 {
        let units = filled(order.tag, at: at)
        return order.side == .buy ? units : 0 - units
    }

    private func filled(_ tag: Tag, at: Instant) -> Int64 {
        broker.orders.reduce(0) { sum, order in
            guard order.request.tag == tag else { return sum }
            return order.fills.reduce(sum) { $1.at <= at ? $0 + $1.quantity.count : $0 }
        }
    }

    /// Units of the contract that are not ours, or that other decisions filled without our knowing: by the account's figure alone they cannot
    /// be told from what is to be taken back.
    /// A trade that was heard of after the order had left was not known when it was decided.
    func uncertainUnits(besides order: OrderRecord, known: Set<TradeID>, at: Instant) -> Int64 {
        return broker.orders.reduce(abs(broker.foreign[order.symbol] ?? 0)) { sum, other in
            let row = store.row(OrderRecord.self, other.request.tag)
            // Restored rows show it unsent, or it is this very tag, sent anew.
            let isLost = forgotten.contains(other.request.tag) && (row?.sentAt == nil || other.request.tag == order.tag)
            guard other.request.contract.symbol == order.symbol,
                isLost || row?.intent != order.intent || row?.positionPlan != order.positionPlan
            else { return sum }
            return other.fills.reduce(sum) { $1.at <= at && !known.contains($1.id) ? $0 + $1.quantity.count : $0 }
        }
    }
}
