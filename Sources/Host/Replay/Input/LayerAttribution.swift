import MunimKit

/// Which layers each exit order of an export closed.
///
/// A chart closes whole layers, but its platform matches the lots of the closing order with the oldest open lots, so that the rows show other
/// entries than those that were closed. The layers are found again from the lots: those open at the time whose lots add up to the order's.
/// Between flat and flat every order must be explained at once; where that is impossible, each layer closes with the last exit of its rows.
struct LayerAttribution: Sendable {
    /// A layer and how it was closed.
    struct Closing: Equatable, Sendable {
        /// Index into the entries.
        let entry: Int
        let time: Instant
        let price: Price
        let reason: String
        let line: Int
    }

    /// In order of time, lower layer first.
    private(set) var closings: [Closing] = []
    /// Sentences on stretches that no choice of layers explains.
    private(set) var notes: [String] = []

    /// Sets of layers that are looked at in one stretch before it counts as unexplained.
    private static let mostSets = 2_000_000
    /// Layers that may be open at once; more are not searched.
    private static let mostLayers = 16

    init(_ orders: ExportOrders) {
        for stretch in Self.stretches(orders) {
            guard let chosen = Self.explain(stretch, orders) else {
                fallBack(stretch, orders)
                continue
            }
            for (exit, layers) in zip(stretch.exits, chosen) {
                let order = orders.exits[exit]
                closings += layers.map { Closing(entry: $0, time: order.time, price: order.price, reason: order.reason, line: order.line) }
            }
        }
        closings.sort { ($0.time, orders.entries[$0.entry].layer, $0.entry) < ($1.time, orders.entries[$1.entry].layer, $1.entry) }
    }

    /// Orders from one moment without lots to the next.
    private struct Stretch {
        var entries: [Int] = []
        var exits: [Int] = []
    }

    private static func stretches(_ orders: ExportOrders) -> [Stretch] {
        var stretches: [Stretch] = []
        var current = Stretch()
        var lots: Int64 = 0
        var exit = 0
        var entry = 0
        while entry < orders.entries.count || exit < orders.exits.count {
            // An exit comes before an entry of the same time, unless nothing is open that it could close.
            let takesExit =
                exit < orders.exits.count
                && (entry == orders.entries.count || orders.exits[exit].time < orders.entries[entry].time
                    || orders.exits[exit].time == orders.entries[entry].time && lots >= orders.exits[exit].lots)
            if takesExit {
                current.exits.append(exit)
                lots -= orders.exits[exit].lots
                exit += 1
            } else {
                current.entries.append(entry)
                lots += orders.entries[entry].lots
                entry += 1
            }
            guard lots == 0 else { continue }
            stretches.append(current)
            current = Stretch()
        }
        return current.entries.isEmpty && current.exits.isEmpty ? stretches : stretches + [current]
    }

    /// The layers of each exit of a stretch, or nil when no choice explains all of them.
    private static func explain(_ stretch: Stretch, _ orders: ExportOrders) -> [[Int]]? {
        var chosen: [[Int]] = []
        var candidates: [[[Int]]] = []
        var closed: Set<Int> = []
        var sets = 0
        while chosen.count < stretch.exits.count {
            if candidates.count == chosen.count {
                guard let choices = choices(for: orders.exits[stretch.exits[chosen.count]], stretch, orders, closed, &sets) else {
                    return nil
                }
                candidates.append(choices.reversed())
            }
            if let choice = candidates[chosen.count].popLast() {
                chosen.append(choice)
                closed.formUnion(choice)
            } else {
                candidates.removeLast()
                guard let last = chosen.popLast() else { return nil }
                closed.subtract(last)
            }
        }
        return chosen
    }

    /// Sets of open layers whose lots are the exit's: first layers from before the exit's bar, then those that split it as its rows do, then few, then high ones.
    /// nil when there are too many sets.
    private static func choices(
        for exit: ExportExit, _ stretch: Stretch, _ orders: ExportOrders, _ closed: Set<Int>, _ sets: inout Int
    ) -> [[Int]]? {
        let open = stretch.entries.filter { index in
            let entry = orders.entries[index]
            return entry.time <= exit.time && !closed.contains(index) && (exit.layer ?? entry.layer) == entry.layer
        }
        .sorted { (orders.entries[$0].layer, $0) > (orders.entries[$1].layer, $1) }
        guard open.count <= mostLayers else { return nil }
        // Going through a long stretch is work as well.
        sets += (1 << open.count) + stretch.entries.count / 16
        guard sets <= mostSets else { return nil }
        let lots = open.map { orders.entries[$0].lots }
        var found: [(rank: [Int], layers: [Int])] = []
        for mask in 1..<max(1, 1 << open.count) {
            var sum: Int64 = 0
            for index in lots.indices where mask & (1 << index) != 0 { sum += lots[index] }
            guard sum == exit.lots else { continue }
            let layers = open.indices.filter { mask & (1 << $0) != 0 }.map { open[$0] }
            let fresh = layers.count { orders.entries[$0].time == exit.time }
            let isSplitAlike = exit.isSplit(as: layers.reversed().map { orders.entries[$0].lots })
            found.append(([fresh, isSplitAlike ? 0 : 1, layers.count, mask], layers))
        }
        // Bit 0 is the highest layer, so that a smaller mask means higher layers.
        return found.sorted { $0.rank.lexicographicallyPrecedes($1.rank) }.map(\.layers)
    }

    /// The domain's rule for what cannot be explained: a layer closes whole with the last exit of its rows, and not at all while lots are open.
    private mutating func fallBack(_ stretch: Stretch, _ orders: ExportOrders) {
        var first: Instant?
        for entry in stretch.entries {
            let order = orders.entries[entry]
            first = first ?? order.time
            guard !order.hasOpenLots, let exit = order.lastExit else { continue }
            closings.append(
                Closing(entry: entry, time: exit.time, price: exit.price, reason: SignalLabel(exit.label).text, line: exit.line))
        }
        let count = stretch.exits.count
        notes.append(
            "From \(first.map { "\(TradingDay(of: $0))" } ?? "the start") on no choice of layers explains the \(count) exit orders of \(stretch.entries.count) "
                + "entries; each layer closes with the last exit of its rows.")
    }
}
