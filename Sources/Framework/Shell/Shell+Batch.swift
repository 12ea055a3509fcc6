/// Batches: events in, one commit at a time, effects only after it.
extension Shell {
    /// Takes one input; answers what is to be done at once. Inputs of a time of deciding that is over change nothing.
    public mutating func take(_ input: Input, of generation: Int? = nil, at now: Moment) -> [Request] {
        guard generation == nil || generation == self.generation else { return [] }
        switch input {
        case .event(let event): return put(event)
        case .committed(let error): return conclude(error, at: now)
        case .retried: return retry()
        case .cameBack(let subject):
            if let event = refused.takeBack(subject), core != nil { mailbox.append(event) }
            return []
        case .swept: return sweep()
        case .found(let waiting):
            // Rows that are being read anew show them as well.
            if !isReading { for event in waiting.events { _ = put(event) } }
            handed.noteAnswer()
            return []
        case .campaigned, .leaseAnswered, .leaseRead, .leaseUnread, .claimed: return lead(input, at: now)
        case .loaded(let snapshot, let lease): return begin(from: snapshot, lease, at: now)
        case .unloaded: return loadAgain()
        }
    }

    /// The next batch, handled and to be committed or performed; nil when nothing waits, or waits for a commit or for rows.
    ///
    /// - Parameters:
    ///   - entropy: gives the bits of each event.
    ///   - told: hears each event with what the core answered.
    public mutating func next(
        at now: Moment, entropy: () -> Entropy, told: (_ stimulus: Stimulus, _ effects: [Effect]) -> Void
    ) -> [Request]? {
        guard core != nil, hold == nil, !mailbox.isEmpty else { return nil }
        let events = takeBatch()
        if let core { journal.begin(core) }
        var transaction = Transaction()
        var effects: [Effect] = []
        for event in events {
            let stimulus = Stimulus(event, at: now.wall, entropy: entropy())
            let answer = core?.handle(stimulus) ?? []
            journal.note(stimulus)
            told(stimulus, answer)
            for effect in answer {
                if case .commit(let writes) = effect { transaction.append(writes) } else { effects.append(effect) }
            }
        }
        guard !transaction.isEmpty else {
            journal.confirm()
            // Rows that were read anew may show that nothing is left to write.
            if failures > 0 { storageFailure = nil }
            return [release(effects, at: now)]
        }
        return commit(Batch(events: events, effects: effects, transaction: transaction), at: now)
    }

    /// As many waiting events as one commit may carry; one whose write was refused again and again is a batch of its own.
    private mutating func takeBatch() -> [Event] {
        var events = mailbox.count > Self.batchLimit ? Array(mailbox.prefix(Self.batchLimit)) : mailbox
        if let index = events.firstIndex(where: refused.goesAlone) { events = Array(events.prefix(max(1, index))) }
        mailbox.removeFirst(events.count)
        return events
    }

    private mutating func commit(_ batch: Batch, at now: Moment) -> [Request] {
        var transaction = batch.transaction
        if !parts.isAlone {
            guard let lease = leadership?.lease else { return retire() }
            if !parts.policy.has(.epochNotDemanded) { transaction.require(lease) }
        }
        let isEarly = parts.policy.has(.callBeforeCommit)
        hold = .committing(
            Batch(events: batch.events, effects: isEarly ? [] : batch.effects, transaction: transaction))
        return (isEarly ? [.perform(batch.effects, gate: now.boot)] : []) + [.commit(transaction)]
    }

    private mutating func put(_ event: Event) -> [Request] {
        if case .stopping = event { isStopping = true }
        guard core != nil else { return [] }
        // Who took a signal tells of it, and so may a sweep.
        if event.mayBeToldAgain, !handed.insert(event.subject) { return [] }
        if parts.publishes, case .signal(let record) = event { viewKeeping.note(record) }
        // Rows that were read anew make the core ask again for a survey whose decision was refused.
        var requests: [Request] = []
        if case .surveyed = event, putAside(event, &requests) { return requests }
        mailbox.append(event)
        return []
    }

    /// What was handled is committed: it may be known, and its effects performed.
    private mutating func release(_ effects: [Effect], at now: Moment) -> Request {
        isReady = core?.isReady ?? false
        hasHeardOfStop = core?.isStopping ?? false
        for subject in effects.compactMap(\.concluded) { handed.noteEnd(of: subject, isSwept: parts.sweep != nil) }
        publish(effects)
        return .perform(effects, gate: now.boot)
    }

    /// Makes the view of what is committed; a signal that is still in the machine is told as it came.
    mutating func publish(_ effects: [Effect] = []) {
        guard parts.publishes else { return }
        for case .conclude(let record) in effects { viewKeeping.note(record) }
        view = core.map(viewKeeping.view)
    }

    /// The commit of the batch was answered.
    private mutating func conclude(_ error: StorageError?, at now: Moment) -> [Request] {
        guard case .committing(let batch) = hold else { return [] }
        hold = nil
        guard let error, !parts.policy.has(.failedCommitIsSuccess) else {
            failures = 0
            storageFailure = nil
            journal.confirm()
            refused.noteWritten(batch.events)
            return [release(batch.effects, at: now)]
        }
        failures += 1
        if let before = journal.rewind() { core?.rollBack(to: before) }
        var requests: [Request] = [.noteFailure(error)]
        if case .unavailable = error {
            hold = .pausing(batch.events)
        } else {
            if case .conflict = error { refused.noteRefused(batch.events) }
            hold = .reading(batch.events.filter { $0.survivesReload && !putAside($0, &requests) })
        }
        return requests + [.wake(.retry, after: pause(after: error))]
    }

    /// Whether an event was put aside because its write is always refused; the caller has it wake up then.
    private mutating func putAside(_ event: Event, _ requests: inout [Request]) -> Bool {
        guard case .putAside(let subject, let pause, let isNew) = refused.measure(for: event) else { return false }
        if isNew { mailbox.append(.putAside(subject.description)) }
        requests.append(.wake(.comeBack(subject), after: pause))
        return true
    }

    /// Another process may have been quicker three times; after that, and where storage does not work, tries come further and further apart.
    private mutating func pause(after error: StorageError) -> Span {
        if case .conflict = error, failures <= 3 { return .zero }
        storageFailure = error
        return min(.seconds(5), .milliseconds(100 * failures))
    }

    /// Tries the same events again on the same rows, or reads the rows: in the next epoch, where there are epochs.
    private mutating func retry() -> [Request] {
        switch hold {
        case .pausing(let events):
            hold = nil
            mailbox.insert(contentsOf: events, at: 0)
            return []
        case .reading: return leadership == nil || parts.policy.has(.readAnewInOldEpoch) ? [.load(after: .zero)] : doubt()
        case .committing, nil: return []
        }
    }

    /// Also while a commit is on its way: a process that is always busy would never find what nobody announced.
    private mutating func sweep() -> [Request] {
        guard let pause = parts.sweep else { return [] }
        guard core != nil, !isReading, handed.noteQuestion() else { return [.wake(.sweep, after: pause)] }
        return [.findWaiting, .wake(.sweep, after: pause)]
    }

    /// Whether the rows are being read anew.
    private var isReading: Bool {
        if case .reading = hold { true } else { false }
    }
}

extension Effect {
    /// What is decided or answered by it.
    fileprivate var concluded: EventSubject? {
        switch self {
        case .conclude(let record): .signal(record.fingerprint)
        case .answer(let answer): .command(CommandID(answer.id))
        default: nil
        }
    }
}

extension Event {
    /// Whether several tell of it: who stored it, a sweep, and rows that are read.
    var mayBeToldAgain: Bool {
        switch self {
        case .signal, .commanded: true
        default: false
        }
    }

    /// Whether the event still means something after the rows were read anew.
    public var survivesReload: Bool {
        switch self {
        // Nothing was asked for as long as the commit of the start was not made, and nobody else asks for it.
        case .started: true
        case .reloaded: false
        // A signal without a verdict is among the rows that were just read, and so is a command without an answer.
        case .signal, .commanded: false
        // A survey is asked for again by the decision that needs it.
        case .surveyed: false
        case .stopping, .placed, .cancelAnswered, .reported, .bookRead, .positionsRead, .woke, .putAside: true
        }
    }
}
