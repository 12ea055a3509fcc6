import MunimKit
import Synchronization

/// Waits for work as long as an answer may take, and then lets go of it: the work goes on, and nobody waits for it any more.
///
/// What cannot be cancelled, such as a commit behind somebody else's lock, would otherwise hold up the answer with it.
final class Patience: Sendable {
    private let clock: any MunimKit.Clock
    private let span: Span
    private let most: Int
    private let waiting = Atomic<Int>(0)

    /// Waits for `span`, and for at most so much work at once, that which it let go included.
    init(_ span: Span, clock: any MunimKit.Clock, most: Int = 1_024) {
        self.clock = clock
        self.span = span
        self.most = most
    }

    /// What `work` gives; nil when that takes too long, or when too much is already waited for and it is not begun.
    func value<Value: Sendable>(of work: @escaping @Sendable () async -> Value) async -> Value? {
        guard waiting.add(1, ordering: .relaxed).newValue <= most else {
            waiting.subtract(1, ordering: .relaxed)
            return nil
        }
        let (values, give) = AsyncStream<Value?>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let deadline = clock.now() + span
        let timer = Task { [clock] in
            guard (try? await clock.sleep(until: deadline)) != nil else { return }
            give.yield(nil)
        }
        Task {
            let value = await work()
            waiting.subtract(1, ordering: .relaxed)
            give.yield(value)
            timer.cancel()
        }
        return await values.first { _ in true } ?? nil
    }
}
