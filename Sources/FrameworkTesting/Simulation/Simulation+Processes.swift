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
        processes[index].skew = Span(microseconds: processes[index].machineSkew.microseconds + error.microseconds)
        processes[index].drift = happens(.clockDrifts) ? Int64(machines.below(4_001)) - 2_000 : 0
        if processes[index].skew != .zero || processes[index].drift != 0 { oracle.hasTrueClocks = false }
        trace(1, processes[index].incarnation.text)
        say("\(processes[index].incarnation) starts")
        if let end = crashLoopUntil, now < end { add(.end(index, life: processes[index].life), after: trials.span(200, 4_000)) }
        if isAlone { call(.load, from: index, inTerm: true) } else { later(index, .tick, after: chance.span(0, 50)) }
        later(index, .sweep, after: chance.span(100, 300))
    }

    /// A process at rest decides nothing: what it still has on record it should have taken back.
    private func noteUntold(_ index: Int, deciding poison: Fingerprint?) {
        let process = processes[index]
        let name = process.incarnation.text
        // What was on record alone excuses no other.
        if let poison, store.row(SignalRecord.self, poison)?.processedBy == name { return }
        let isBusy =
            process.batch != nil || process.reloading != nil || process.pausedUntil != nil
            || process.answeredAt.map { now < $0 + .milliseconds(5) } ?? false
        let pending = process.batch?.transaction.writes.compactMap { $0.record as? SignalRecord } ?? []
        let rows = store.matching(Query<SignalRecord>(.equal("processing_status", SignalStatus.accepted))) + pending
        for row in rows where row.status == .accepted && row.attempts > 0 {
            let isFromDoor = row.attempts == 1 && row.processedBy == nil
            guard isFromDoor || row.processedBy == name, isBusy || (isFromDoor && !process.handed.contains(row.fingerprint)) else {
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
        for work in held where processes[index].isUp && processes[index].pausedUntil == nil { take(work, at: index) }
    }

    /// Work for a process as it is now, after a while.
    func later(_ index: Int, _ work: SimulatedProcess.Work, after span: Span, inTerm: Bool = false) {
        add(.process(index, life: processes[index].life, term: inTerm ? processes[index].term : nil, work), after: span)
    }

    func hand(_ work: SimulatedProcess.Work, to index: Int, life: Int, term: Int?) {
        guard processes[index].isUp, processes[index].life == life else { return }
        guard term == nil || processes[index].term == term else { return }
        guard processes[index].pausedUntil == nil else { return processes[index].held.append(work) }
        take(work, at: index)
    }

    private func take(_ work: SimulatedProcess.Work, at index: Int) {
        switch work {
        case .tick:
            // Who is asked to end goes on as the one who decides, but does not begin to.
            if !processes[index].isStopping || processes[index].tenure.lease != nil {
                follow(processes[index].tenure.woke(at: boot(index)), at: index)
            }
            later(index, .tick, after: processes[index].tenure.interval)
        case .sweep:
            if processes[index].core != nil, processes[index].batch == nil, processes[index].mailbox.isEmpty {
                call(.undecided, from: index, inTerm: true)
            }
            later(index, .sweep, after: .milliseconds(1_000 + Int64(index)))
        case .leaseAnswered(let isGranted, let askedAt):
            follow(processes[index].tenure.answered(isGranted: isGranted, askedAt: askedAt, at: boot(index)), at: index)
        case .leaseRead(let lease, let isKnown): claim(after: lease, isKnown: isKnown, at: index)
        case .claimed(let lease): conclude(claim: lease, at: index)
        case .loaded(let snapshot, let lease): load(snapshot, lease, at: index)
        case .committed(let error): conclude(error, at: index)
        case .retryAsItWas: retry(at: index)
        case .readAnew where stage.policy.has(.readAnewInOldEpoch): call(.load, from: index, inTerm: true)
        case .readAnew where isAlone: call(.load, from: index, inTerm: true)
        case .readAnew: follow(processes[index].tenure.doubted(), at: index)
        case .inboxAnswered(let message, let answer): conclude(message, answer, at: index)
        case .contradicted(let message, let conflict, let isKept):
            conclude(message, contradicting: conflict, isKept: isKept, at: index)
        case .undecided(let records):
            for record in records where !processes[index].handed.contains(record.fingerprint) { put(.signal(record), at: index) }
        case .event(let event): put(event, at: index)
        case .stopped: end(index)
        case .perform(let effect, let gate): perform(effect, gate: gate, at: index)
        }
    }

    // MARK: - Who decides

    func follow(_ effects: [Tenure.Effect], at index: Int) {
        for effect in effects {
            switch effect {
            case .ask: ask(index)
            case .claim: call(.readLease, from: index, after: .milliseconds(10 * min(50, processes[index].claims)))
            case .begin: call(.load, from: index, inTerm: true)
            case .retire:
                say("\(processes[index].incarnation) stops deciding")
                processes[index].retire()
            }
        }
    }

    private func ask(_ index: Int) {
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
        let epoch = leases.acquire("account", holder: holder, for: processes[index].tenure.terms.span, at: now)
        let isGranted = epoch != nil || happens(.leaseGrantedTwice)
        guard !happens(.leaseLost) else { return }
        add(
            .process(index, life: life, term: nil, .leaseAnswered(isGranted: isGranted, askedAt: askedAt)),
            after: happens(.leaseSlow) ? chance.span(100, 3_000) : chance.span(0, 2))
    }

    private func claim(after lease: LeaseRecord?, isKnown: Bool, at index: Int) {
        guard isKnown else { return conclude(claim: nil, at: index) }
        let claimant = processes[index].incarnation
        if processes[index].reloading != nil, lease?.holder != claimant {
            return follow(processes[index].tenure.overruled(), at: index)
        }
        let next = lease?.taken(by: claimant, at: wall(index)) ?? LeaseRecord(name: "account", holder: claimant, at: wall(index))
        call(.claim(next, isFirst: lease == nil), from: index)
    }

    /// The more claims fail, the longer the next one waits.
    private func conclude(claim lease: LeaseRecord?, at index: Int) {
        processes[index].claims = lease == nil ? processes[index].claims + 1 : 0
        follow(processes[index].tenure.claimed(lease, at: boot(index)), at: index)
    }

    /// Begins to decide from rows, or goes on after they were read anew.
    private func load(_ snapshot: Snapshot?, _ row: LeaseRecord?, at index: Int) {
        if isAlone {
            guard let snapshot else { return call(.load, from: index, inTerm: true, after: .milliseconds(200)) }
            return begin(from: snapshot, epoch: 1, at: index)
        }
        guard let lease = processes[index].tenure.lease else { return }
        guard let snapshot else { return call(.load, from: index, inTerm: true) }
        guard row == lease else {
            // Rows from before this epoch are a replica's: they are read again.
            let isOld = row.map { $0.epoch < lease.epoch } ?? true
            return isOld ? call(.load, from: index, inTerm: true) : follow(processes[index].tenure.overruled(), at: index)
        }
        begin(from: snapshot, epoch: lease.epoch, at: index)
    }

    /// Makes a core of rows. Where a process is alone its rows have one epoch for ever, and the judge counts its lives.
    private func begin(from snapshot: Snapshot, epoch: Int64, at index: Int) {
        let incarnation = processes[index].incarnation
        let alone = processes.count == 1
        let counted = isAlone ? Int64(processes[index].life) : epoch
        var core = Core(
            policy: stage.policy, broker: stage.traits, desks: stage.desks, incarnation: incarnation,
            term: Term(epoch: epoch, othersHaveEnded: alone), snapshot: snapshot, at: wall(index))
        processes[index].handed = Set(snapshot.signals.map(\.fingerprint))
        if let waiting = processes[index].reloading {
            if let previous = processes[index].core { core.carryOn(from: previous) }
            oracle.wentOn(from: processes[index].epoch, to: counted)
            processes[index].reloading = nil
            processes[index].core = core
            processes[index].mailbox.insert(contentsOf: [.reloaded] + waiting, at: 0)
        } else {
            trace(3, incarnation.text, Int(epoch))
            say("\(incarnation) decides in epoch \(epoch)")
            oracle.began(incarnation, epoch: counted)
            if isAlone { oracle.aloneEpoch = counted }
            begins.append(now)
            processes[index].core = core
            processes[index].mailbox.insert(.started, at: 0)
        }
        processes[index].epoch = counted
        walk(index)
    }
}
