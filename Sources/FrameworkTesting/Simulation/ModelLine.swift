import MunimKit
import Synchronization

/// The line between a process and a model: a call and its answer each take a while that a seed decides.
public final class ModelLine: Sendable {
    /// Tells and moves time.
    public let clock: VirtualClock
    private let chance: Mutex<Chance>
    private let longest: Int

    /// A line that takes up to so many milliseconds each way.
    public init(clock: VirtualClock, seed: UInt64, longest: Int) {
        self.clock = clock
        chance = Mutex(Chance(seed: seed))
        self.longest = longest
    }

    /// Does `work` at the other end.
    ///
    /// The way there does not depend on the caller, who may be dead by then; the answer to the dead reaches nobody.
    public func carry<Answer: Sendable>(_ work: @escaping @Sendable () -> Answer) async -> Answer {
        let (there, back) = chance.withLock { ($0.span(0, longest), $0.span(0, longest)) }
        return await withUnsafeContinuation { continuation in
            clock.call(at: clock.now() + there) {
                let answer = work()
                self.clock.call(at: self.clock.now() + back) { continuation.resume(returning: answer) }
            }
        }
    }
}
