/// Why a signal is not traded: a reason, a sentence, and the numbers.
struct Refusal: Error {
    let reason: Reason
    let sentence: String
    var gates: [Gate] = []
    var details: Explanation?

    init(_ reason: Reason, _ sentence: String, gates: [Gate] = [], details: Explanation? = nil) {
        self.reason = reason
        self.sentence = sentence
        self.gates = gates
        self.details = details
    }

    /// What is stored with the verdict.
    var explanation: Explanation {
        guard var details else { return Explanation(summary: sentence, gates: gates) }
        details.summary = sentence
        return details
    }
}

/// Conditions of an entry that need no quote, in the order in which they are asked.
extension Core {
    func refusal(of record: SignalRecord, in scope: Scope, at: Instant) -> Refusal? {
        let signal = record.signal.content
        guard case .layer(let layer) = signal.target else { return Refusal(.noLayer, "An entry names one layer.") }
        return switchRefusal ?? timeRefusal(signal, at: at) ?? orderRefusal(record, scope, at: at) ?? stateRefusal(scope, layer, at: at)
            ?? (signal.kind == .pyramid ? pyramidRefusal(signal, layer, scope) : baseRefusal(scope))
    }

    private var switchRefusal: Refusal? {
        guard tradingSwitch.record.isThrown, !policy.has(.switchIgnored) else { return nil }
        return Refusal(.tradingStopped, "Trading was stopped by \(tradingSwitch.record.changedBy): \(tradingSwitch.record.reason).")
    }

    // I4
    func timeRefusal(_ signal: Signal, at: Instant) -> Refusal? {
        let age = at - signal.timestamp
        if age > policy.entryWindow, !policy.has(.staleEntryTraded) {
            return Refusal(
                .signalExpired, "The signal is \(age) old; entries are traded within \(policy.entryWindow).",
                gates: [Gate("signal_age", passed: false, value: age.description, limit: policy.entryWindow.description)])
        }
        let ahead = signal.timestamp - at
        if ahead > policy.futureTolerance {
            return Refusal(
                .signalFromFuture, "The signal's time is \(ahead) ahead; \(policy.futureTolerance) are tolerated.",
                gates: [Gate("signal_age", passed: false, value: "-\(ahead)", limit: "-\(policy.futureTolerance)")])
        }
        return nil
    }

    // I5, and the same alert sent twice
    private func orderRefusal(_ record: SignalRecord, _ scope: Scope, at: Instant) -> Refusal? {
        let signal = record.signal.content
        if let lastExit = lastExit(of: scope, at: at), signal.timestamp.seconds <= lastExit.seconds, !policy.has(.exitOrderIgnored) {
            return Refusal(.supersededByExit, "An exit of \(lastExit) is not older than this entry.")
        }
        let twin = scope.recentEntries.first { entry in
            let distance = entry.timestamp - signal.timestamp
            return entry.position == record.position && entry.fingerprint != record.fingerprint
                && distance.magnitude <= policy.duplicateWindow
        }
        guard let twin else { return nil }
        return Refusal(.duplicate, "Signal \(twin.fingerprint) asked for the same layer within \(policy.duplicateWindow).")
    }

    private func stateRefusal(_ scope: Scope, _ layer: Layer, at: Instant) -> Refusal? {
        if scope.record.record.state == .frozen, !policy.has(.frozenScopeTrades) {
            return Refusal(.scopeFrozen, "\(scope.name) takes no entries: \(scope.record.record.frozenReason ?? "unknown").")
        }
        if scope.isQuarantined(layer) {
            return Refusal(.slotQuarantined, "\(scope.name) \(layer) waits: an order of it could still appear at the broker.")
        }
        if scope.positions.contains(where: { $0.layer == layer && $0.status.isLive }), !policy.has(.secondPositionInLayer) {
            return Refusal(layer.isBase ? .basePositionExists : .positionExists, "\(scope.name) \(layer) is open already.")
        }
        if portfolio.record.ledgerNumber == 0 {
            return Refusal(.noCapital, "The ledger is empty: deposit capital first.")
        }
        if !isOpen(scope.traded, at: at) {
            return Refusal(.outsideSession, "\(scope.name) does not trade at \(TimeOfDay(of: at)) on \(TradingDay(of: at)).")
        }
        return nil
    }

    private func baseRefusal(_ scope: Scope) -> Refusal? {
        guard scope.stack.record.base == nil else { return Refusal(.basePositionExists, "\(scope.name) has a base already.") }
        return nil
    }

    private func pyramidRefusal(_ signal: Signal, _ layer: Layer, _ scope: Scope) -> Refusal? {
        guard let base = scope.base else {
            return policy.has(.pyramidWithoutBase)
                ? nil : Refusal(.noBase, "\(scope.name) has no open base to pyramid on.")
        }
        guard base.status == .open else { return Refusal(.baseIsClosing, "The base of \(scope.name) is \(base.status.rawValue).") }
        // Replays of another system's sizes take its pyramids as they are.
        guard policy.limits.areEnforced else { return nil }
        let gates = pyramidGates(signal, base, scope, at: signal.timestamp)
        let failed = gates.filter { !$0.passed }
        guard let first = failed.first else { return nil }
        let sentence = failed.map { "\($0.name): \($0.value) against \($0.limit)" }.joined(separator: "; ")
        return Refusal(Reason(rawValue: first.name), "The pyramid is blocked by \(sentence).", gates: gates)
    }
}

extension Scope {
    /// The open base of the stack.
    var base: PositionRecord? {
        guard let id = stack.record.base else { return nil }
        return positions.first { $0.id == id }?.record
    }
}
