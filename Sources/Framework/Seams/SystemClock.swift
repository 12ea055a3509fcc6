#if canImport(Glibc)
    import Glibc
#endif

/// The machine's own clocks.
public struct SystemClock: Clock {
    /// Creates the clock.
    public init() {}
    public func now() -> Instant { Instant(microseconds: Self.read(CLOCK_REALTIME)) }
    public func boot() -> Span { Span(microseconds: Self.read(CLOCK_BOOTTIME)) }
    public func sleep(until instant: Instant) async throws {
        // In short steps, so that a jump of the wall clock is noticed.
        while true {
            let rest = instant - now()
            guard rest > .zero else { return }
            try await Task.sleep(for: min(rest, .seconds(1)).duration, tolerance: .milliseconds(1))
        }
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}

/// The machine's random generator.
public struct SystemRandomSource: RandomSource {
    /// Creates the source.
    public init() {}
    public func entropy() -> Entropy {
        var generator = SystemRandomNumberGenerator()
        return Entropy(high: generator.next(), low: generator.next())
    }
}
