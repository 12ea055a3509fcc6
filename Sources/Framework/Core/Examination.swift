/// I29: what an earlier process left undecided may be what ended it, so that deciding it goes on record before it is decided.
///
/// Only that counts against a signal: not that it waited while a process died, and not a stop on purpose. Entries and bars go one at a time over the whole
/// account, so that a death speaks of one of them. Exits wait for nothing and are never set aside.
extension Core {
    /// Whether a signal may be decided in this transition; one that was left is first put on record, and comes back once that is committed.
    mutating func mayDecide(_ record: SignalRecord, _ scope: inout Scope, _ transition: inout Transition) -> Bool {
        guard scope.leftBehind.contains(record.fingerprint), record.processedBy != incarnation.text else { return true }
        guard let index = scope.signals.firstIndex(where: { $0.fingerprint == record.fingerprint }) else { return true }
        if record.signal.content.kind == .exit {
            // Exits that no process ended with yet go on record together, so that none of them waits for the commits of the others.
            let together = record.attempts == 0 ? scope.waitingExits.filter { scope.signals[$0].attempts == 0 } : [index]
            for index in together where scope.leftBehind.contains(scope.signals[index].fingerprint) { putOnRecord(index, &scope) }
        } else {
            guard underExamination == nil else { return false }
            guard record.attempts < policy.attemptLimit else {
                setAside(record, &scope, &transition)
                return false
            }
            underExamination = Examined(instrument: scope.name, fingerprint: record.fingerprint)
            putOnRecord(index, &scope)
        }
        scope.isHeld = true
        transition.perform(.wake(.decide(scope.name), at: transition.at))
        return false
    }

    private func putOnRecord(_ index: Int, _ scope: inout Scope) {
        scope.signals[index].attempts += 1
        scope.signals[index].processedBy = incarnation.text
    }

    /// A signal that waits after it came is not being decided, so that the death of its process speaks of another.
    func takeBack(_ fingerprint: Fingerprint, _ scope: inout Scope) {
        guard let index = scope.signals.firstIndex(where: { $0.fingerprint == fingerprint && $0.status == .accepted }),
            scope.surveying != .signal(fingerprint, scope.name), scope.signals[index].attempts > 0
        else { return }
        scope.signals[index].attempts = 0
        // When its turn comes it goes on record like one that was left.
        if epoch.othersHaveEnded { scope.leftBehind.insert(fingerprint) }
    }

    private mutating func setAside(_ record: SignalRecord, _ scope: inout Scope, _ transition: inout Transition) {
        alert(
            .critical, "signal_quarantined", scope.name,
            "Signal \(record.fingerprint) was being decided in \(record.attempts) processes that ended; it is set aside and needs a person.",
            &transition)
        conclude(record.fingerprint, .endedProcesses, nil, &scope, &transition)
        scope.heldSurvey = nil
        transition.perform(.wake(.scope(scope.name), at: transition.at))
    }

    /// Exits that were examined and wait for the open ended no process, so that they wait as if they had not begun.
    func endWaiting(_ scope: inout Scope) {
        for index in scope.waitingExits where scope.signals[index].processedBy == incarnation.text {
            guard scope.leftBehind.remove(scope.signals[index].fingerprint) != nil, scope.signals[index].attempts > 0 else { continue }
            scope.signals[index].attempts -= 1
            scope.signals[index].processedBy = nil
        }
    }

    /// Rows that were read anew tell what this process has on record, whatever it knew of the commit that put it there or took it back.
    mutating func findExamined() {
        underExamination = nil
        for name in scopes.keys {
            guard let fingerprint = scopes[name]?.examined(by: incarnation) else { continue }
            scopes.change(name) { _ = $0.leftBehind.insert(fingerprint) }
            underExamination = Examined(instrument: name, fingerprint: fingerprint)
        }
    }

    /// When an exit may be decided that ended so many processes; nil for at once. It is never given up, but what else there is goes first.
    func postponement(of record: SignalRecord, in scope: Scope, at: Instant) -> Instant? {
        guard scope.leftBehind.contains(record.fingerprint), record.processedBy != incarnation.text, record.attempts >= policy.attemptLimit
        else { return nil }
        let pause = Span.seconds(min(600, 30 * Int64(min(record.attempts, 20))))
        return at < bornAt + pause ? bornAt + pause : nil
    }

    /// Tells people of an exit that ends whoever decides it, and comes back for it.
    mutating func postpone(_ record: SignalRecord, until: Instant, _ scope: inout Scope, _ transition: inout Transition) {
        guard scope.postponed.insert(record.fingerprint).inserted else { return }
        alert(
            .critical, "exit_ends_host", scope.name,
            "\(record.attempts) processes ended while they decided the exit \(record.fingerprint); it is tried again at \(until). Close the position by hand.",
            &transition)
        transition.perform(.wake(.scope(scope.name), at: until))
    }

    /// Notes that a signal is decided, or carried out: the next one that was left may be.
    mutating func endExamination(of fingerprint: Fingerprint, _ scope: inout Scope, _ transition: inout Transition) {
        scope.postponed.remove(fingerprint)
        guard scope.leftBehind.remove(fingerprint) != nil else { return }
        giveWay(of: fingerprint, scope, &transition)
    }

    /// An entry that waits for the market is not being decided: it goes on record once more when the market has answered.
    mutating func pauseExamination(of record: SignalRecord, _ scope: inout Scope, _ transition: inout Transition) {
        guard scope.leftBehind.contains(record.fingerprint), record.processedBy == incarnation.text,
            let index = scope.signals.firstIndex(where: { $0.fingerprint == record.fingerprint })
        else { return }
        scope.signals[index].attempts -= 1
        scope.signals[index].processedBy = nil
        giveWay(of: record.fingerprint, scope, &transition)
    }

    /// A signal that went on record and cannot be decided now, because its scope is busy, gives way to others.
    mutating func endIdleExamination(_ scope: inout Scope, _ transition: inout Transition) {
        guard let examined = underExamination, examined.instrument == scope.name, !scope.isHeld,
            scope.surveying != .signal(examined.fingerprint, scope.name),
            let record = scope.signals.first(where: { $0.fingerprint == examined.fingerprint && $0.status == .accepted })?.record
        else { return }
        pauseExamination(of: record, &scope, &transition)
    }

    /// The next signal that was left may go on record.
    private mutating func giveWay(of fingerprint: Fingerprint, _ scope: Scope, _ transition: inout Transition) {
        guard underExamination?.fingerprint == fingerprint else { return }
        underExamination = nil
        for name in [scope.name] + scopes.keys where name == scope.name || scopes[name]?.leftBehind.isEmpty == false {
            transition.perform(.wake(.scope(name), at: transition.at))
        }
    }

    /// A stop on purpose is no death: what was on record and is not decided counts as if it had not begun.
    mutating func endExaminations(_ transition: inout Transition) {
        for name in scopes.keys where scopes[name]?.isExamining(by: incarnation) ?? false {
            change(name, &transition) { core, scope, transition in
                for index in scope.signals.indices where scope.isBeingDecided(scope.signals[index].record, by: core.incarnation) {
                    scope.signals[index].attempts -= 1
                    scope.signals[index].processedBy = nil
                }
            }
        }
    }
}

/// The signal that is being decided on record.
struct Examined: Sendable {
    let instrument: InstrumentName
    let fingerprint: Fingerprint
}

extension Scope {
    /// The entry or bar that a process has on record as being decided.
    fileprivate func examined(by process: Incarnation) -> Fingerprint? {
        signals.first {
            $0.status == .accepted && $0.attempts > 0 && $0.processedBy == process.text && $0.signal.content.kind != .exit
        }?.fingerprint
    }

    /// Places of the exits that are not decided yet.
    fileprivate var waitingExits: [Int] {
        signals.indices.filter { signals[$0].status == .accepted && signals[$0].signal.content.kind == .exit }
    }

    /// Whether a signal of it is on record as being decided by a process.
    fileprivate func isExamining(by process: Incarnation) -> Bool { signals.contains { isBeingDecided($0.record, by: process) } }

    /// Whether a process that decides a signal is among those that count against it.
    fileprivate func isBeingDecided(_ signal: SignalRecord, by process: Incarnation) -> Bool {
        signal.status == .accepted && signal.attempts > 0
            && (signal.processedBy == process.text || !leftBehind.contains(signal.fingerprint))
    }
}
