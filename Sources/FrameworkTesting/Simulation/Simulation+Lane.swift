import MunimKit

/// The lane of a deciding process: events in batches, one commit at a time, effects only after it.
extension Simulation {
    func put(_ event: Event, at index: Int) {
        guard processes[index].core != nil else { return }
        if case .signal(let record) = event { processes[index].handed.insert(record.fingerprint) }
        processes[index].mailbox.append(event)
        walk(index)
    }

    /// Handles what waits, unless a commit or a reading of rows is on its way.
    func walk(_ index: Int) {
        while let core = processes[index].core, processes[index].batch == nil, processes[index].reloading == nil,
            !processes[index].mailbox.isEmpty
        {
            let events = processes[index].mailbox
            processes[index].mailbox = []
            decide(events, from: core, at: index)
        }
    }

    private func decide(_ events: [Event], from before: Core, at index: Int) {
        var core = before
        processes[index].core = nil
        var transaction = Transaction()
        var effects: [Effect] = []
        for event in events {
            trace(4, Self.name(of: event), index)
            say("\(processes[index].incarnation) handles \(event)")
            if case .positionsRead(let reading) = event, reading.positions == nil { oracle.waits.unreadAt = now }
            if case .bookRead(let reading) = event, reading.book != nil { oracle.recovered(in: processes[index].epoch) }
            if case .bookRead(let reading) = event {
                let (process, epoch) = (processes[index].incarnation, processes[index].epoch)
                let shownAt = oracle.heard(process, startedAt: reading.startedAt, in: epoch, store, at: now)
                if let shownAt { remember(shownAt: shownAt) }
            }
            for effect in core.handle(Stimulus(event, at: wall(index), entropy: chance.entropy())) {
                if case .commit(let writes) = effect { transaction.append(writes) } else { effects.append(effect) }
            }
        }
        processes[index].core = core
        guard !transaction.isEmpty else { return release(effects, at: index) }
        guard !isPoisoned(by: transaction, at: index) else { return }
        if !isAlone {
            guard let lease = processes[index].tenure.lease else { return processes[index].retire() }
            if !stage.policy.has(.epochNotDemanded) { transaction.require(lease) }
        }
        if stage.policy.has(.callBeforeCommit) { release(effects, at: index) }
        processes[index].batch = SimulatedProcess.Batch(
            before: before, events: events, effects: stage.policy.has(.callBeforeCommit) ? [] : effects, transaction: transaction)
        commit(at: index)
    }

    private func commit(at index: Int) {
        guard let batch = processes[index].batch else { return }
        guard !dies(at: index, isDone: false) else { return }
        call(.commit(batch.transaction), from: index, inTerm: true)
        guard !diesRolling(batch.transaction, isDone: false, at: index) else { return }
        _ = dies(at: index, isDone: true)
    }

    /// The commit of the batch was answered.
    func conclude(_ error: StorageError?, at index: Int) {
        guard let batch = processes[index].batch else { return }
        guard let error, !stage.policy.has(.failedCommitIsSuccess) else {
            guard !diesRolling(batch.transaction, isDone: true, at: index) else { return }
            processes[index].batch = nil
            processes[index].failures = 0
            processes[index].answeredAt = now
            release(batch.effects, at: index)
            return walk(index)
        }
        say("\(processes[index].incarnation) could not commit: \(error)")
        processes[index].failures += 1
        processes[index].core?.goBack(to: batch.before)
        let failures = processes[index].failures
        let wait: Span = if case .conflict = error, failures <= 3 { .zero } else { min(.seconds(5), .milliseconds(100 * failures)) }
        processes[index].batch = nil
        if case .unavailable = error {
            processes[index].reloading = batch.events
            later(index, .retryAsItWas, after: wait, inTerm: true)
        } else {
            processes[index].reloading = batch.events.filter(\.survivesReload)
            later(index, .readAnew, after: wait, inTerm: true)
        }
    }

    /// Tries the same events again on the same rows.
    func retry(at index: Int) {
        guard let events = processes[index].reloading else { return }
        processes[index].reloading = nil
        processes[index].mailbox.insert(contentsOf: events, at: 0)
        walk(index)
    }

    /// Hands effects to be performed, each at a moment of its own.
    private func release(_ effects: [Effect], at index: Int) {
        oracle.waits.wentThrough(at: now)
        let gate = boot(index)
        if effects.contains(where: \.isPlacing), happens(.processPaused) { pause(index, for: chance.span(100, 15_000)) }
        for effect in effects {
            switch effect {
            case .wake(let alarm, let at):
                later(index, .event(.woke(alarm)), after: trueTime(of: at - wall(index), at: index), inTerm: true)
            case .observe(let observation): broker.observe(observation)
            case .conclude(let record):
                say("verdict \(record.status.rawValue) \(record.reason ?? "") for \(record.fingerprint.text.prefix(6))")
            case .alert(let alert):
                oracle.alerted(alert)
                say("alert \(alert.code): \(alert.message)")
            case .answer(let answer): oracle.answered(answer)
            default: later(index, .perform(effect, gate: gate), after: chance.span(0, 1), inTerm: true)
            }
        }
    }

    /// Whether the next chosen death happens at this step.
    func dies(at index: Int, isDone: Bool) -> Bool {
        if !isDone {
            outcome.steps += 1
            steps += 1
        }
        guard outcome.deaths < plan.deaths.count, plan.deaths[outcome.deaths] == Death(step: steps, isDone: isDone) else { return false }
        outcome.deaths += 1
        steps = 0
        diedAt = now
        kill(index)
        if plan.recovery != .takeover || processes.count == 1 { add(.start(index), after: .seconds(1)) }
        // The others end as well, so that the same instance has to go on.
        if plan.recovery == .restart { for other in processes.indices { kill(other) } }
        return true
    }

    private static func name(of event: Event) -> String {
        switch event {
        case .started: "started"
        case .reloaded: "reloaded"
        case .stopping: "stopping"
        case .signal(let record): record.fingerprint.text
        case .surveyed: "surveyed"
        case .placed(let tag, _): tag.text
        case .cancelAnswered(let tag, _): tag.text
        case .reported(let report): report.orderID.text
        case .bookRead: "book"
        case .positionsRead: "positions"
        case .woke: "woke"
        case .commanded(let request): request.id
        }
    }
}

extension Effect {
    /// Whether an order leaves.
    fileprivate var isPlacing: Bool {
        if case .place = self { true } else { false }
    }
}
