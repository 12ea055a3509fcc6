import MunimKit

/// What a person reads on a terminal after a run.
struct ReplaySummary {
    let report: ReplayReport
    let signals: Int
    let elapsed: Span

    /// Aligned lines.
    var text: String {
        let figures = report.figures
        let fall = figures.drawdown
        let rows: [(String, String)] = [
            ("instruments", report.instruments.map(\.name).joined(separator: ", ")),
            ("period", "\(ReportText.day(figures.start)) to \(ReportText.day(figures.end))"),
            (
                "signals",
                "\(ReportText.grouped("\(report.entries)")) entries and \(ReportText.grouped("\(report.exits)")) exits traded, of \(ReportText.grouped("\(signals)"))"
            ),
            ("net profit", "\(ReportText.exact(figures.net)) \(report.currency)"),
            ("  still open", figures.openTrades > 0 ? ReportText.exact(figures.open) : "nothing"),
            ("  charges", ReportText.exact(figures.charges)),
            ("trades", "\(figures.closedTrades + figures.openTrades), of them \(figures.openTrades) open"),
            ("win rate", "\(ReportText.percent(figures.winRate)), \(figures.winners) winners"),
            ("profit factor", ReportText.ratio(figures.profitFactor)),
            (
                "deepest fall",
                "\(ReportText.money(fall.amount)), \(ReportText.percent(fall.share)) of the peak at most, \(ReportText.days(fall.longest)) days at longest"
            ),
            ("growth per year", ReportText.percent(figures.annualGrowth)),
            ("time in market", ReportText.percent(figures.exposure)),
            ("sizing", report.facts.first { $0.name == "Sizing" }?.text ?? ""),
            ("gates off", report.facts.first { $0.name == "Gates off" }?.text ?? ""),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        let refused = report.verdicts.filter { $0.name != "executed" }.map { "  \(ReportText.grouped("\($0.count)")) × \($0.name)" }
        var lines = rows.map { name, value in name + String(repeating: " ", count: width + 2 - name.count) + value }
        if !refused.isEmpty { lines += ["not traded"] + refused }
        lines += report.notes.map { "note: \($0)" }
        let rate = SignalProgress.rate(signals, in: elapsed)
        lines.append(
            "\(ReportText.grouped("\(signals)")) signals in \(FixedPoint.text(of: elapsed.microseconds, scale: 6, places: 3)) s, \(ReportText.grouped("\(rate)")) per second"
        )
        return lines.joined(separator: "\n") + "\n"
    }
}
