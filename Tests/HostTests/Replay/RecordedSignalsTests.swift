import MunimKit
import Testing

@testable import munim

@Suite("Recorded signals")
struct RecordedSignalsTests {
    private static let body =
        #"{"type":"EXIT","instrument":"GOLD_MINI","position":"ALL","price":126180,"stop":0,"lots":0,"atr":460,"er":0.3,"supertrend":126200,"reason":"SuperTrend","timestamp":"2025-11-28T15:00:00+05:30"}"#

    private static func line(_ body: String, at: String = "2025-11-28T09:30:00.72Z") -> String {
        JSONValue.object(["at": .string(at), "body": .string(body)]).encoded
    }

    @Test("A line is a signal with its time of arrival; empty lines do not count")
    func reads() throws {
        let input = try RecordedSignals.read(Array((Self.line(Self.body) + "\n\n").utf8), file: "day.jsonl")
        let signal = try #require(input.signals.first)
        #expect(input.signals.count == 1)
        #expect(signal.at.description == "2025-11-28T09:30:00.72Z")
        #expect(signal.signal.kind == .exit && signal.signal.target == .all)
        #expect(signal.line == 1 && input.notes.isEmpty)
    }

    @Test("A body that is no signal was refused when it came, so it is noted and passed over")
    func refused() throws {
        let lines = [Self.line("{}"), Self.line(Self.body), Self.line("NaN")].joined(separator: "\n")
        let input = try RecordedSignals.read(Array(lines.utf8), file: "day.jsonl")
        #expect(input.signals.count == 1)
        #expect(input.notes == ["2 recorded bodies are no signals, the first in line 1."])
    }

    @Test(
        "A broken line is refused with its place",
        arguments: [
            ("{\"at\":", "day.jsonl:1: found "),
            ("{\"at\":\"2025-11-28T09:30:00\",\"body\":\"\"}", "day.jsonl:1: at: expected a time with a zone"),
            ("{\"at\":5,\"body\":\"\"}", "day.jsonl:1: at: expected"), ("{\"at\":\"2025-11-28T09:30:00Z\"}", "day.jsonl:1: body: expected"),
            ("{\"at\":\"2025-11-28T09:30:00Z\",\"body\":\"\",\"bdy\":1}", "day.jsonl:1: found the key \"bdy\""),
            ("", "day.jsonl: found no line"),
        ])
    func broken(_ text: String, _ message: String) {
        let faults = #expect(throws: InputFaults.self) { try RecordedSignals.read(Array(text.utf8), file: "day.jsonl") }
        #expect(faults?.lines.first?.hasPrefix(message) ?? false, "\(faults?.lines ?? [])")
    }

    @Test("A resend is answered from the first, and an exit of what is closed trades nothing")
    func example() throws {
        let report = try ExampleSignals.report { $0.files = [ExampleSignals.path("recorded.jsonl")] }
        #expect(report.entries == 3 && report.exits == 3)
        #expect(report.verdicts.first { $0.name == "refused: no_position" }?.count == 1)
        #expect(report.notes.contains("Signals that came again and were answered from the first: 1."))
        #expect(report.instruments.map(\.name) == ["BANK_NIFTY", "GOLD_MINI"])
        // Bank Nifty: (59310 − 58210) × 4 + (59310 − 58890) × 2 at 35; Gold Mini: (126180 − 125400) × 5 at 10.
        #expect(report.instruments.map(\.net.description) == ["183400", "39000"])
    }

    @Test("Two files are one run in order of time")
    func twoFiles() throws {
        let report = try ExampleSignals.report {
            $0.files = [ExampleSignals.path("recorded.jsonl"), ExampleSignals.path("gold_mini_trades.csv")]
        }
        #expect(report.facts.filter { $0.name == "File" }.count == 2)
        #expect(report.trades.count > 8)
        #expect(zip(report.trades, report.trades.dropFirst()).allSatisfy { $0.isOpen || $1.isOpen || $0.exitAt <= $1.exitAt })
    }
}
