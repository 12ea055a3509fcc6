import MunimKit

/// A "list of trades" that a chart exported: what its own simulation bought and sold.
struct TradingViewExport: Sendable {
    /// The file as it was named.
    let file: String
    /// The currency of the amounts, as the header names it, such as `INR`.
    let currency: String
    /// All trades in the order of the file.
    let trades: [ExportTrade]

    /// Reads an export, or throws every mistake with its line.
    static func read(_ bytes: [UInt8], file: String) throws(InputFaults) -> TradingViewExport {
        let rows = try DelimitedText.rows(bytes, file: file)
        guard let header = rows.first else {
            throw InputFaults(InputFault(file: file, line: 0, message: "found no line, expected the header of a list of trades"))
        }
        let columns = try ExportColumns(header, file: file)
        var faults = InputFaults()
        var sides: [ExportSide] = []
        for row in rows.dropFirst() {
            do throws(InputFault) { sides.append(try columns.side(row, file: file)) } catch { faults.add(error) }
        }
        try faults.check()
        return TradingViewExport(file: file, currency: columns.currency, trades: try pair(sides, file: file))
    }

    /// Whether the first line could be the header of such a list.
    static func recognizes(_ bytes: [UInt8]) -> Bool {
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        return String(decoding: line, as: UTF8.self).contains("Trade #")
    }

    /// Puts the two rows of each trade together, in whichever order they come.
    private static func pair(_ sides: [ExportSide], file: String) throws(InputFaults) -> [ExportTrade] {
        var faults = InputFaults()
        var order: [Int] = []
        var entries: [Int: ExportSide] = [:]
        var exits: [Int: ExportSide] = [:]
        for side in sides {
            let other = side.isEntry ? entries[side.trade] : exits[side.trade]
            if let other {
                let name = side.isEntry ? "entry" : "exit"
                faults.add(side.fault("found a second \(name) row of trade \(side.trade), the first is in line \(other.line)", file))
                continue
            }
            if entries[side.trade] == nil, exits[side.trade] == nil { order.append(side.trade) }
            if side.isEntry { entries[side.trade] = side } else { exits[side.trade] = side }
        }
        var trades: [ExportTrade] = []
        for number in order {
            guard let entry = entries[number], let exit = exits[number] else {
                let (present, missing) = entries[number] == nil ? ("exit", "entry") : ("entry", "exit")
                let side = entries[number] ?? exits[number]
                faults.add(
                    InputFault(
                        file: file, line: side?.line ?? 0, message: "trade \(number) has an \(present) row only, expected an \(missing) row"
                    ))
                continue
            }
            do throws(InputFault) { trades.append(try ExportTrade(entry, exit, file: file)) } catch { faults.add(error) }
        }
        try faults.check()
        return trades
    }
}

/// One row of an export: the entry or the exit of a trade.
struct ExportSide: Equatable, Sendable {
    let line: Int
    let trade: Int
    let isEntry: Bool
    let time: Instant
    let label: String
    let price: Price
    let lots: Int64
    /// The trade's profit as the export rounds it.
    let profit: Money

    func fault(_ message: String, _ file: String) -> InputFault { InputFault(file: file, line: line, message: message) }
}

/// A trade of an export: lots that one order opened and one order closed.
struct ExportTrade: Equatable, Sendable {
    /// The export's number.
    let number: Int
    let entry: ExportSide
    let exit: ExportSide

    /// How many lots.
    var lots: Int64 { entry.lots }
    /// Whether it was open when the list was exported; its exit is the last close then.
    var isOpen: Bool { exit.label == "Open" || exit.label.isEmpty }
    /// The profit as the export rounds it.
    var profit: Money { exit.profit }

    init(_ entry: ExportSide, _ exit: ExportSide, file: String) throws(InputFault) {
        guard entry.lots == exit.lots else {
            throw exit.fault("found \(exit.lots) lots, expected the \(entry.lots) of the entry row in line \(entry.line)", file)
        }
        guard entry.time <= exit.time else {
            throw exit.fault("found an exit before the entry in line \(entry.line), expected one at or after it", file)
        }
        number = entry.trade
        self.entry = entry
        self.exit = exit
    }
}
