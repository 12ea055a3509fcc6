import MunimKit
import Testing

@testable import munim

@Suite("Lines that wait to be written")
struct LineQueueTests {
    private static func queue(lines: Int = 3, bytes: Int = 100) -> LineQueue {
        let limit = LineQueue.Limit(lines: lines, bytes: bytes)
        return LineQueue { _ in limit }
    }

    @Test("What does not fit, by number or by bytes, is dropped and counted once")
    func bounds() {
        var queue = Self.queue()
        let taken = (0..<5).map { queue.put([$0]) }
        #expect(taken == [true, true, true, false, false])
        let dropped = [queue.takeDropped(), queue.takeDropped()]
        #expect(dropped == [2, 0])
        let lines = queue.takeAll()
        #expect(lines == [[0], [1], [2]] && queue.isEmpty)
        let long = [UInt8](repeating: 97, count: 60)
        let fits = (0..<2).map { _ in queue.put(long) }
        #expect(fits == [true, false])
        _ = queue.takeAll()
        let fitsAgain = queue.put(long)
        #expect(fitsAgain, "room that was given back is there again")
    }

    @Test("A flood of lines takes no room from those that matter more, which come first")
    func ranks() {
        var queue = Self.queue()
        for number in 0..<10 { _ = queue.put([UInt8(number)]) }
        for number in 50..<60 { _ = queue.put([UInt8(number)], .error) }
        let taken = (100..<104).map { queue.put([$0], .alert) }
        #expect(taken == [true, true, true, false])
        let lines = queue.takeAll()
        #expect(lines == [[100], [101], [102], [50], [51], [52], [0], [1], [2]])
    }
}

@Suite("Lines that strangers can cause")
struct LineGatheringTests {
    private static func refusal(_ status: String = "401", _ request: String = "1") -> LogLine {
        LogLine(
            severity: .warning, message: "a webhook was refused",
            fields: [LogField("request", request), LogField("status", status), LogField("peer", "192.0.2.1")])
    }

    @Test("The first of a kind is written at once, the rest as one line a second with its count")
    func gathers() {
        var gathering = LineGathering()
        let admitted = (1...500).map { gathering.admits(Self.refusal("401", "\($0)"), at: .milliseconds(1)) }
        #expect(admitted == [true] + [Bool](repeating: false, count: 499))
        let early = gathering.due(at: .milliseconds(1_000))
        let lines = gathering.due(at: .milliseconds(1_001))
        #expect(early.isEmpty && lines.count == 1)
        #expect(lines.first?.fields.last == LogField("count", 499) && lines.first?.fields.first == LogField("request", "500"))
        let isAdmitted = gathering.admits(Self.refusal(), at: .milliseconds(1_002))
        #expect(!isAdmitted, "the next second has begun")
        let next = gathering.due(at: .milliseconds(2_001))
        let quiet = gathering.due(at: .milliseconds(3_001))
        #expect(next.first?.fields.last == LogField("count", 1) && quiet.isEmpty)
        let isFirst = gathering.admits(Self.refusal(), at: .milliseconds(3_002))
        #expect(isFirst, "after a quiet second the first is written at once again")
    }

    @Test("Kinds are told apart by message and status, and their number is bounded")
    func kinds() {
        var gathering = LineGathering()
        let admitted = ["401", "403", "401"].map { gathering.admits(Self.refusal($0), at: .zero) }
        #expect(admitted == [true, true, false])
        for number in 0..<1_000 { _ = gathering.admits(Self.refusal("x\(number)"), at: .zero) }
        let lines = gathering.due(at: .seconds(1))
        #expect(lines.count <= 65)
    }

    @Test("Only lines that name a stranger are gathered, and none that is an error")
    func concerns() {
        #expect(LineGathering.concerns(Self.refusal()))
        #expect(!LineGathering.concerns(LogLine(severity: .warning, message: "an alert was not delivered", fields: [])))
        var error = Self.refusal()
        error.severity = .error
        #expect(!LineGathering.concerns(error))
    }
}
