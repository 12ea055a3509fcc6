public import MunimKit

extension Oracle {
    /// What must hold once everything has come to rest: equal books, one verdict each, nothing half done.
    public static func atRest(_ store: ModelStore, _ broker: ModelBroker, at: Instant) -> [String] {
        var breaches: [String] = []
        var ours: [String: Int64] = broker.foreign
        for position in store.all(PositionRecord.self) where position.status.isLive {
            for leg in position.structure.content.legs {
                ours[leg.contract.symbol, default: 0] += leg.openingSide == .buy ? position.quantity.count : 0 - position.quantity.count
            }
        }
        ours = ours.filter { $0.value != 0 }
        let theirs = broker.net(at: at)
        if ours != theirs {
            breaches.append("I12/I13: we hold \(ours.sorted { $0.key < $1.key }), the broker \(theirs.sorted { $0.key < $1.key })")
        }
        for signal in store.all(SignalRecord.self) where !signal.status.isVerdict {
            breaches.append("I2: signal \(signal.fingerprint) \(signal.signalType) is \(signal.status.rawValue)")
        }
        for intent in store.all(IntentRecord.self) where intent.state == .active || intent.state == .flat {
            breaches.append("I2: intent \(intent.id) is \(intent.state.rawValue)")
        }
        let trades = store.all(TradeRecord.self)
        let real = broker.orders.filter { $0.request.tag.isOurs }.flatMap(\.fills).filter { $0.at <= at }
        if Set(trades.map(\.id)) != Set(real.map(\.id)) { breaches.append("I15: \(trades.count) trades posted, \(real.count) happened") }
        return breaches
    }
}
