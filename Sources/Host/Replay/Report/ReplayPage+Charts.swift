import Glibc
import MunimKit

extension ReplayPage {
    /// The charts with their headings.
    var chartSections: String {
        let curve = report.curve.points
        let falls = curve.map { $0.fall.share(of: $0.peak).map { Double($0.units) / 1e4 } ?? 0 }
        let drawdown = chart("drawdown", [.init(style: "bad", points: places(curve.map(\.at), falls), base: 0)], Self.percent)
        let times = report.exposure.map(\.at)
        let multiples = report.exposure.map { $0.value.share(of: $0.equity).map { Double($0.units) / 1e6 } ?? 0 }
        let risks = report.exposure.map { $0.risk.share(of: $0.equity).map { Double($0.units) / 1e4 } ?? 0 }
        let exposure = chart("exposure", [.init(style: "calm", points: places(times, multiples), isStep: true, base: 0)]) {
            Self.trimmed($0) + "×"
        }
        let risk = chart("risk", [.init(style: "warm", points: places(times, risks), isStep: true, base: 0)], Self.percent)
        return """
            \(section("Account", "capital and the profit of every trade, in order of exit", accountCharts))
            \(section("Drawdown", "below the highest account so far", drawdown))
            <div class="pair">\(section("Exposure", "open lots at their entry prices, in multiples of the account", exposure))
            \(section("Risk in use", "loss if every stop is hit, as a share of the account", risk))</div>
            """
    }

    /// The account in money and, as long as it stays above zero, on a scale on which equal growth is equally high.
    private var accountCharts: String {
        let curve = report.curve.points
        let times = curve.map(\.at)
        let values = curve.map(\.equity.approximate)
        let base = report.figures.capital.approximate
        let plain = chart("equity", [.init(style: "main", points: places(times, values), base: base)], Self.short)
        guard let low = values.min(), low > 0, let high = values.max(), high > low * 3 else { return plain }
        let growth = ReplayChart(
            id: "growth", lines: [.init(style: "main", points: places(times, values.map { log10($0) }))],
            label: { Self.short(pow(10, $0)) },
            start: report.figures.start, end: report.figures.end, fixedTicks: ReplayChart.roundLogarithms(from: low, to: high))
        return "<input type=\"checkbox\" id=\"by-growth\"><label for=\"by-growth\">by growth</label>\(plain)\(growth.markup)"
    }

    private func chart(_ id: String, _ lines: [ReplayChart.Line], _ label: @escaping (Double) -> String) -> String {
        ReplayChart(id: id, lines: lines, label: label, start: report.figures.start, end: report.figures.end).markup
    }

    private func places(_ times: [Instant], _ values: [Double]) -> [(x: Double, y: Double)] {
        let axis = ReplayChart(id: "", lines: [], label: { _ in "" }, start: report.figures.start, end: report.figures.end)
        return zip(times, values).map { (axis.x($0), $1) }
    }

    func section(_ title: String, _ detail: String, _ content: String) -> String {
        "<section class=\"panel\"><h2>\(title)</h2><p class=\"detail\">\(detail)</p>\(content)</section>"
    }

    private static func percent(_ value: Double) -> String { trimmed(value) + " %" }

    /// A height with at most two decimals.
    static func trimmed(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "–" }
        return FixedPoint.text(of: Int64((value * 100).rounded()), scale: 2)
    }

    /// A height in thousands, millions or billions.
    private static func short(_ value: Double) -> String {
        for (size, letter) in [(1e9, "B"), (1e6, "M"), (1e3, "k")] where abs(value) >= size { return trimmed(value / size) + letter }
        return trimmed(value)
    }

    /// What the page's script shows under the pointer, at most a few thousand points.
    var series: String {
        let points = report.curve.points
        let step = max(1, points.count / 4_000)
        let equity = stride(from: 0, to: points.count, by: step).map { index in
            JSONValue.array([
                .number("\(points[index].at.seconds)"), .string(ReportText.money(points[index].equity)),
                .string(ReportText.money(points[index].fall)),
                .string(ReportText.percent(points[index].fall.share(of: points[index].peak))),
            ])
        }
        let exposureStep = max(1, report.exposure.count / 4_000)
        let exposure = stride(from: 0, to: report.exposure.count, by: exposureStep).map { index in
            let point = report.exposure[index]
            return JSONValue.array([
                .number("\(point.at.seconds)"), .string("\(point.lots) lots, \(ReportText.ratio(point.value.share(of: point.equity)))×"),
                .string("\(ReportText.money(point.risk)), \(ReportText.percent(point.risk.share(of: point.equity)))"),
            ])
        }
        let all = JSONValue.object([
            "start": .number("\(report.figures.start.seconds)"), "end": .number("\(report.figures.end.seconds)"), "equity": .array(equity),
            "exposure": .array(exposure),
        ])
        return all.encoded.replacing("<", with: "\\u003c")
    }
}
