import Dispatch

/// A serial executor of its own for C calls that wait on disk or network, so that they never hold a thread of the cooperative pool.
public final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    /// Creates an executor; `label` names its thread in a debugger.
    public init(label: String) { queue = DispatchQueue(label: label) }

    /// Runs a job after those that came before it.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedSerialExecutor()
        queue.async { job.runSynchronously(on: executor) }
    }
}
