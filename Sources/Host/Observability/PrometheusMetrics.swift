import MunimKit
import Synchronization

/// Counts, gauges and duration histograms, shown in the text format 0.0.4 of Prometheus.
final class PrometheusMetrics: Metrics {
    /// Upper bounds of the buckets, in microseconds.
    private static let bounds: [Int64] = [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 3_000_000]

    private struct Series: Hashable {
        let metric: Metric
        let label: String?
    }

    private struct Histogram {
        var counts = [Int64](repeating: 0, count: bounds.count + 1)
        var sum: Int64 = 0
    }

    private struct State {
        var values: [Series: Int64] = [:]
        var histograms: [Series: Histogram] = [:]
    }

    private let state = Mutex(State())

    func add(_ count: Int64, to counter: Metric, label: String?) {
        state.withLock { $0.values[Series(metric: counter, label: label), default: 0] &+= count }
    }

    func set(_ value: Int64, of gauge: Metric, label: String?) {
        state.withLock { $0.values[Series(metric: gauge, label: label)] = value }
    }

    func record(_ span: Span, in histogram: Metric, label: String?) {
        let bucket = Self.bounds.firstIndex { span.microseconds <= $0 } ?? Self.bounds.count
        state.withLock { state in
            let series = Series(metric: histogram, label: label)
            state.histograms[series, default: Histogram()].counts[bucket] += 1
            state.histograms[series, default: Histogram()].sum &+= max(0, span.microseconds)
        }
    }

    /// The whole page, metrics and labels in a fixed order; counters that never counted are shown as 0, so that a rate has a beginning.
    var page: String {
        let state = state.withLock { $0 }
        var lines = [
            "# HELP munim_build_info The version of the host.", "# TYPE munim_build_info gauge",
            "munim_build_info\(Self.braces([("version", Version.current)])) 1",
        ]
        for metric in Metric.allCases {
            let name = "munim_\(metric.rawValue)"
            lines.append("# HELP \(name) \(metric.help)")
            lines.append("# TYPE \(name) \(metric.type)")
            switch metric.type {
            case "histogram":
                for (series, histogram) in Self.sorted(state.histograms, metric) { lines += Self.lines(name, series, histogram) }
            default:
                var values = Self.sorted(state.values, metric)
                if values.isEmpty, metric.labelName == nil { values = [(Series(metric: metric, label: nil), 0)] }
                lines += values.map { "\(name)\(Self.braces(Self.pairs($0))) \(metric.text(of: $1))" }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func sorted<Content>(_ all: [Series: Content], _ metric: Metric) -> [(Series, Content)] {
        all.filter { $0.key.metric == metric }.sorted { ($0.key.label ?? "") < ($1.key.label ?? "") }.map { ($0.key, $0.value) }
    }

    private static func lines(_ name: String, _ series: Series, _ histogram: Histogram) -> [String] {
        var total: Int64 = 0
        var lines: [String] = []
        let pairs = pairs(series)
        for (index, count) in histogram.counts.enumerated() {
            total += count
            let bound = index < bounds.count ? FixedPoint.text(of: bounds[index], scale: 6) : "+Inf"
            lines.append("\(name)_bucket\(braces(pairs + [("le", bound)])) \(total)")
        }
        return lines + [
            "\(name)_sum\(braces(pairs)) \(FixedPoint.text(of: histogram.sum, scale: 6))", "\(name)_count\(braces(pairs)) \(total)",
        ]
    }

    private static func pairs(_ series: Series) -> [(String, String)] {
        series.label.map { [(series.metric.labelName ?? "label", $0)] } ?? []
    }

    private static func braces(_ pairs: [(String, String)]) -> String {
        let shown = pairs.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
        return shown.isEmpty ? "" : "{\(shown)}"
    }

    /// A label's value knows three escapes and no other (exposition format 0.0.4).
    ///
    /// Scalar by scalar: a quote with an accent and a CRLF are one character to Swift.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

extension Metric {
    /// What the metric tells, in one sentence.
    fileprivate var help: String {
        switch self {
        case .signalsReceived: "Webhooks that came in."
        case .signalsDuplicate: "Signals that came again and were answered from the records."
        case .signalsConflicting: "Signals that came again with other content."
        case .requestsRefused: "Webhooks that were refused, by status."
        case .operatorsRefused: "Requests whose operator token was missing or wrong, by status."
        case .verdicts: "Verdicts, by status of the signal."
        case .ordersSent: "Orders handed to the broker."
        case .ordersUnknown: "Orders whose outcome was not known after sending."
        case .commits: "Transactions of decisions."
        case .commitFailures: "Transactions that did not succeed."
        case .alerts: "Alerts, by code."
        case .acknowledgement: "From the webhook to its answer, in seconds, by status."
        case .verdictLatency: "From the receipt of a signal to its verdict, in seconds."
        case .commitLatency: "Duration of one commit, in seconds."
        case .openPositions: "Live positions, by instrument."
        case .waitingSignals: "Signals without a verdict."
        case .closedEquity: "Closed equity in rupees."
        case .tradingStopped: "1 while a person has stopped trading, else 0."
        case .logLinesLost: "Lines of log that nobody will read, because there was no room for them or no reader."
        }
    }

    fileprivate var type: String {
        if rawValue.hasSuffix("_total") { return "counter" }
        return rawValue.hasSuffix("_seconds") ? "histogram" : "gauge"
    }

    /// What the label means; nil for a metric without one.
    fileprivate var labelName: String? {
        switch self {
        case .requestsRefused, .operatorsRefused, .verdicts, .acknowledgement: "status"
        case .alerts: "code"
        case .openPositions: "instrument"
        default: nil
        }
    }

    /// Money is kept in its smallest unit and shown as a decimal.
    fileprivate func text(of value: Int64) -> String { self == .closedEquity ? Money(units: value).description : String(value) }
}
