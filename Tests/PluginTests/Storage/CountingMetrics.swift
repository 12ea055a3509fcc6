import MunimKit
import Synchronization

/// Counts what storage counts.
final class CountingMetrics: Metrics {
    private let counts = Mutex<[Metric: Int64]>([:])
    func add(_ count: Int64, to counter: Metric, label: String?) { counts.withLock { $0[counter, default: 0] += count } }
    func set(_ value: Int64, of gauge: Metric, label: String?) {}
    func record(_ span: Span, in histogram: Metric, label: String?) { add(1, to: histogram, label: nil) }
    subscript(metric: Metric) -> Int64 { counts.withLock { $0[metric, default: 0] } }
}
