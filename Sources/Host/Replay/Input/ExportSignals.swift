import MunimKit

/// Makes signals of the orders behind an export.
struct ExportSignals {
    let export: TradingViewExport
    let instrument: InstrumentName
    let model: IndicatorModel

    private var orders: ExportOrders
    private var attribution: LayerAttribution
    private var isSynthetic = false

    init(_ export: TradingViewExport, instrument: InstrumentName, model: IndicatorModel) {
        self.export = export
        self.instrument = instrument
        self.model = model
        orders = ExportOrders(export.trades)
        attribution = LayerAttribution(orders)
    }

    /// The input of a run.
    mutating func input() -> ReplayInput {
        let entries = orders.entries.indices.map { entrySignal(orders.entries[$0]) }
        let exits = attribution.closings.map { exitSignal($0) }
        let open = export.trades.last(where: \.isOpen)
        var input = ReplayInput(
            file: export.file, kind: "trade list", signals: Self.spread(entries + exits), hasSyntheticIndicators: isSynthetic)
        if let open { input.marks[instrument] = EndMark(at: open.exit.time, price: open.exit.price) }
        input.notes = notes
        return input
    }

    private var notes: [String] {
        let differing = orders.entries.filter { entry in entry.label.lots.map { $0 != entry.lots } ?? false }
        let lots = differing.first.map { entry in
            "\(differing.count) entries have other lots than their label says, the first in line \(entry.line): \(entry.lots) against \(Excerpt.quoted(entry.labelText))."
        }
        return attribution.notes + [lots].compactMap { $0 }
    }

    private mutating func entrySignal(_ entry: ExportEntry) -> ReplaySignal {
        let label = entry.label
        isSynthetic = isSynthetic || label.averageTrueRange == nil || label.stop == nil
        let given = label.averageTrueRange.flatMap { $0 > .zero ? $0 : nil }
        let atr = given ?? model.averageTrueRange(at: entry.price)
        let stop = label.stop.flatMap { $0 > .zero && $0 < entry.price ? $0 : nil } ?? model.stop(below: entry.price, averageTrueRange: atr)
        let ratio = label.efficiencyRatio.flatMap { (Ratio.zero...Ratio.one).contains($0) ? $0 : nil } ?? model.efficiencyRatio
        let signal = Signal(
            kind: entry.layer.isBase ? .baseEntry : .pyramid, instrument: instrument, target: .layer(entry.layer), price: entry.price,
            stop: stop,
            lots: Lots(entry.lots), atr: atr, efficiencyRatio: ratio,
            supertrend: label.supertrend.flatMap { $0 > .zero ? $0 : nil } ?? stop,
            timestamp: entry.time)
        return ReplaySignal(at: entry.time, signal: signal, digest: "\(export.file):\(entry.line)", line: entry.line)
    }

    private func exitSignal(_ closing: LayerAttribution.Closing) -> ReplaySignal {
        let entry = orders.entries[closing.entry]
        let signal = Signal(
            kind: .exit, instrument: instrument, target: .layer(entry.layer), price: closing.price,
            atr: model.averageTrueRange(at: closing.price), efficiencyRatio: model.efficiencyRatio, timestamp: closing.time,
            reason: closing.reason.isEmpty ? "exit" : closing.reason)
        return ReplaySignal(
            at: closing.time, signal: signal, digest: "\(export.file):\(closing.line):\(entry.layer)",
            rank: entry.time == closing.time ? .lateExit : .exit, line: closing.line)
    }

    /// Puts a microsecond between signals of one bar, so that an entry is newer than the exit it follows; fingerprints count whole seconds.
    private static func spread(_ signals: [ReplaySignal]) -> [ReplaySignal] {
        var ordered = ReplaySignal.merged([signals])
        var count: Int64 = 0
        for index in ordered.indices {
            count = index > 0 && ordered[index - 1].at == ordered[index].at ? count + 1 : 0
            ordered[index].signal.timestamp = ordered[index].at + Span(microseconds: count)
        }
        return ordered
    }
}
