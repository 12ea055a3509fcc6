/// Everything of one instrument that decisions look at.
struct Scope: Sendable {
    let traded: TradedInstrument
    var record: Tracked<ScopeRecord>
    var stack: Tracked<PyramidingRecord>
    /// Live positions, lowest layer first.
    var positions: [Tracked<PositionRecord>] = []
    /// Intents that are not over, oldest first.
    var intents: [Intent] = []
    /// Signals without a verdict, oldest first.
    var signals: [Tracked<SignalRecord>] = []
    /// The price that was heard last before each waiting entry; only looked up, never walked.
    var pricesBefore: [Fingerprint: Price] = [:]
    /// Signals that an earlier process left undecided, until they are decided.
    var leftBehind: Set<Fingerprint> = []
    /// Exits that wait because they ended too many processes, of which people were told.
    var postponed: Set<Fingerprint> = []
    /// What a survey is out for.
    var surveying: Subject?
    /// What the market said for an entry that goes on record before it is decided.
    var heldSurvey: Survey?
    /// Entries of the last minute, to recognise an alert that was sent twice.
    var recentEntries: [RecentEntry] = []
    /// Orders of the day that ended without being filled: fills that still come are taken back.
    var watchedOrders: [WatchedOrder] = []
    /// What the account's exposure counts for this scope.
    var openExposure = ExposureSum()
    /// What the account's reservations count for this scope.
    var inFlightExposure = ExposureSum()
    /// Positions still to be held against the rollover rule.
    var rollQueue: [PositionID] = []
    /// Whether people were told that an exit waits for the open.
    var hasAlertedWaiting = false
    /// Since when an exit waits for the broker's positions; nil while none does.
    var awaitsReadingSince: Instant?
    /// Whether people were told that an exit waits for the broker's positions.
    var hasAlertedUnread = false
    /// The alarm for the next open that is out, so that only one is.
    var openAlarm: Instant?
    /// The alarm for an exit that the day's rate keeps back, so that only one is out.
    var rateAlarm: Instant?
    /// Whether deciding waits until the attempt to decide is on record (I29).
    var isHeld = false
    /// When an order of ours last changed what the broker holds; readings that began before cannot be compared.
    var lastTradeAt: Instant?

    init(traded: TradedInstrument, at: Instant) {
        self.traded = traded
        record = Tracked(new: ScopeRecord(instrument: traded.name), isDirty: false)
        stack = Tracked(new: PyramidingRecord(instrument: traded.name, at: at), isDirty: false)
    }

    var name: InstrumentName { traded.name }

    /// The intent that is being carried out: exits first, else the oldest.
    var activeIndex: Int? {
        var best: (index: Int, rank: Int)?
        for index in intents.indices where intents[index].isUnderWay {
            let rank = (intents[index].hasStarted ? 2 : 0) + (intents[index].record.kind.mayOpen ? 0 : 1)
            if best.map({ rank > $0.rank }) ?? true { best = (index, rank) }
        }
        return best?.index
    }

    /// I14 and I17, where they are cheap.
    func checkInvariants() {
        var previous: Layer?
        for position in positions where position.record.status.isLive {
            precondition(previous != position.record.layer, "I17: two live positions in slot \(name) \(position.record.layer)")
            precondition(
                position.record.quantity.count == position.record.lots.count * position.record.unitsPerLot.count,
                "I14: position \(position.record.id) is not whole lots")
            previous = position.record.layer
        }
    }

    /// Where a live position is; one that was closed in this transition is written with it and no longer found.
    func positionIndex(_ id: PositionID) -> Int? { positions.firstIndex { $0.record.id == id && $0.record.status.isLive } }

    /// The oldest bar that stops were not held against yet.
    var nextBar: SignalRecord? { signals.first { $0.status == .accepted && $0.signal.content.kind == .marketData }?.record }

    /// Changes an intent, which is taken out meanwhile: `change` sees the scope with all others.
    mutating func changeIntent<Result>(at index: Int, _ change: (inout Scope, inout Intent) -> Result) -> Result {
        var intent = intents.remove(at: index)
        let result = change(&self, &intent)
        intents.insert(intent, at: index)
        return result
    }

    func isQuarantined(_ layer: Layer) -> Bool {
        intents.contains { intent in
            intent.record.state == .quarantined && intent.record.plan.content.positionPlans.contains { $0.layer == layer }
        }
    }

    mutating func flush(into transaction: inout Transaction) {
        // Lock order of the schema: scope, position, intent, order.
        record.flush(into: &transaction)
        for index in signals.indices { signals[index].flush(into: &transaction) }
        for index in positions.indices { positions[index].flush(into: &transaction) }
        stack.flush(into: &transaction)
        for index in intents.indices { intents[index].flush(into: &transaction) }
        signals.removeAll { $0.status.isVerdict }
        positions.removeAll { !$0.status.isLive }
        intents.removeAll { !$0.record.state.isOpen }
    }
}

/// An entry that was decided on, remembered for a minute.
struct RecentEntry: Sendable {
    let fingerprint: Fingerprint
    /// The layer, as the signal's row names it.
    let position: String
    let timestamp: Instant
}

/// An order that ended unfilled, with the trades that were posted for it.
struct WatchedOrder: Sendable {
    let order: OrderRecord
    let posted: [PostedTrade]
    /// When its late order was last asked to end.
    var cancelledAt: Instant?
    /// Whether an earlier process took its late order back.
    var hasComeLate = false
}

/// What was posted of a trade.
struct PostedTrade: Hashable, Sendable {
    let id: TradeID
    let quantity: Quantity
    let price: Price

    /// What is posted of a fill.
    init(_ fill: Fill) { (id, quantity, price) = (fill.id, fill.quantity, fill.price) }
    /// What a row says.
    init(_ row: TradeRecord) { (id, quantity, price) = (row.id, row.quantity, row.price) }
}

/// An intent with its orders and their trades.
struct Intent: Sendable {
    var record: Tracked<IntentRecord>
    var orders: [Tracked<OrderRecord>] = []
    /// Trades already posted, so that a repeated report posts nothing.
    var postedTrades: [PostedTrade] = []
    /// Trades of which people were told that the broker has changed them.
    var toldChanged: Set<TradeID> = []
    /// When working orders were last asked to end because an exit outranks them.
    var lastCancelAt: Instant?
    /// When working orders that rested too long were last asked to end.
    var lastRestCancelAt: Instant?
    /// Since when the account holds nothing of what a position plan is to close.
    var missingSince: [Int: Instant] = [:]
    /// When the next attempt of a position plan may be made.
    var notBefore: [Int: Instant] = [:]
    /// Position plans with unequal legs that are looked at again soon, and those of which people were told.
    var watchedBroken: Set<Int> = []
    var alertedBroken: Set<Int> = []
    /// Whether people were told that its legs are unequal for too long.
    var hasAlertedOverdue = false

    init(record: Tracked<IntentRecord>) { self.record = record }

    var id: IntentID { record.id }

    /// Whether its orders are being carried out.
    var isUnderWay: Bool { record.state == .active || record.state == .flat }

    /// Whether what comes for an order of it still counts for it; for a position plan that is booked it is late.
    func executes(_ order: OrderRecord) -> Bool {
        let positionPlans = record.plan.content.positionPlans
        return isUnderWay
            && !(order.isDoubtful && positionPlans.indices.contains(order.positionPlan) && positionPlans[order.positionPlan].isSettled)
    }

    /// Whether an order may have left for it.
    var hasStarted: Bool { orders.contains { $0.state != .planned && $0.state != .dropped } }

    /// Whether nothing has left for one of its position plans.
    func hasOnlyPlanned(positionPlan: Int) -> Bool {
        orders.allSatisfy { $0.positionPlan != positionPlan || $0.state == .planned || $0.state == .dropped }
    }

    /// Whether it is a roll of which nothing has left.
    var isRollToCome: Bool { record.kind == .roll && isUnderWay && !hasStarted }

    /// Positions of the orders of one leg in `orders`.
    func orderIndices(positionPlan: Int, leg: Int) -> [Int] {
        orders.indices.filter { orders[$0].positionPlan == positionPlan && orders[$0].leg == leg }
    }

    /// Units filled for one leg, all attempts together.
    func filled(positionPlan: Int, leg: Int) -> Int64 {
        orders.reduce(0) { $1.positionPlan == positionPlan && $1.leg == leg ? $0 &+ $1.filled.count : $0 }
    }

    /// Σ price × units of the fills of one leg, in ten-thousandths.
    func filledValue(positionPlan: Int, leg: Int) -> Int64 {
        orders.reduce(0) { $1.positionPlan == positionPlan && $1.leg == leg ? $0 &+ $1.filledValue : $0 }
    }

    mutating func flush(into transaction: inout Transaction) {
        record.flush(into: &transaction)
        for index in orders.indices { orders[index].flush(into: &transaction) }
    }
}
