import Glibc
import MunimKit

/// A chart as markup: lines in a drawing that stretches to the page's width, labels beside it as text that does not.
///
/// Geometry is computed in binary; every number that is shown as text comes from the exact value.
struct ReplayChart {
    /// A line or an area under it.
    struct Line {
        let style: String
        let points: [(x: Double, y: Double)]
        var isStep = false
        /// Where an area closes; nil for a line alone.
        var base: Double?
    }

    let id: String
    let lines: [Line]
    /// Text for a height.
    let label: (Double) -> String
    let start: Instant
    let end: Instant
    /// Heights of the grid; nil to choose round ones.
    var fixedTicks: [Double]?

    private static let width = 1_000.0
    private static let height = 260.0
    /// Points of a line beyond which neighbours are drawn as one.
    private static let mostPoints = 1_600

    /// The chart's markup.
    var markup: String {
        let values = lines.flatMap { $0.points.map(\.y) } + lines.compactMap(\.base)
        let ticks = fixedTicks ?? Self.ticks(from: values.min() ?? 0, to: values.max() ?? 1)
        let low = min(ticks.first ?? 0, values.min() ?? 0)
        let high = max(ticks.last ?? 1, values.max() ?? 1)
        let span = high > low ? high - low : 1
        let place = { (value: Double) in (high - value) / span }
        let drawn = lines.map { draw($0, place) }.joined()
        let grid = ticks.map { "<path class=\"grid\" d=\"M0 \(Self.text(place($0) * Self.height))H1000\"/>" }.joined()
        let heights = ticks.map { "<span style=\"top:\(Self.text(place($0) * 100))%\">\(ReportText.escaped(label($0)))</span>" }.joined()
        let times = timeLabels.map { "<span style=\"left:\(Self.text(x($0.at) * 100))%\">\($0.text)</span>" }.joined()
        return """
            <div class="chart" id="\(id)"><div class="heights" aria-hidden="true">\(heights)</div>\
            <div class="plot"><svg viewBox="0 0 1000 260" preserveAspectRatio="none" aria-hidden="true">\(grid)\(drawn)</svg>\
            <div class="cursor" hidden></div></div><div class="times" aria-hidden="true">\(times)</div><div class="reading" role="status"></div></div>
            """
    }

    /// The place of a moment between 0 and 1.
    func x(_ at: Instant) -> Double {
        let whole = Double((end - start).microseconds)
        return whole > 0 ? Double((at - start).microseconds) / whole : 0
    }

    private func draw(_ line: Line, _ place: (Double) -> Double) -> String {
        let points = Self.thinned(line.points)
        guard let first = points.first, let last = points.last else { return "" }
        var path = "M\(Self.text(first.x * Self.width)) \(Self.text(place(first.y) * Self.height))"
        for point in points.dropFirst() {
            if line.isStep {
                path += "H\(Self.text(point.x * Self.width))V\(Self.text(place(point.y) * Self.height))"
            } else {
                path += "L\(Self.text(point.x * Self.width)) \(Self.text(place(point.y) * Self.height))"
            }
        }
        var drawn = "<path class=\"line \(line.style)\" d=\"\(path)\"/>"
        if let base = line.base {
            let bottom = Self.text(place(base) * Self.height)
            drawn =
                "<path class=\"area \(line.style)\" d=\"\(path)L\(Self.text(last.x * Self.width)) \(bottom)H\(Self.text(first.x * Self.width))Z\"/>"
                + drawn
        }
        return drawn
    }

    /// Fewer points of the same look: the lowest and the highest of each small stretch.
    static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        guard points.count > mostPoints else { return points }
        let size = (points.count + mostPoints / 2 - 1) / (mostPoints / 2)
        var kept: [(x: Double, y: Double)] = []
        for from in stride(from: 0, to: points.count, by: size) {
            let range = from..<min(points.count, from + size)
            let low = range.min { points[$0].y < points[$1].y } ?? from
            let high = range.max { points[$0].y < points[$1].y } ?? from
            for index in Set([range.lowerBound, low, high, range.upperBound - 1]).sorted() { kept.append(points[index]) }
        }
        return kept
    }

    /// Round heights that cover a range: multiples of 1, 2 or 5 times a power of ten.
    static func ticks(from low: Double, to high: Double) -> [Double] {
        guard high > low, (high - low).isFinite else { return [low] }
        var step = 1e-6
        for factor in [2, 2.5, 2].cycled(60) {
            if (high - low) / step <= 5 { break }
            step *= factor
        }
        let first = (low / step).rounded(.down)
        let last = (high / step).rounded(.up)
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    /// Logarithms of 1, 2 and 5 times powers of ten around a range of positive numbers.
    static func roundLogarithms(from low: Double, to high: Double) -> [Double] {
        let marks = (-6...15).flatMap { power in [1, 2, 5].map { log10($0) + Double(power) } }
        let inside = marks.filter { $0 >= log10(low) && $0 <= log10(high) }
        let below = marks.last { $0 < log10(low) }
        let above = marks.first { $0 > log10(high) }
        return [below].compactMap { $0 } + inside + [above].compactMap { $0 }
    }

    /// Years, or months or days where the run is short.
    private var timeLabels: [(at: Instant, text: String)] {
        let (from, to) = (TradingDay(of: start), TradingDay(of: end))
        let years = to.date.year - from.date.year
        guard years < 2 else {
            let step = max(1, (years + 7) / 8)
            return stride(from: from.date.year + 1, through: to.date.year, by: step).compactMap { year in
                TradingDay(year: year, month: 1, day: 1).map { ($0.instant(at: TimeOfDay(secondsSinceMidnight: 0)), "\(year)") }
            }
        }
        let days = max(1, to.daysSinceEpoch - from.daysSinceEpoch)
        let step = max(1, (days + 4) / 5)
        return stride(from: 0, through: days, by: step).map { offset in
            let day = from.advanced(by: offset)
            return (max(start, day.instant(at: TimeOfDay(secondsSinceMidnight: 0))), String(day.description.suffix(5)))
        }
    }

    /// A coordinate with one decimal.
    private static func text(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "0" }
        return FixedPoint.text(of: Int64((value * 10).rounded()), scale: 1)
    }
}

extension Array {
    /// The elements again and again, `count` of them.
    fileprivate func cycled(_ count: Int) -> [Element] { (0..<count).map { self[$0 % self.count] } }
}
