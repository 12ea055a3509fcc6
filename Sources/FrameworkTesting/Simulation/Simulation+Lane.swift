import MunimKit

/// The shell of a process: given what happens, and what it asks for performed with everything that can go wrong.
extension Simulation {
    func put(_ event: Event, at index: Int) { give(.event(event), to: index) }

    /// Gives an input to the shell of a process, and performs what it asks for.
    func give(_ input: Shell.Input, of generation: Int? = nil, to index: Int) {
        if case .committed(let error) = input, !noteAnswer(error, of: generation, at: index) { return }
        guard let running = processes[index].running else { return }
        perform(running.shell.take(input, of: generation, at: moment(index)), at: index)
        walk(index)
    }

    /// Asks the shell for the next batch until nothing waits, or waits for a commit or for rows.
    private func walk(_ index: Int) {
        while let running = processes[index].running {
            var handled: [Stimulus] = []
            let requests = running.shell.next(
                at: moment(index), entropy: { chance.entropy() }, told: { stimulus, _ in handled.append(stimulus) })
            guard let requests else { return }
            for stimulus in handled { note(stimulus.event, at: index) }
            perform(requests, at: index)
        }
    }

    func perform(_ requests: [Shell.Request], at index: Int) {
        let life = processes[index].life
        for request in requests where processes[index].isUp && processes[index].life == life { perform(request, at: index) }
    }

    private func perform(_ request: Shell.Request, at index: Int) {
        switch request {
        case .askForLease: ask(index)
        case .readLease(let after): call(.readLease, from: index, after: after)
        case .claim(let lease, let isFirst): call(.claim(lease, isFirst: isFirst), from: index)
        case .load(let after): call(.load, from: index, inGeneration: true, after: after)
        case .findWaiting: call(.findWaiting, from: index, inGeneration: true)
        case .commit(let transaction): commit(transaction, at: index)
        case .perform(let effects, let gate): release(effects, gate: gate, at: index)
        case .wake(.campaign, let after): later(index, .input(.campaigned), after: after)
        case .wake(.sweep, let after): later(index, .input(.swept), after: after + .milliseconds(Int64(index)))
        case .wake(.comeBack(let subject), let after): later(index, .input(.cameBack(subject)), after: after, inGeneration: true)
        case .wake(.retry, let after): later(index, .input(.retried), after: after, inGeneration: true)
        case .noteEpoch(let epoch, let isAnew): note(epoch: epoch, isAnew: isAnew, at: index)
        case .noteRetirement:
            processes[index].answeredAt = nil
            say("\(processes[index].incarnation) stops deciding")
        case .noteFailure(let error): say("\(processes[index].incarnation) could not commit: \(error)")
        }
    }

    /// Wall and boot time of a process.
    func moment(_ index: Int) -> Moment { Moment(wall: wall(index), boot: boot(index)) }

    private func note(_ event: Event, at index: Int) {
        trace(4, Self.name(of: event), index)
        say("\(processes[index].incarnation) handles \(event)")
        if case .positionsRead(let reading) = event, reading.positions == nil { oracle.waits.unreadAt = now }
        if case .bookRead(let reading) = event, reading.book != nil { oracle.recovered(in: processes[index].epoch) }
        if case .bookRead(let reading) = event {
            let (process, epoch) = (processes[index].incarnation, processes[index].epoch)
            let shownAt = oracle.heard(process, startedAt: reading.startedAt, in: epoch, store, at: now)
            if let shownAt { remember(shownAt: shownAt) }
        }
    }

    private func commit(_ transaction: Transaction, at index: Int) {
        guard !isPoisoned(by: transaction, at: index) else { return }
        guard !dies(at: index, isDone: false) else { return }
        call(.commit(transaction), from: index, inGeneration: true)
        guard !diesRolling(transaction, isDone: false, at: index) else { return }
        _ = dies(at: index, isDone: true)
    }

    /// Notes that a commit was answered; false when the process dies of it.
    private func noteAnswer(_ error: StorageError?, of generation: Int?, at index: Int) -> Bool {
        guard let running = processes[index].running, generation == nil || generation == running.shell.generation,
            let transaction = running.shell.pendingTransaction,
            error == nil || stage.policy.has(.failedCommitIsSuccess)
        else { return true }
        guard !diesRolling(transaction, isDone: true, at: index) else { return false }
        processes[index].answeredAt = now
        return true
    }

    /// Hands effects to be performed, each at a moment of its own.
    private func release(_ effects: [Effect], gate: Span, at index: Int) {
        oracle.waits.wentThrough(at: now)
        if effects.contains(where: \.isPlacing), happens(.processPaused) { pause(index, for: chance.span(100, 15_000)) }
        for effect in effects {
            switch effect {
            case .wake(let alarm, let at):
                later(index, .input(.event(.woke(alarm))), after: trueTime(of: at - wall(index), at: index), inGeneration: true)
            case .observe(let observation): broker.observe(observation)
            case .conclude(let record):
                say("verdict \(record.status.rawValue) \(record.reason?.rawValue ?? "") for \(record.fingerprint.text.prefix(6))")
            case .alert(let alert):
                oracle.alerted(alert)
                say("alert \(alert.code): \(alert.message)")
            case .answer(let answer): oracle.answered(answer)
            default: later(index, .perform(effect, gate: gate), after: chance.span(0, 1), inGeneration: true)
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
        case .commanded(let record): record.id.text
        case .putAside(let what): what
        }
    }
}

extension Effect {
    /// Whether an order leaves.
    fileprivate var isPlacing: Bool {
        if case .place = self { true } else { false }
    }
}
