import MunimKit

@testable import munim

/// Any bytes are either a recording, which written anew is read as the same, or refused with places.
enum RecordingProperties {
    private static let file = "day.jsonl"

    @Sendable static func check(_ bytes: [UInt8]) throws {
        let input: ReplayInput
        do throws(InputFaults) { input = try RecordedSignals.read(bytes, file: file) } catch {
            return try FaultPlace.check(error, in: bytes, file: file)
        }
        let lines = 1 + bytes.count { $0 == UInt8(ascii: "\n") }
        for signal in input.signals {
            try SignalPromises.check(signal.signal)
            try expect((1...lines).contains(signal.line), "a signal stands in line \(signal.line) of \(lines)")
        }
        for note in input.notes { try expectMessage(note) }
        guard !input.signals.isEmpty else { return }
        try checkWrittenAnew(input)
        let merged = ReplaySignal.merged([input.signals, input.signals])
        try expect(merged.count == 2 * input.signals.count, "signals are lost in the order of time")
        try expect(zip(merged, merged.dropFirst()).allSatisfy { $0.at <= $1.at }, "signals are out of order")
    }

    private static func checkWrittenAnew(_ input: ReplayInput) throws {
        let lines = input.signals.map { JSONValue.object(["at": .string("\($0.at)"), "body": .string($0.body)]).encoded }
        let again = try RecordedSignals.read(Array(lines.joined(separator: "\n").utf8), file: file)
        try expect(again.signals.map(\.signal) == input.signals.map(\.signal), "other signals: \(lines)")
        try expect(again.signals.map(\.digest) == input.signals.map(\.digest), "other payloads: \(lines)")
        try expect(again.signals.map(\.at) == input.signals.map(\.at), "other times: \(lines)")
    }
}
