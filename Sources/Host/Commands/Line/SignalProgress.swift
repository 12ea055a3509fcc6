import MunimKit

/// A bar on a terminal: share, rate and remaining time, redrawn at most ten times a second; nothing in a pipe.
struct SignalProgress {
    private let total: Int
    private let clock: any Clock
    private let began: Span
    private var drawn: Span
    private let draw: ((String) -> Void)?

    /// A bar for `total` signals; `draw` is nil where there is no terminal.
    init(total: Int, clock: any Clock, draw: ((String) -> Void)?) {
        self.total = total
        self.clock = clock
        self.draw = draw
        began = clock.boot()
        drawn = began - .seconds(1)
    }

    /// Shows how many signals are done.
    mutating func show(_ done: Int) {
        guard let draw else { return }
        let now = clock.boot()
        guard now.microseconds - drawn.microseconds >= 100_000, done < total else { return }
        drawn = now
        draw("\r" + Self.line(done: done, total: total, elapsed: now - began) + "\u{1B}[K")
    }

    /// Takes the bar away.
    func end() { draw?("\r\u{1B}[K") }

    /// How long it has run.
    var elapsed: Span { clock.boot() - began }

    /// `[#####.....]  50 %  20,480 of 40,960  98,304/s  2 s left`.
    static func line(done: Int, total: Int, elapsed: Span) -> String {
        let share = total > 0 ? done * 100 / total : 100
        let filled = share * 28 / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 28 - filled)
        let perSecond = rate(done, in: elapsed)
        let left = perSecond > 0 ? "\((Int64(total - done) + perSecond - 1) / perSecond) s left" : "starting"
        return
            "[\(bar)] \(share) %  \(ReportText.grouped("\(done)")) of \(ReportText.grouped("\(total)"))  \(ReportText.grouped("\(perSecond)"))/s  \(left)"
    }

    /// Signals per second, rounded down.
    static func rate(_ count: Int, in elapsed: Span) -> Int64 {
        elapsed > .zero ? Int64(Int128(count) * 1_000_000 / Int128(elapsed.microseconds)) : 0
    }
}
