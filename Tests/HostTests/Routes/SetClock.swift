import MunimKit

/// The system's clock on a machine whose own clock was set since.
struct SetClock: Clock {
    /// How far the machine's clock is ahead.
    let ahead: Span
    private let clock = SystemClock()

    init(ahead: Span) { self.ahead = ahead }

    func now() -> Instant { clock.now() }
    func boot() -> Span { clock.boot() }
    func drift() -> Span { ahead }
    func sleep(until instant: Instant) async throws { try await clock.sleep(until: instant) }
}
