public import MunimKit
import Synchronization

/// A clock that stands still until a test moves it.
///
/// Whoever sleeps is resumed in the order of the instants slept for, then in the order in which the sleeps began. All calls may run side by side.
public final class ManualClock: Clock {
    private let state: Mutex<State>

    /// A clock that shows `start`; boot time begins at zero.
    public init(_ start: Instant = Instant(seconds: 1_764_302_400)) { state = Mutex(State(wall: start)) }

    public func now() -> Instant { state.withLock(\.wall) }
    public func boot() -> Span { state.withLock(\.boot) }

    public func sleep(until instant: Instant) async throws {
        let number = state.withLock { $0.takeNumber() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome = state.withLock { $0.add(Sleeper(number: number, until: instant, continuation: continuation)) }
                switch outcome {
                case .waits(let watchers): watchers.forEach { $0.resume() }
                case .isDue: continuation.resume()
                case .isCancelled: continuation.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            state.withLock { $0.cancel(number) }?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves both clocks forward and resumes every sleeper whose instant is reached, each at its own instant.
    public func advance(by span: Span) {
        let target = now() + span
        while let sleeper = state.withLock({ $0.step(towards: target) }) { sleeper.continuation.resume() }
    }

    /// Moves the wall clock alone, forwards or backwards, as an adjustment of the machine's time does.
    public func jump(by span: Span) {
        let due = state.withLock { state in
            state.wall = state.wall + span
            return state.takeDue()
        }
        due.forEach { $0.continuation.resume() }
    }

    /// How many tasks sleep now.
    public var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Returns as soon as at least `count` tasks sleep, so that a test moves time only when there is someone to wake.
    public func waitForSleepers(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                guard state.sleepers.count < count else { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }
}

/// One task that sleeps.
private struct Sleeper: Sendable {
    var number: Int
    var until: Instant
    var continuation: CheckedContinuation<Void, any Error>
}

private enum Admission {
    case waits([CheckedContinuation<Void, Never>])
    case isDue
    case isCancelled
}

private struct State: Sendable {
    var wall: Instant
    var boot = Span.zero
    var sleepers: [Sleeper] = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private var cancelled: Set<Int> = []
    private var pending: Set<Int> = []
    private var lastNumber = 0

    init(wall: Instant) { self.wall = wall }

    mutating func takeNumber() -> Int {
        lastNumber += 1
        pending.insert(lastNumber)
        return lastNumber
    }

    mutating func add(_ sleeper: Sleeper) -> Admission {
        pending.remove(sleeper.number)
        guard cancelled.remove(sleeper.number) == nil else { return .isCancelled }
        guard sleeper.until > wall else { return .isDue }
        let index = sleepers.firstIndex { $0.until > sleeper.until } ?? sleepers.endIndex
        sleepers.insert(sleeper, at: index)
        let ready = watchers.filter { $0.count <= sleepers.count }.map(\.continuation)
        watchers.removeAll { $0.count <= sleepers.count }
        return .waits(ready)
    }

    /// The sleeper to throw out; a sleep that has not begun is remembered as cancelled, one that has ended is none.
    mutating func cancel(_ number: Int) -> Sleeper? {
        if let index = sleepers.firstIndex(where: { $0.number == number }) { return sleepers.remove(at: index) }
        if pending.contains(number) { cancelled.insert(number) }
        return nil
    }

    /// Moves to the next sleeper on the way to `target` and takes it out; moves to `target` when there is none.
    mutating func step(towards target: Instant) -> Sleeper? {
        let next = sleepers.first.flatMap { $0.until <= target ? $0 : nil }
        let reached = max(wall, next?.until ?? target)
        boot = boot + (reached - wall)
        wall = reached
        if next != nil { sleepers.removeFirst() }
        return next
    }

    mutating func takeDue() -> [Sleeper] {
        let wall = wall
        let due = sleepers.filter { $0.until <= wall }
        sleepers.removeAll { $0.until <= wall }
        return due
    }
}
