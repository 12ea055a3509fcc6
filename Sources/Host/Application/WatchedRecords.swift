import MunimKit
import Synchronization

/// The records of a host, with what became of the last commit, so that nobody is told that records can be written when they cannot.
final class WatchedRecords: RecordStore {
    private struct Outcome {
        /// Why nothing was written; nil when something was.
        var failure: String?
        /// The boot time at which it was known.
        var at: Span
    }

    private struct State {
        var last: Outcome?
        var probe: Task<Void, Never>?
        var sign: InstanceRecord?
    }

    private let store: any RecordStore
    private let clock: any MunimKit.Clock
    private let state = Mutex(State())
    /// How long the outcome of a commit says how it is.
    private static let memory = Span.seconds(1)

    init(_ store: any RecordStore, clock: any MunimKit.Clock) {
        self.store = store
        self.clock = clock
    }

    /// Writes that this process has begun; its row takes the later signs of life.
    func begin(_ record: InstanceRecord) async throws(StorageError) {
        var transaction = Transaction()
        transaction.insert(record)
        _ = try await commit(transaction)
        state.withLock { $0.sign = record }
    }

    /// When this process began to write; nil before.
    var startedAt: Instant? { state.withLock { $0.sign?.startedAt } }

    /// Why records cannot be written now; nil when something was written within the last second, if need be a sign of life for this question.
    ///
    /// Everyone who asks while a sign of life is being written waits for that one.
    func failure() async -> String? {
        let now = clock.boot()
        let (known, probe) = state.withLock { state -> (Outcome?, Task<Void, Never>?) in
            if let last = state.last, now - last.at < Self.memory { return (last, nil) }
            let probe = state.probe ?? Task { await self.writeSign() }
            state.probe = probe
            return (nil, probe)
        }
        if let known { return known.failure }
        await probe?.value
        return state.withLock { $0.last?.failure }
    }

    private func writeSign() async {
        if let record = state.withLock({ $0.sign }) {
            var next = record
            next.lastHeartbeat = clock.now()
            next.version += 1
            var transaction = Transaction()
            transaction.update(next)
            do throws(StorageError) {
                _ = try await commit(transaction)
                state.withLock { $0.sign = next }
            } catch .conflict {
                // A sign whose outcome was unknown had been written.
                let query = Query<InstanceRecord>(.equal("instance_id", record.id), limit: 1)
                let stored = try? await store.fetch(query).first
                state.withLock { $0.sign = stored ?? record }
            } catch {}
        }
        state.withLock { $0.probe = nil }
    }

    func commit(_ transaction: Transaction) async throws(StorageError) -> [Bool] {
        do throws(StorageError) {
            let answer = try await store.commit(transaction)
            note(nil)
            return answer
        } catch {
            // A precondition that does not hold says that the records were looked at, not that they can be written.
            if case .conflict = error { throw error }
            note(error.description)
            throw error
        }
    }

    private func note(_ failure: String?) {
        let outcome = Outcome(failure: failure, at: clock.boot())
        state.withLock { $0.last = outcome }
    }

    func fetch<R: Record>(_ query: Query<R>) async throws(StorageError) -> [R] { try await store.fetch(query) }

    func reduce<R: Record, Result: Sendable>(
        _ columns: [String], of query: Query<R>, into initial: Result, _ update: @Sendable (inout Result, Row) throws(StorageError) -> Void
    ) async throws(StorageError) -> Result { try await store.reduce(columns, of: query, into: initial, update) }

    func count<R: Record>(_ query: Query<R>) async throws(StorageError) -> Int { try await store.count(query) }
}
