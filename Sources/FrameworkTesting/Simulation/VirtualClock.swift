public import MunimKit
import Synchronization

/// A clock that stands still while anybody can run, and then leaps to the next moment that somebody waits for.
public final class VirtualClock: Clock {
    fileprivate enum Waiter {
        case sleeper(Int)
        case call(@Sendable () -> Void)
    }

    fileprivate struct State {
        let start: Instant
        var now: Instant
        var schedule = Schedule<Waiter>()
        var sleepers = 0
        /// Sleeps that are over: they were cancelled, some of them before they began.
        var cancelled: Set<Int> = []
        var sleeping: [Int: UnsafeContinuation<Void, any Error>] = [:]
    }

    private let state: Mutex<State>

    /// A clock that shows `start`.
    public init(_ start: Instant) { state = Mutex(State(start: start, now: start)) }

    public func now() -> Instant { state.withLock(\.now) }
    public func boot() -> Span { state.withLock { $0.now - $0.start } }

    public func sleep(until instant: Instant) async throws {
        let number = state.withLock { state in
            state.sleepers += 1
            return state.sleepers
        }
        try await withTaskCancellationHandler {
            try await withUnsafeThrowingContinuation { continuation in
                let answer: Result<Void, any Error>? = state.withLock { $0.sleep(number, until: instant, continuation) }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            state.withLock { $0.cancel(number) }?.resume(throwing: CancellationError())
        }
    }

    /// Has `body` called at a moment, whoever is alive then.
    public func call(at instant: Instant, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.schedule.add(.call(body), at: instant) }
    }

    /// Moves to the next moment that somebody waits for, and wakes one of them; answers false when nobody waits until `bound`, where it stands then.
    public func leap(until bound: Instant) -> Bool {
        while true {
            guard let next = state.withLock({ $0.leap(until: bound) }) else { return false }
            switch next {
            case .call(let body): body()
            case .sleeper(let number):
                guard let continuation = state.withLock({ $0.sleeping.removeValue(forKey: number) }) else { continue }
                continuation.resume()
            }
            return true
        }
    }
}

extension VirtualClock.State {
    fileprivate mutating func sleep(
        _ number: Int, until instant: Instant, _ continuation: UnsafeContinuation<Void, any Error>
    ) -> Result<Void, any Error>? {
        if cancelled.remove(number) != nil { return .failure(CancellationError()) }
        if instant <= now { return .success(()) }
        sleeping[number] = continuation
        schedule.add(.sleeper(number), at: instant)
        return nil
    }

    /// Ends a sleep; one that has not begun is remembered.
    fileprivate mutating func cancel(_ number: Int) -> UnsafeContinuation<Void, any Error>? {
        if let continuation = sleeping.removeValue(forKey: number) { return continuation }
        cancelled.insert(number)
        return nil
    }

    fileprivate mutating func leap(until bound: Instant) -> VirtualClock.Waiter? {
        guard let next = schedule.next, next <= bound, let (at, waiter) = schedule.take() else {
            now = max(now, bound)
            return nil
        }
        now = max(now, at)
        return waiter
    }
}
