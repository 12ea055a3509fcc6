#if canImport(Glibc)
    import Glibc
#endif

/// The machine's time as it was when the clock was made, carried on steadily.
///
/// A machine's wall clock may be set while the process runs. Orders, horizons and deadlines would then be held against two different times, so
/// that a clock that is set counts from the next start on.
public struct SystemClock: Clock {
    /// The wall clock's time when the boot clock was zero.
    private let origin: Instant

    /// Creates the clock.
    public init() { origin = Instant(microseconds: Self.read(CLOCK_REALTIME) - Self.read(CLOCK_BOOTTIME)) }
    /// The wall clock's time at the start, carried on by the boot clock; never goes back.
    public func now() -> Instant { origin + boot() }
    /// The time since the machine started, suspended time included.
    public func boot() -> Span { Span(microseconds: Self.read(CLOCK_BOOTTIME)) }
    /// The kernel's name of this boot, with the wall clock's time at it as this clock has it.
    public var machine: MachineTime? {
        guard let boot = Self.boot else { return nil }
        return MachineTime(boot: boot, origin: origin)
    }
    /// How far the machine's wall clock is ahead of ``now()``, because somebody set it since; negative when it is behind.
    public func drift() -> Span { Instant(microseconds: Self.read(CLOCK_REALTIME)) - now() }
    /// Returns when `instant` has come by ``now()``, or throws when the task is cancelled.
    public func sleep(until instant: Instant) async throws {
        // In short steps, so that time spent suspended is noticed.
        while true {
            let rest = instant - now()
            guard rest > .zero else { return }
            try await Task.sleep(for: min(rest, .seconds(1)).duration, tolerance: .milliseconds(1))
        }
    }

    /// Linux names each boot by a random identifier of 36 characters.
    private static var boot: String? {
        let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 36)
        let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
        return count == bytes.count ? String(decoding: bytes, as: UTF8.self) : nil
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
    /// 128 bits that nobody can foresee.
    public func entropy() -> Entropy {
        var generator = SystemRandomNumberGenerator()
        return Entropy(high: generator.next(), low: generator.next())
    }
}
