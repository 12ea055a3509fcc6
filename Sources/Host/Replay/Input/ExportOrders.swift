import MunimKit

/// An order that opened lots: the trades of an export with one entry time, label and price.
struct ExportEntry: Equatable, Sendable {
    let time: Instant
    let price: Price
    let label: SignalLabel
    let labelText: String
    /// The first line that shows it.
    let line: Int
    /// Lots of all its trades together.
    var lots: Int64 = 0
    /// Whether a part of it was open when the list was exported.
    var hasOpenLots = false
    /// The last exit among its trades.
    var lastExit: ExportSide?

    var layer: Layer { label.layer }
}

/// An order that closed lots: the trades of an export with one exit time, label and price.
struct ExportExit: Equatable, Sendable {
    let time: Instant
    let price: Price
    let reason: String
    /// The layer that the label names, if it does.
    let layer: Layer?
    /// The first line that shows it.
    let line: Int
    var lots: Int64 = 0
    /// Its trades in the order of the file, which is the order of matching.
    var rows: [Row] = []

    /// Lots of one entry that it closed.
    struct Row: Equatable, Sendable {
        let entryLine: Int
        let lots: Int64
    }

    /// Whether layers of these lots, closed one after the other, split the order as the rows are split.
    ///
    /// A row ends where an entry or a layer ends; between two rows of one entry only a layer can end.
    func isSplit(as layers: [Int64]) -> Bool {
        var rowEnds: Set<Int64> = []
        var layerEnds: Set<Int64> = []
        var sum: Int64 = 0
        for lots in layers {
            sum += lots
            layerEnds.insert(sum)
        }
        sum = 0
        for (index, row) in rows.enumerated() {
            sum += row.lots
            rowEnds.insert(sum)
            let isWithinEntry = index + 1 < rows.count && rows[index + 1].entryLine == row.entryLine
            if isWithinEntry, !layerEnds.contains(sum) { return false }
        }
        return layerEnds.isSubset(of: rowEnds)
    }
}

/// The orders behind the trades of an export, each in order of time.
///
/// The chart's platform matches lots first in, first out, so that one order can be spread over many rows, and a row over no order of its own.
struct ExportOrders: Sendable {
    private(set) var entries: [ExportEntry] = []
    private(set) var exits: [ExportExit] = []

    init(_ trades: [ExportTrade]) {
        var entryIndex: [OrderKey: Int] = [:]
        var exitIndex: [OrderKey: Int] = [:]
        for trade in trades {
            let entry = index(of: trade.entry, &entryIndex)
            entries[entry].lots += trade.lots
            if trade.isOpen {
                entries[entry].hasOpenLots = true
                continue
            }
            if entries[entry].lastExit.map({ $0.time < trade.exit.time }) ?? true { entries[entry].lastExit = trade.exit }
            let exit = indexOfExit(trade.exit, &exitIndex)
            exits[exit].lots += trade.lots
            exits[exit].rows.append(ExportExit.Row(entryLine: entries[entry].line, lots: trade.lots))
        }
        entries.sort { ($0.time, $0.layer, $0.line) < ($1.time, $1.layer, $1.line) }
        exits.sort { ($0.time, $0.line) < ($1.time, $1.line) }
    }

    private mutating func index(of side: ExportSide, _ known: inout [OrderKey: Int]) -> Int {
        let key = OrderKey(side)
        if let index = known[key] { return index }
        entries.append(
            ExportEntry(time: side.time, price: side.price, label: SignalLabel(side.label), labelText: side.label, line: side.line))
        known[key] = entries.count - 1
        return entries.count - 1
    }

    private mutating func indexOfExit(_ side: ExportSide, _ known: inout [OrderKey: Int]) -> Int {
        let key = OrderKey(side)
        if let index = known[key] { return index }
        let label = SignalLabel(side.label)
        exits.append(ExportExit(time: side.time, price: side.price, reason: label.text, layer: label.namedLayer, line: side.line))
        known[key] = exits.count - 1
        return exits.count - 1
    }
}

/// What tells one order from another.
private struct OrderKey: Hashable {
    let time: Instant
    let price: Price
    let label: String

    init(_ side: ExportSide) {
        time = side.time
        price = side.price
        label = side.label
    }
}
