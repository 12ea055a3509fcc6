/// Takes signals in: each fingerprint once, durably, before anyone is told that it was accepted.
///
/// A resend is answered from committed rows only; what cannot be stored is refused so that the sender tries again. May be called from any number of
/// tasks at once.
public final class Inbox: Sendable {
    /// What became of a signal at the door.
    public enum Admission: Sendable {
        /// Stored now; the verdict may follow.
        case accepted(SignalRecord)
        /// Stored before, with the same content; the row as it is now.
        case duplicate(SignalRecord)
        /// Another content was stored under this fingerprint before; kept as evidence, never traded.
        case conflict(SignalRecord)
        /// Cannot be stored now: the sender should try again.
        case unavailable(String)
    }

    private let store: any RecordStore
    private let engine: Engine
    private let clock: any Clock
    private let stopPoints: (any StopPointObserver)?

    /// An inbox in front of an engine.
    public init(store: any RecordStore, engine: Engine, clock: any Clock, stopPoints: (any StopPointObserver)? = nil) {
        self.store = store
        self.engine = engine
        self.clock = clock
        self.stopPoints = stopPoints
    }

    /// Stores a signal and waits up to `span` for its verdict.
    public func submit(_ record: SignalRecord, waiting span: Span) async -> Admission {
        guard engine.acceptsSignals else { return .unavailable("the host is starting, stopping, or cannot store") }
        stopPoints?.reach(.beforeInbox)
        var first = record
        // The first process counts from the start, because it may die deciding; a signal that waits is taken back.
        first.attempts = 1
        let ticket = engine.verdicts.register(record.fingerprint)
        let deadline = clock.now() + span
        do throws(StorageError) {
            guard try await insert(first, until: deadline) else { return try await meetAgain(first) }
        } catch {
            engine.note(storageFailure: error)
            return .unavailable("the signal could not be stored")
        }
        stopPoints?.reach(.afterInbox)
        engine.submit(.signal(first))
        guard let decided = await engine.verdicts.value(of: ticket, until: deadline, clock: clock) else {
            return .accepted(first)
        }
        return .accepted(decided)
    }

    /// Stores a signal unless it is there; asks again, as long as there is time, while nobody knows whether that was done.
    private func insert(_ record: SignalRecord, until deadline: Instant) async throws(StorageError) -> Bool {
        var transaction = Transaction()
        transaction.insertIfAbsent(record)
        var isDoubtful = false
        while true {
            do throws(StorageError) {
                let isNew = try await store.commit(transaction).first ?? false
                guard !isNew, isDoubtful else { return isNew }
                // A row that is this very one was made by the commit that was not answered.
                return try await stored(record.fingerprint) == record
            } catch {
                isDoubtful = isDoubtful || error.isUncertain
                guard isDoubtful, clock.now() < deadline, !Task.isCancelled else {
                    throw isDoubtful && !error.isUncertain ? .uncertain(error.description) : error
                }
                engine.note(storageFailure: error)
                try? await clock.sleep(until: min(deadline, clock.now() + .milliseconds(100)))
            }
        }
    }

    private func stored(_ fingerprint: Fingerprint) async throws(StorageError) -> SignalRecord? {
        try await store.fetch(Query<SignalRecord>(.equal("fingerprint", fingerprint), limit: 1)).first
    }

    private func meetAgain(_ record: SignalRecord) async throws(StorageError) -> Admission {
        guard let stored = try await stored(record.fingerprint) else { return .unavailable("the stored signal cannot be read back") }
        guard stored.digest != record.digest else {
            await markAsSentAgain(stored)
            return .duplicate(stored)
        }
        let alert = Alert(
            id: "conflict-\(record.fingerprint.text.prefix(16))-\(record.digest.prefix(16))", severity: .error, code: "signal_conflict",
            message: "A message came with the identity of signal \(stored.fingerprint) but other content. It was kept and not traded.",
            instrument: stored.instrument, at: record.receivedAt)
        var transaction = Transaction()
        transaction.insertIfAbsent(
            ConflictRecord(fingerprint: record.fingerprint, digest: record.digest, rawBody: record.rawBody, receivedAt: record.receivedAt))
        transaction.insertIfAbsent(OutboxRecord(alert))
        let isNew = try await store.commit(transaction).first ?? false
        if isNew { engine.raise(alert) }
        return .conflict(stored)
    }

    /// Notes on a decided row that it was sent again; a row that is still being decided belongs to the lane.
    private func markAsSentAgain(_ stored: SignalRecord) async {
        guard stored.status.isVerdict, !stored.isDuplicate else { return }
        var marked = stored
        marked.isDuplicate = true
        marked.version += 1
        var transaction = Transaction()
        transaction.update(marked)
        // The answer does not depend on the note.
        _ = try? await store.commit(transaction)
    }
}

extension StorageError {
    /// Whether the writes may have been made.
    fileprivate var isUncertain: Bool {
        if case .uncertain = self { true } else { false }
    }
}
