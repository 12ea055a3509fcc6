import MunimKit
import Synchronization

/// Runs the jobs of one process in one thread, the next of them chosen by a seed: every order in which tasks may run is the run of some seed.
///
/// Nothing runs by itself; ``runNext()`` runs one job. Tasks that prefer this executor, their child tasks and whoever they wait for come here.
public final class SeededExecutor: TaskExecutor {
    fileprivate struct State {
        var ready: [UnownedJob] = []
        var random: SplitMix64
        var count = 0
        var hash = FNV1a()
        var isDead = false
    }

    private let state: Mutex<State>
    /// Whether jobs run in the order in which they became ready.
    private let isInOrder: Bool

    /// An executor whose choices follow from `seed`; without one the first job is the next.
    public init(seed: UInt64?) {
        isInOrder = seed == nil
        state = Mutex(State(random: SplitMix64(state: seed ?? 0)))
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { if !$0.isDead { $0.ready.append(job) } }
    }

    /// Runs one job that is ready; answers whether there was one.
    public func runNext() -> Bool {
        guard let job = state.withLock({ $0.take(isInOrder: isInOrder) }) else { return false }
        job.runSynchronously(on: asUnownedTaskExecutor())
        return true
    }

    /// Lets nothing run any more, as when the process is killed: what is ready, and what becomes ready later, never goes on.
    public func kill() {
        state.withLock { state in
            state.isDead = true
            state.ready = []
        }
    }

    /// How many jobs have run.
    public var count: Int { state.withLock(\.count) }

    /// A hash over all choices, to compare runs.
    public var hash: UInt64 { state.withLock(\.hash.value) }
}

extension SeededExecutor.State {
    fileprivate mutating func take(isInOrder: Bool) -> UnownedJob? {
        guard !ready.isEmpty else { return nil }
        let index = isInOrder ? 0 : Int(truncatingIfNeeded: random.next() >> 1) % ready.count
        hash.combine(UInt64(index))
        hash.combine(UInt64(ready.count))
        count += 1
        return ready.remove(at: index)
    }
}
