import MunimKit

@testable import munim

/// Any bytes are either a list of trades, which written anew is read as the same, or refused with places; its signals keep their promises.
enum TradeListProperties {
    private static let file = "list.csv"

    @Sendable static func check(_ bytes: [UInt8]) throws {
        let export: TradingViewExport
        do throws(InputFaults) { export = try TradingViewExport.read(bytes, file: file) } catch {
            return try FaultPlace.check(error, in: bytes, file: file)
        }
        for trade in export.trades { try check(trade) }
        try checkWrittenAnew(export)
        try checkSignals(export)
    }

    private static func check(_ trade: ExportTrade) throws {
        try expect(trade.entry.trade == trade.number && trade.exit.trade == trade.number, "rows of different trades are one")
        try expect(trade.entry.isEntry && !trade.exit.isEntry, "trade \(trade.number) has not one row of each side")
        try expect(trade.lots > 0 && trade.exit.lots == trade.lots, "trade \(trade.number) opens and closes different lots")
        try expect(trade.entry.time <= trade.exit.time, "trade \(trade.number) ends before it begins")
    }

    private static func checkWrittenAnew(_ export: TradingViewExport) throws {
        let currency = export.currency.isEmpty ? "" : " \(export.currency)"
        let header = "Trade #,Type,Date/Time,Signal,Price\(currency),Position size (qty),Net P&L\(currency)"
        let rows = export.trades.flatMap { [row($0.exit), row($0.entry)] }
        let again = try TradingViewExport.read(Array(([header] + rows).joined(separator: "\r\n").utf8), file: file)
        try expect(again.currency == export.currency, "another currency: \(again.currency)")
        try expect(again.trades.flatMap { [row($0.exit), row($0.entry)] } == rows, "other trades: \(rows)")
    }

    private static func row(_ side: ExportSide) -> String {
        // The exchange's clock, whose offset the format leaves out.
        let time = "\(side.time + .seconds(UTCOffset.exchange.seconds))".dropLast()
        return
            "\(side.trade),\(side.isEntry ? "Entry" : "Exit") long,\(time),\(DelimitedText.field(side.label)),\(side.price),\(side.lots),\(side.profit)"
    }

    private static func checkSignals(_ export: TradingViewExport) throws {
        let model = IndicatorModel(instrument: "GOLD_MINI", stopMultiple: Ratio(units: 1_500_000))
        var signals = ExportSignals(export, instrument: "GOLD_MINI", model: model)
        let input = signals.input()
        for signal in input.signals { try SignalPromises.check(signal.signal) }
        for (one, next) in zip(input.signals, input.signals.dropFirst()) {
            try expect(one.signal.timestamp < next.signal.timestamp, "two signals of one instrument have one time")
        }
        let entered = input.signals.filter(\.signal.kind.isEntry).reduce(0) { $0 + $1.signal.lots.count }
        try expect(entered == export.trades.reduce(0) { $0 + $1.lots }, "the signals enter \(entered) lots, the list others")
        for note in input.notes { try expectMessage(note) }
    }
}
