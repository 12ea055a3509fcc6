import MunimKit

/// A second operator: somebody who trades at the broker, or puts old rows back, past the host.
extension Simulation {
    /// A moment to which the rows may be put back, with everything that a judge knows of them.
    struct Past {
        let store: ModelStore
        let oracle: Oracle
        let trail: Int
    }

    // MARK: - At the broker

    /// Closes by hand one position, one leg or everything; now and then while nobody is there to see it.
    func squareOff() {
        let held = broker.net(at: now).sorted { $0.key < $1.key }
        guard !held.isEmpty else { return }
        let before = broker.strangeTrades.count
        if trials.happens(300) { leaveAlone(for: trials.span(1_000, 40_000)) }
        let live = store.matching(Query<PositionRecord>(.equal("status", PositionStatus.open), order: [.ascending("position")]))
        switch trials.below(4) {
        case 0: for (symbol, units) in held { broker.trade(0 - units, of: symbol, at: now) }
        case 1:
            let (symbol, units) = trials.pick(held)
            broker.trade(0 - units, of: symbol, at: now)
        default:
            guard !live.isEmpty else { return }
            square(trials.pick(live))
        }
        tellStrangers(since: before)
        say("somebody squared off: \(broker.strangeTrades.suffix(4).map { "\($0.units) \($0.symbol)" }.joined(separator: ", "))")
    }

    /// Whether somebody closes at the broker what an exit is about, while the host is down and comes back just when the exit is sent again.
    func isSquaredOff(before message: Message) -> Bool {
        guard mix.has(.squaredOff), message.record.signal.content.kind == .exit, message.attempt == 1, isSafe, trials.happens(100),
            isOnTape(.squaredOff)
        else { return false }
        note(.squaredOff)
        leaveAlone(for: trials.span(4_500, 5_000))
        let live = PositionStatus.allCases.filter(\.isLive)
        for position in store.matching(Query<PositionRecord>(.isIn("status", live), order: [.ascending("position")])) {
            if position.instrument == message.record.instrument { square(position) }
        }
        return true
    }

    private func square(_ position: PositionRecord) {
        for leg in position.structure.content.legs {
            let units = leg.openingSide == .buy ? 0 - position.quantity.count : position.quantity.count
            broker.trade(units, of: leg.contract.symbol, at: now)
        }
    }

    /// All processes end and are away for a while.
    private func leaveAlone(for away: Span) {
        for index in processes.indices where processes[index].isUp {
            kill(index)
            add(.start(index), after: away + .milliseconds(20 * Int64(index)))
        }
    }

    /// Buys or sells a lot of what the host trades, whether it holds it or not.
    func tradeBeside() {
        let traded = Set(store.all(OrderRecord.self).map(\.symbol)).sorted()
        guard !traded.isEmpty else { return }
        broker.trade(trials.happens(500) ? 30 : -30, of: trials.pick(traded), at: now)
        tellStrangers(since: broker.strangeTrades.count - 1)
    }

    /// Half of the time the broker reports a trade that is not ours.
    private func tellStrangers(since count: Int) {
        for trade in broker.strangeTrades[count...] where trials.happens(500) {
            let quantity = Quantity(abs(trade.units))
            let report = OrderReport(
                orderID: BrokerOrderID("S\(broker.strangeTrades.count)"), tag: nil, symbol: trade.symbol,
                side: trade.units > 0 ? .buy : .sell,
                quantity: quantity, state: .filled,
                fills: [Fill(id: TradeID("S\(broker.strangeTrades.count)-0"), quantity: quantity, price: Price(whole: 100), at: now)],
                updatedAt: now)
            schedule.add(.stranger(report), at: now + trials.span(1, 3_000))
        }
    }

    /// A report that is not about an order of ours reaches whoever decides.
    func push(_ report: OrderReport) {
        guard let index = processes.indices.first(where: { processes[$0].decides }), !isLoggedOut, !isCutFromBroker(index) else {
            return
        }
        hand(.input(.event(.reported(report))), to: index, life: processes[index].life, generation: processes[index].generation)
    }

    // MARK: - In the database

    /// Keeps the rows of now, to be put back later; the first are those of the beginning.
    func rememberPast() {
        guard mix.rate(.rowsRestored) > 0, isSafe, past == nil || trials.happens(100) else { return }
        past = Past(store: store, oracle: oracle, trail: trail.count)
    }

    /// Stops everybody, puts old rows back and starts anew.
    func restoreRows() {
        guard let past else { return }
        for index in processes.indices where processes[index].isUp { kill(index) }
        let before = store.all(OrderRecord.self)
        store = past.store
        // A replica follows the rows that are there now.
        replica = nil
        // What these rows do not know ended nobody, by all that anybody can know.
        for signal in poisons.keys { poisons[signal] = 0 }
        databaseNumber += 1
        trail.removeLast(trail.count - past.trail)
        for order in before where store.row(OrderRecord.self, order.tag) == nil { lost[order.tag] = order.instrument }
        let planned = store.matching(Query<OrderRecord>(.equal("state", OrderState.planned))).map(\.tag)
        suspects.formUnion(planned.filter { oracle.sent[$0] != nil })
        disown()
        oracle.rollBack(to: past.oracle)
        oracle.isReadableSince = now
        restoredAt = now
        mark(.c42)
        say("the rows of earlier were put back: \(lost.count) orders are lost")
        for index in processes.indices { add(.start(index), after: trials.span(200, 5_000)) }
    }

    /// What the rows have lost is nobody's, and so is an order that they show unsent, unless whoever decides has found it at the broker.
    func disown() {
        guard restoredAt != nil || !lost.isEmpty || !suspects.isEmpty else { return }
        let unsent = suspects.filter { tag in
            guard let row = store.row(OrderRecord.self, tag) else { return true }
            return row.filled == .zero && (row.state == .planned || row.state == .dropped || row.state == .notSent)
        }
        broker.disowned = unsent.union(lost.keys)
    }

    /// Whether a question reaches the database that is there now.
    func reaches(_ call: DatabaseCall) -> Bool {
        guard call.database == databaseNumber else { return false }
        // A file on the machine of its process: what the dead asked for is not done.
        return !isAlone || (processes[call.process].isUp && processes[call.process].life == call.life)
    }
}
