import MunimKit
import Synchronization

/// Counts, gauges and duration histograms, shown in the text format of Prometheus.
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

    /// The whole page, metrics and labels in a fixed order.
    var page: String {
        let state = state.withLock { $0 }
        var lines: [String] = []
        for metric in Metric.allCases {
            let values = state.values.filter { $0.key.metric == metric }.sorted { ($0.key.label ?? "") < ($1.key.label ?? "") }
            let histograms = state.histograms.filter { $0.key.metric == metric }.sorted { ($0.key.label ?? "") < ($1.key.label ?? "") }
            guard !values.isEmpty || !histograms.isEmpty else { continue }
            let name = "munim_\(metric.rawValue)"
            let type = histograms.isEmpty ? (metric.rawValue.hasSuffix("_total") ? "counter" : "gauge") : "histogram"
            lines.append("# TYPE \(name) \(type)")
            lines += values.map { "\(name)\(Self.braces($0.key.label)) \($0.value)" }
            for (series, histogram) in histograms { lines += Self.lines(name, series.label, histogram) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ name: String, _ label: String?, _ histogram: Histogram) -> [String] {
        var total: Int64 = 0
        var lines: [String] = []
        for (index, count) in histogram.counts.enumerated() {
            total += count
            let bound = index < bounds.count ? FixedPoint.text(of: bounds[index], scale: 6) : "+Inf"
            lines.append("\(name)_bucket\(braces(label, bound: bound)) \(total)")
        }
        return lines + ["\(name)_sum\(braces(label)) \(FixedPoint.text(of: histogram.sum, scale: 6))", "\(name)_count\(braces(label)) \(total)"]
    }

    private static func braces(_ label: String?, bound: String? = nil) -> String {
        let pairs = [label.map { "label=\(JSONText.quoted($0))" }, bound.map { "le=\"\($0)\"" }].compactMap { $0 }
        return pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}"
    }
}
