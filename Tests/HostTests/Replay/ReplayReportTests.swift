import MunimKit
import Testing

@testable import munim

@Suite("The report of a replay")
struct ReplayReportTests {
    private static func gold() throws -> ReplayReport {
        try ExampleSignals.report {
            $0.files = [ExampleSignals.path("gold_mini_trades.csv")]
            $0.charges = Ratio(units: 500)
        }
    }

    @Test("The example's trades earn what its list says, each and together")
    func example() throws {
        let path = ExampleSignals.path("gold_mini_trades.csv")
        let export = try TradingViewExport.read(try InputFile.bytes(at: path), file: path)
        let report = try Self.gold()
        let listed = export.trades.map(\.profit.units).sorted()
        #expect(report.trades.map { $0.net.units / .power(of: 10, 10) }.sorted() == listed.map { Int128($0) })
        #expect(report.figures.net.description == "274010.05")
        #expect(report.figures.closedTrades == 7 && report.figures.openTrades == 1 && report.figures.winners == 5)
        #expect(report.entries == 7 && report.exits == 6)
    }

    @Test("Every part of the report adds up to the headline")
    func sums() throws {
        let report = try Self.gold()
        let net = report.figures.net
        #expect(ReplayFigures.sum(report.trades.map(\.net)) == net)
        #expect(ReplayFigures.sum(report.years.map(\.net)) == net)
        #expect(ReplayFigures.sum(report.instruments.map(\.net)) == net)
        #expect(report.figures.gross - report.figures.charges == net)
        #expect(report.curve.points.last?.equity == report.figures.capital + net)
        #expect(report.exposure.last?.lots == 7)
    }

    @Test(
        "The machine's own ledger agrees with the trades, but for its rounding to ten-thousandths",
        arguments: [
            ("gold_mini_trades.csv", nil as String?), ("recorded.jsonl", nil), ("gold_mini_trades.csv", "plugins.yaml"),
        ])
    func ledger(_ file: String, _ configuration: String?) throws {
        var options = ReplayOptions()
        options.files = [ExampleSignals.path(file)]
        options.charges = Ratio(units: 537)
        options.sizing = .asSignalled
        let host = try configuration.map { name in
            let path = ExampleSignals.path("../../\(name)")
            let reading = ConfigurationReading(file: path, registry: try Builtins.registry(), environment: .process)
            return try #require(reading.configuration)
        }
        let inputs = try ReplayInputs(options, host: host)
        let stage = try ReplayStage(inputs.instruments, options: options, host: host)
        var run = ReplayRun(stage, from: inputs.signals[0].at)
        run.run(inputs.signals)
        let result = run.result(marks: [:])
        var expected = ExactAmount(stage.policy.initialCapital)
        for trade in result.trades {
            if !trade.isOpen { expected += trade.net }
            guard trade.isOpen else { continue }
            expected = expected - ExactAmount(chargesAt: trade.entryPrice, lots: trade.lots, pointValue: trade.pointValue, rate: trade.rate)
        }
        let difference = (ExactAmount(result.closedEquity) - expected).units.magnitude
        let rounding = ExactAmount(Money(units: Int64(result.executions.count) * 2)).units.magnitude
        #expect(!result.executions.isEmpty)
        #expect(difference <= rounding, "\(result.closedEquity) against \(expected)")
    }

    @Test("JSON and CSV carry the same exact amounts as the headline")
    func formats() throws {
        let report = try Self.gold()
        let document = try StrictJSON.object(Array(report.json.encoded.utf8), most: .max).members
        guard case .object(let figures) = document["figures"], case .array(let trades) = document["trades"] else {
            Issue.record("the JSON has no figures or no trades")
            return
        }
        #expect(figures["net"] == .string("274010.05"))
        let rows = report.tradesCSV.split(separator: "\n").dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
        #expect(rows.count == trades.count)
        for (row, trade) in zip(rows, trades) {
            guard case .object(let members) = trade else { continue }
            #expect(members["net"] == .string(String(row[12])))
        }
        let sum = try rows.reduce(Int128(0)) { $0 + Int128(try Money(row(12, of: $1)).units) }
        #expect(FixedPoint.text(of: sum, scale: 4) == "274010.05")
    }

    private func row(_ column: Int, of fields: [Substring]) -> String { String(fields[column]) }

    @Test("A quote that carries an accent is escaped as any other")
    func accents() {
        #expect(ReportText.escaped("\"\u{301}<\u{301}").unicodeScalars.elementsEqual("&quot;\u{301}&lt;\u{301}".unicodeScalars))
    }

    @Test("The page shows the exact sum, says what was made up, needs nothing from elsewhere, and escapes what came from a file")
    func page() throws {
        let html = ReplayPage(report: try Self.gold()).html
        #expect(html.contains("274,010.05"))
        #expect(html.contains("Synthetic indicators"))
        #expect(html.contains("pyramid gates"))
        for word in ["http:", "https:", "src=", "@import", "url("] { #expect(!html.contains(word)) }
        let rows = ExampleSignals.trade(1, "ENTRY-1L", day: 8, price: 100, lots: 1, exit: "</script><b>", on: 9, at: 110)
        let export = try ExampleSignals.export(rows)
        var made = ExportSignals(
            export, instrument: "GOLD_MINI", model: IndicatorModel(instrument: "GOLD_MINI", stopMultiple: Ratio(whole: 1)))
        let inputs = ReplayInputs([made.input()])
        let stage = try ReplayStage(inputs.instruments, options: ReplayOptions(), host: nil)
        var run = ReplayRun(stage, from: inputs.signals[0].at)
        run.run(inputs.signals)
        let odd = ReplayPage(report: ReplayReport(inputs, stage, run.result(marks: [:]), options: ReplayOptions())).html
        #expect(odd.contains("&lt;/script&gt;&lt;b&gt;"))
        #expect(!odd.contains("<b>"))
    }

    @Test("Drawdown is measured in money, share and time")
    func drawdown() {
        func trade(_ day: Int64, _ points: Int) -> ReplayTrade {
            ReplayTrade(
                instrument: "GOLD_MINI", layer: .base, entryAt: Instant(seconds: day * 86_400 - 3_600), entryPrice: Price(whole: 1_000),
                exitAt: Instant(seconds: day * 86_400), exitPrice: Price(whole: 1_000 + points), reason: "", lots: 1,
                pointValue: PointValue(whole: 1), rate: .zero, isOpen: false)
        }
        let trades = [trade(1, 100), trade(2, -50), trade(5, 60), trade(6, -200), trade(8, 30)]
        let curve = EquityCurve(trades, capital: ExactAmount(Money(whole: 900)), start: Instant(seconds: 0))
        #expect(curve.drawdown.amount == ExactAmount(Money(whole: -200)))
        #expect(curve.drawdown.amountAt == Instant(seconds: 6 * 86_400))
        // 200 of a peak of 1 010.
        #expect(curve.drawdown.share == Ratio(units: 198_020))
        #expect(curve.drawdown.longest == .days(4) && curve.drawdown.hasRecovered)
    }

    @Test(
        "Exact amounts are shown whole, in groups, or rounded",
        arguments: [
            ("150139510.943625", "150,139,510.943625", "150139510.94"), ("-999", "-999", "-999.00"), ("1000.005", "1,000.005", "1000.01"),
            ("0", "0", "0.00"),
        ])
    func texts(_ exact: String, _ grouped: String, _ cents: String) throws {
        // The literal is read at six decimals and widened to fourteen.
        let amount = ExactAmount(units: Int128(try FixedPoint.units(of: exact, scale: 6)) * 100_000_000)
        #expect(amount.description == exact)
        #expect(ReportText.grouped(exact) == grouped)
        #expect(amount.cents == cents)
    }

    @Test("Grid lines are round and cover the range", arguments: [(0.0, 10.0), (-24.5, 0.0), (5e6, 1.55e8), (0.001, 0.0042)])
    func ticks(_ low: Double, _ high: Double) throws {
        let ticks = ReplayChart.ticks(from: low, to: high)
        let (first, last) = (try #require(ticks.first), try #require(ticks.last))
        #expect(first <= low && last >= high - 1e-9)
        #expect((3...8).contains(ticks.count))
    }
}
