import MunimKit

/// Life and death of processes, and who of them decides.
extension Simulation {
    func start(_ index: Int) {
        guard !processes[index].isUp else { return }
        guard !happens(.startRefused) else { return refuseStart(index) }
        processes[index].forget()
        processes[index].life += 1
        processes[index].isUp = true
        processes[index].startedAt = now
        let error: Span = happens(.clockSkewed) ? chance.span(-1_500, 1_500) : .zero
        processes[index].skew = processes[index].machineSkew + error
        processes[index].drift = happens(.clockDrifts) ? Int64(machines.below(4_001)) - 2_000 : 0
        if processes[index].skew != .zero || processes[index].drift != 0 { oracle.hasTrueClocks = false }
        trace(1, processes[index].incarnation.text)
        say("\(processes[index].incarnation) starts")
        if let end = crashLoopUntil, now < end { add(.end(index, life: processes[index].life), after: trials.span(200, 4_000)) }
        begin(Shell(shellParts(of: index)), at: index)
    }

    private func shellParts(of index: Int) -> Shell.Parts {
        Shell.Parts(
            policy: stage.policy, broker: stage.traits, tradedInstruments: stage.tradedInstruments,
            incarnation: processes[index].incarnation, machine: nil,
            instances: isAlone ? .one : .several(SimulationStage.leaseTimes), othersHaveEnded: processes.count == 1)
    }

    /// The first times of a process are its own, so that several which are started together do not go in step.
    private func begin(_ shell: Shell, at index: Int) {
        processes[index].begin(shell)
        for request in shell.start() {
            switch request {
            case .wake(.campaign, _): later(index, .input(.campaigned), after: chance.span(0, 50))
            case .wake(.sweep, _): later(index, .input(.swept), after: chance.span(100, 300))
            default: perform([request], at: index)
            }
        }
    }

    /// A process at rest decides nothing: what it still has on record it should have taken back.
    private func noteUntold(_ index: Int, deciding poison: Fingerprint?) {
        let process = processes[index]
        let name = process.incarnation.text
        // What was on record alone excuses no other.
        if let poison, store.row(SignalRecord.self, poison)?.processedBy == name { return }
        let isBusy =
            process.running?.shell.isCommitting ?? false || process.running?.shell.isRecovering ?? false || process.pausedUntil != nil
            || process.answeredAt.map { now < $0 + .milliseconds(5) } ?? false
        let pending = process.running?.shell.pendingTransaction?.writes.compactMap { $0.record as? SignalRecord } ?? []
        let rows = store.matching(Query<SignalRecord>(.equal("processing_status", SignalStatus.accepted))) + pending
        for row in rows where row.status == .accepted && row.attempts > 0 {
            let isFromDoor = row.attempts == 1 && row.processedBy == nil
            guard isFromDoor || row.processedBy == name,
                isBusy || (isFromDoor && !(process.running?.shell.wasGiven(row.fingerprint) ?? false))
            else {
                continue
            }
            untold[row.fingerprint, default: []].insert(isFromDoor ? "door" : name)
        }
    }

    func kill(_ index: Int, deciding poison: Fingerprint? = nil) {
        guard processes[index].isUp else { return }
        noteUntold(index, deciding: poison)
        trace(2, processes[index].incarnation.text)
        say("\(processes[index].incarnation) is killed")
        outcome.marks.insert("death")
        markDeath(of: index)
        processes[index].isUp = false
        processes[index].forget()
        // The database and the lease service see the connection end.
        if leases.holder(of: "account").map(processes[index].was) ?? false, chance.happens(500) { leases.free("account") }
    }

    func pause(_ index: Int, for span: Span) {
        guard processes[index].isUp, processes[index].pausedUntil == nil else { return }
        say("\(processes[index].incarnation) is paused for \(span)")
        processes[index].pausedUntil = now + span
        add(.resume(index), after: span)
    }

    func resume(_ index: Int) {
        guard processes[index].pausedUntil != nil else { return }
        processes[index].pausedUntil = nil
        oracle.resumedAt[processes[index].incarnation] = now
        let held = processes[index].held
        processes[index].held = []
        say("\(processes[index].incarnation) goes on with \(held.count) things that waited")
        for (work, generation) in held where processes[index].isUp && processes[index].pausedUntil == nil {
            take(work, of: generation, at: index)
        }
    }

    /// Work for a process as it is now, after a while.
    func later(_ index: Int, _ work: SimulatedProcess.Work, after span: Span, inGeneration: Bool = false) {
        add(.process(index, life: processes[index].life, generation: inGeneration ? processes[index].generation : nil, work), after: span)
    }

    func hand(_ work: SimulatedProcess.Work, to index: Int, life: Int, generation: Int?) {
        guard processes[index].isUp, processes[index].life == life else { return }
        guard generation == nil || processes[index].generation == generation else { return }
        guard processes[index].pausedUntil == nil else { return processes[index].held.append((work, generation)) }
        take(work, of: generation, at: index)
    }

    private func take(_ work: SimulatedProcess.Work, of generation: Int?, at index: Int) {
        switch work {
        case .input(let input): give(input, of: generation, to: index)
        case .inboxAnswered(let message, let answer): conclude(message, answer, at: index)
        case .contradicted(let message, let conflict, let isKept):
            conclude(message, contradicting: conflict, isKept: isKept, at: index)
        case .stopped: end(index)
        case .perform(let effect, let gate): perform(effect, gate: gate, at: index)
        }
    }

    // MARK: - Who decides

    func ask(_ index: Int) {
        guard !happens(.leaseLost) else { return }
        add(
            .lease(process: index, life: processes[index].life, askedAt: boot(index)),
            after: happens(.leaseSlow) ? chance.span(100, 3_000) : chance.span(0, 2))
    }

    /// The lease service: one holder at a time, as long as it behaves.
    func reachLeases(_ index: Int, _ life: Int, _ askedAt: Span) {
        if happens(.leaseFlushed) {
            mark(.c32)
            leases.free("account")
        }
        let isAlive = processes[index].life == life
        let holder = isAlive ? processes[index].incarnation : SimulatedProcess.incarnation(index, life: life)
        let epoch = leases.acquire("account", holder: holder, for: SimulationStage.leaseTimes.span, at: now)
        let isGranted = epoch != nil || happens(.leaseGrantedTwice)
        guard !happens(.leaseLost) else { return }
        add(
            .process(index, life: life, generation: nil, .input(.leaseAnswered(isGranted: isGranted, askedAt: askedAt))),
            after: happens(.leaseSlow) ? chance.span(100, 3_000) : chance.span(0, 2))
    }

    /// A process decides, or goes on after its rows were read anew. Where it is alone its rows have one epoch for ever, and the judge counts its lives.
    func note(epoch: Int64, isAnew: Bool, at index: Int) {
        let incarnation = processes[index].incarnation
        let counted = isAlone ? Int64(processes[index].life) : epoch
        if isAnew {
            oracle.wentOn(from: processes[index].epoch, to: counted)
        } else {
            trace(3, incarnation.text, Int(epoch))
            say("\(incarnation) decides in epoch \(epoch)")
            oracle.began(incarnation, epoch: counted)
            if isAlone { oracle.aloneEpoch = counted }
            begins.append(now)
        }
        processes[index].epoch = counted
    }
}
