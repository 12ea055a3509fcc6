import MunimKit
import Testing

@testable import munim

@Suite("The story of a trace")
struct TraceStoryTests {
    @Test("Text of a trace cannot break a line or a terminal")
    func foreignText() {
        let request = CommandRecord(
            id: "1", command: .stop(reason: "\u{1B}[2J\nall is well"), principal: "someone", at: Instant(seconds: 0))
        let stimulus = Stimulus(.commanded(request), at: Instant(seconds: 0), entropy: Entropy(high: 0, low: 0))
        let lines = TraceStory.lines(of: TraceLine(stimulus: stimulus, effects: []))
        #expect(lines == ["1970-01-01 05:30:00.000  someone asks: stop trading, \\u{1b}[2J\\u{a}all is well"])
    }
}
