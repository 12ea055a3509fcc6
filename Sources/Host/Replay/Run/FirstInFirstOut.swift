import MunimKit

/// Matches closed lots with the oldest open lots of the same instrument, as chart platforms and brokers report trades.
///
/// Lots of different point values are different goods and are matched apart. The sum over all trades equals the sum over all positions, whichever
/// lots were matched, because each price enters with the same lots.
struct FirstInFirstOut: Sendable {
    private struct Goods: Hashable {
        let instrument: InstrumentName
        let pointValue: PointValue
    }

    private struct OpenLots {
        let opening: Execution
        var lots: Int64
    }

    private let rate: Ratio
    private var queues: [Goods: [OpenLots]] = [:]
    private var heads: [Goods: Int] = [:]
    /// Trades that ended, in order of their end.
    private(set) var trades: [ReplayTrade] = []

    /// A matching that charges `rate` per side.
    init(rate: Ratio) { self.rate = rate }

    /// Takes an execution; they must come in order of time.
    mutating func take(_ execution: Execution) {
        let goods = Goods(instrument: execution.instrument, pointValue: execution.pointValue)
        switch execution.action {
        case .open: queues[goods, default: []].append(OpenLots(opening: execution, lots: execution.lots))
        case .close: close(execution, goods)
        }
    }

    private mutating func close(_ closing: Execution, _ goods: Goods) {
        var rest = closing.lots
        var head = heads[goods] ?? 0
        let count = queues[goods]?.count ?? 0
        while rest > 0, head < count, let open = queues[goods]?[head] {
            let lots = min(rest, open.lots)
            trades.append(trade(open.opening, lots: lots, closing))
            rest -= lots
            queues[goods]?[head].lots -= lots
            if open.lots == lots { head += 1 }
        }
        if head > 64, head * 2 > count {
            queues[goods]?.removeFirst(head)
            head = 0
        }
        heads[goods] = head
    }

    private func trade(_ opening: Execution, lots: Int64, _ closing: Execution) -> ReplayTrade {
        ReplayTrade(
            instrument: opening.instrument, layer: opening.layer, entryAt: opening.at, entryPrice: opening.price, exitAt: closing.at,
            exitPrice: closing.price, reason: closing.reason, lots: lots, pointValue: opening.pointValue, rate: rate, isOpen: false)
    }

    /// What is still open, valued at these prices; instruments without a price are valued at their entry.
    func open(at marks: [InstrumentName: EndMark]) -> [ReplayTrade] {
        let all = queues.flatMap { goods, queue in queue.dropFirst(heads[goods] ?? 0) }.filter { $0.lots > 0 }
        let ordered = all.sorted {
            ($0.opening.at, $0.opening.instrument, $0.opening.layer) < ($1.opening.at, $1.opening.instrument, $1.opening.layer)
        }
        return ordered.map { open in
            let opening = open.opening
            let mark = marks[opening.instrument] ?? EndMark(at: opening.at, price: opening.price)
            return ReplayTrade(
                instrument: opening.instrument, layer: opening.layer, entryAt: opening.at, entryPrice: opening.price, exitAt: mark.at,
                exitPrice: mark.price, reason: "Open", lots: open.lots, pointValue: opening.pointValue, rate: rate, isOpen: true)
        }
    }
}
