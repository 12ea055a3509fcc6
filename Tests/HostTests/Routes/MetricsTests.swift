import MunimKit
import Testing

@testable import munim

extension InterfaceTests {
    /// The page for Prometheus.
    @Suite(.timeLimit(.minutes(5))) struct MetricsTests {
        @Test("Every metric has its help and its type before its values, once, and every line is well formed")
        func format() throws {
            let metrics = PrometheusMetrics()
            for metric in Metric.allCases {
                if metric.rawValue.hasSuffix("_seconds") {
                    metrics.record(.milliseconds(3), in: metric, label: "200")
                } else {
                    metrics.set(7, of: metric, label: "a\"b\\c\nd")
                }
            }
            let lines = metrics.page.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.last == "")
            var typed: Set<Substring> = []
            var current: Substring = ""
            for line in lines.dropLast() {
                let words = line.split(separator: " ")
                if line.hasPrefix("# HELP ") {
                    #expect(words.count > 3)
                } else if line.hasPrefix("# TYPE ") {
                    #expect(["counter", "gauge", "histogram"].contains(words[3]))
                    #expect(typed.insert(words[2]).inserted)
                    current = words[2]
                } else {
                    #expect(line.hasPrefix(current))
                    #expect(
                        try /munim_[a-z_]+(\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="([^"\\\n]|\\["\\n])*")*\})? -?[0-9.]+/.wholeMatch(
                            in: line)
                            != nil, "\(line)")
                }
            }
            #expect(typed.count == Metric.allCases.count + 1)
        }

        @Test("Buckets only grow, the last is the count, and the sum is in seconds")
        func histogram() {
            let metrics = PrometheusMetrics()
            for span in [Span.milliseconds(1), .milliseconds(1), .milliseconds(40), .seconds(9)] {
                metrics.record(span, in: .commitLatency, label: nil)
            }
            let lines = metrics.page.split(separator: "\n").filter { $0.hasPrefix("munim_commit_seconds") }
            let counts = lines.filter { $0.contains("_bucket") }.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            #expect(counts == [0, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4])
            #expect(lines.contains("munim_commit_seconds_bucket{le=\"+Inf\"} 4"))
            #expect(lines.contains("munim_commit_seconds_sum 9.042"))
            #expect(lines.contains("munim_commit_seconds_count 4"))
        }

        @Test("The gauges follow the account: positions, equity, the switch, what waits")
        func gauges() async throws {
            try await RunningHost.run { host async throws in
                _ = try await host.verdict(of: .baseEntry)
                _ = try await host.command("/capital", #"{"type":"DEPOSIT","amount":"0.05","by":"asha","key":"one"}"#)
                _ = try await host.command("/emergency/stop", #"{"reason":"drill","by":"asha"}"#)
                let reply = try await host.get("/metrics")
                #expect(reply.head.contains("text/plain; version=0.0.4"))
                let lines = Set(reply.text.split(separator: "\n"))
                for line in [
                    "munim_open_positions{instrument=\"BANK_NIFTY\"} 1", "munim_open_positions{instrument=\"GOLD_MINI\"} 0",
                    "munim_closed_equity 5000000.05", "munim_trading_stopped 1", "munim_waiting_signals 0",
                    "munim_signals_received_total 1",
                    "# TYPE munim_commit_seconds histogram",
                    "munim_verdicts_total{status=\"executed\"} 1",
                ] { #expect(lines.contains(Substring(line)), "\(line)") }
            }
        }
    }
}
