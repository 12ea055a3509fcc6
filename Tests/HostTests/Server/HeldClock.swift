import Synchronization

/// A clock that stands still until a test moves it, so that limits of time strike when the test says so and never because a machine is busy.
final class HeldClock: Clock {
    typealias Instant = ContinuousClock.Instant

    private struct State {
        var now = ContinuousClock.now
        var isReleased = false
        var count = 0
        var sleepers: [Int: (deadline: Instant, continuation: CheckedContinuation<Void, Never>)] = [:]
        /// Sleepers that were cancelled before they lay down.
        var cancelled: Set<Int> = []
    }

    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let name = state.withLock { state in
            state.count += 1
            return state.count
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { lie(down: $0, name, until: deadline) }
        } onCancel: {
            wake(name)
        }
        try Task.checkCancellation()
        if state.withLock({ $0.isReleased }) { try await ContinuousClock().sleep(for: .milliseconds(1)) }
    }

    /// Moves the time on and wakes who is due.
    func advance(by duration: Duration) {
        resume { state in
            state.now += duration
            return state.sleepers.filter { $1.deadline <= state.now }.map(\.key)
        }
    }

    /// Lets every sleep end almost at once from now on.
    func release() {
        resume { state in
            state.isReleased = true
            return Array(state.sleepers.keys)
        }
    }

    private func lie(down continuation: CheckedContinuation<Void, Never>, _ name: Int, until deadline: Instant) {
        let isDue = state.withLock { state in
            if state.isReleased || deadline <= state.now || state.cancelled.remove(name) != nil { return true }
            state.sleepers[name] = (deadline, continuation)
            return false
        }
        if isDue { continuation.resume() }
    }

    private func wake(_ name: Int) {
        resume { state in
            if state.sleepers[name] == nil { state.cancelled.insert(name) }
            return [name]
        }
    }

    private func resume(_ names: (inout State) -> [Int]) {
        let woken = state.withLock { state in names(&state).compactMap { state.sleepers.removeValue(forKey: $0)?.continuation } }
        for continuation in woken { continuation.resume() }
    }
}
