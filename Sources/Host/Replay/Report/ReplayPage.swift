import MunimKit

/// The report as one page that needs nothing else: no network, no other file; light and dark, wide and narrow.
struct ReplayPage {
    let report: ReplayReport

    /// Trades that the table shows; more would make a browser slow, and the CSV has all.
    private static let mostRows = 3_000

    /// The page.
    var html: String {
        let figures = report.figures
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Replay · \(title)</title>
            <style>\(ReplayPageStyle.css)</style>
            </head>
            <body>
            <main>
            <header><p class="kind">munim replay</p><h1>\(title)</h1>
            <p class="span">\(ReportText.day(figures.start)) to \(ReportText.day(figures.end)) · \(report.entries) entries, \(report.exits) exits · \(Self.sizing(report))</p></header>
            \(headline)
            \(chartSections)
            \(yearSection)
            \(instrumentSection)
            \(tradeSection)
            \(factSection)
            <footer>Amounts in \(ReportText.escaped(report.currency)), exact to the last digit where no rounding is said. Times are the exchange's, +05:30.</footer>
            </main>
            <script type="application/json" id="series">\(series)</script>
            <script>\(ReplayPageScript.javascript)</script>
            </body>
            </html>

            """
    }

    private var title: String { ReportText.escaped(report.instruments.map(\.name).joined(separator: ", ")) }

    private static func sizing(_ report: ReplayReport) -> String {
        ReportText.escaped(report.facts.first { $0.name == "Sizing" }?.text ?? "")
    }

    // MARK: - Headline

    private var headline: String {
        let figures = report.figures
        let fall = figures.drawdown
        let sign = Self.sign(figures.net)
        let open = figures.openTrades > 0 ? "of it \(ReportText.exact(figures.open)) still open" : "nothing open"
        let cards = [
            card("Trades", "\(figures.closedTrades + figures.openTrades)", "\(figures.closedTrades) closed, \(figures.openTrades) open"),
            card("Win rate", ReportText.percent(figures.winRate), "\(figures.winners) winners"),
            card("Profit factor", ReportText.ratio(figures.profitFactor), "average trade \(ReportText.money(figures.averageTrade))"),
            card("Growth per year", ReportText.percent(figures.annualGrowth), "from \(ReportText.money(figures.capital)) of capital"),
            card("Deepest fall", ReportText.money(fall.amount), fall.amountAt.map { "on \(ReportText.day($0))" } ?? "none"),
            card(
                "Deepest fall, share", ReportText.percent(fall.share),
                fall.shareAt.map { "of the peak, on \(ReportText.day($0))" } ?? "none"),
            card(
                "Longest fall", "\(ReportText.days(fall.longest)) days",
                fall.longestFrom.map { "from \(ReportText.day($0))\(fall.hasRecovered ? "" : ", not recovered")" } ?? "none"),
            card("Time in market", ReportText.percent(figures.exposure), "charges \(ReportText.money(figures.charges))"),
        ]
        return """
            <section class="hero"><p class="name">Net profit, exact</p>
            <p class="net \(sign)"><data value="\(figures.net)">\(ReportText.exact(figures.net))</data></p>
            <p class="span">\(open) · account at the end \(ReportText.money(figures.equity))</p></section>
            <section class="cards">\(cards.joined())</section>
            """
    }

    private func card(_ name: String, _ value: String, _ detail: String) -> String {
        "<div class=\"card\"><p class=\"name\">\(name)</p><p class=\"value\">\(value)</p><p class=\"detail\">\(detail)</p></div>"
    }

    static func sign(_ amount: ExactAmount) -> String { amount < .zero ? "loss" : amount > .zero ? "gain" : "" }

    // MARK: - Tables

    private var yearSection: String {
        guard report.years.count > 1 else { return "" }
        let top = max(0, report.years.map(\.net.approximate).max() ?? 0)
        let bottom = min(0, report.years.map(\.net.approximate).min() ?? 0)
        let span = top - bottom > 0 ? top - bottom : 1
        let bars = report.years.map { year in
            let value = year.net.approximate
            let stick = "top:\(Self.trimmed((top - max(0, value)) / span * 100))%;height:\(Self.trimmed(abs(value) / span * 100))%"
            let text = "\(year.name): \(ReportText.money(year.net)), \(year.trades) trades, \(year.winners) winners"
            return "<div class=\"bar\" title=\"\(text)\"><div class=\"field\"><b style=\"top:\(Self.trimmed(top / span * 100))%\"></b>"
                + "<i class=\"\(Self.sign(year.net))\" style=\"\(stick)\"></i></div><span>\(year.name.suffix(2))</span></div>"
        }
        return section("Profit by year", "by year of exit", "<div class=\"bars\">\(bars.joined())</div>\(table(report.years, "Year"))")
    }

    private var instrumentSection: String {
        section("Profit by instrument", "all trades, open ones at their last price", table(report.instruments, "Instrument"))
    }

    private func table(_ groups: [ReplayReport.Group], _ name: String) -> String {
        let rows = groups.map { group in
            "<tr><td>\(ReportText.escaped(group.name))</td><td class=\"number \(Self.sign(group.net))\">\(ReportText.exact(group.net))</td>"
                + "<td class=\"number\">\(group.trades)</td><td class=\"number\">\(group.winners)</td></tr>"
        }
        return
            "<div class=\"scroll\"><table><thead><tr><th>\(name)</th><th class=\"number\">Net profit</th><th class=\"number\">Trades</th>"
            + "<th class=\"number\">Winners</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>"
    }

    private var tradeSection: String {
        let shown = report.trades.suffix(Self.mostRows)
        let names = [
            ("#", true), ("Instrument", false), ("Layer", false), ("Entry", false), ("Price", true), ("Exit", false), ("Price", true),
            ("Lots", true), ("Net profit", true), ("Reason", false),
        ]
        let head = names.map { "<th\($0.1 ? " class=\"number\"" : "") tabindex=\"0\" role=\"button\">\($0.0)</th>" }.joined()
        let detail =
            shown.count < report.trades.count
            ? "the last \(shown.count) of \(report.trades.count); trades.csv has all" : "click a heading to sort"
        return section(
            "Trades", detail,
            "<div class=\"scroll tall\"><table id=\"trades\"><thead><tr>\(head)</tr></thead><tbody>\(shown.map { row($0) }.joined())</tbody></table></div>"
        )
    }

    private func row(_ trade: ReplayTrade) -> String {
        func number(_ text: String, _ key: String, _ style: String = "") -> String {
            "<td class=\"number \(style)\" data-key=\"\(key)\">\(text)</td>"
        }
        return "<tr>" + number("\(trade.number)", "\(trade.number)")
            + "<td>\(ReportText.escaped(trade.instrument.text))</td><td>\(trade.layer)</td>"
            + "<td>\(ReportText.time(trade.entryAt))</td>"
            + number(ReportText.grouped(trade.entryPrice.description), trade.entryPrice.description)
            + "<td>\(ReportText.time(trade.exitAt))\(trade.isOpen ? " <em>open</em>" : "")</td>"
            + number(ReportText.grouped(trade.exitPrice.description), trade.exitPrice.description)
            + number("\(trade.lots)", "\(trade.lots)")
            + number(ReportText.exact(trade.net), trade.net.description, Self.sign(trade.net))
            + "<td>\(ReportText.escaped(trade.reason))</td></tr>"
    }

    private var factSection: String {
        let facts = report.facts.map { "<dt>\(ReportText.escaped($0.name))</dt><dd>\(ReportText.escaped($0.text))</dd>" }.joined()
        let verdicts = report.verdicts.map {
            "<dt>\(ReportText.escaped($0.name))</dt><dd>\(ReportText.grouped("\($0.count)")) signals</dd>"
        }.joined()
        let notes =
            report.notes.isEmpty ? "" : "<ul class=\"notes\">\(report.notes.map { "<li>\(ReportText.escaped($0))</li>" }.joined())</ul>"
        return section("The run", "what went in and what held", notes + "<dl>\(facts)</dl><h3>Verdicts</h3><dl>\(verdicts)</dl>")
    }
}
