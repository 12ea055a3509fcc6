/// Why a signal is not traded: a stable code, a sentence, and the numbers.
struct Refusal: Error {
    let code: String
    let sentence: String
    var status: SignalStatus = .refused
    var gates: [Gate] = []
    var details: Explanation?

    init(_ code: String, _ sentence: String, status: SignalStatus = .refused, gates: [Gate] = [], details: Explanation? = nil) {
        self.code = code
        self.sentence = sentence
        self.status = status
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
        guard case .layer(let layer) = signal.target else { return Refusal("no_layer", "An entry names one layer.") }
        return switchRefusal ?? timeRefusal(signal, at: at) ?? orderRefusal(record, scope, at: at) ?? stateRefusal(scope, layer, at: at)
            ?? (signal.kind == .pyramid ? pyramidRefusal(signal, layer, scope) : baseRefusal(scope))
    }

    private var switchRefusal: Refusal? {
        guard tradingSwitch.record.isThrown, !policy.has(.switchIgnored) else { return nil }
        return Refusal("trading_stopped", "Trading was stopped by \(tradingSwitch.record.changedBy): \(tradingSwitch.record.reason).")
    }

    // I4
    func timeRefusal(_ signal: Signal, at: Instant) -> Refusal? {
        let age = at - signal.timestamp
        if age > policy.entryWindow, !policy.has(.staleEntryTraded) {
            return Refusal(
                "signal_expired", "The signal is \(age) old; entries are traded within \(policy.entryWindow).", status: .expired,
                gates: [Gate("signal_age", passed: false, value: age.description, limit: policy.entryWindow.description)])
        }
        let ahead = signal.timestamp - at
        if ahead > policy.futureTolerance {
            return Refusal(
                "signal_from_future", "The signal's time is \(ahead) ahead; \(policy.futureTolerance) are tolerated.",
                gates: [Gate("signal_age", passed: false, value: "-\(ahead)", limit: "-\(policy.futureTolerance)")])
        }
        return nil
    }

    // I5, and the same alert sent twice
    private func orderRefusal(_ record: SignalRecord, _ scope: Scope, at: Instant) -> Refusal? {
        let signal = record.signal.content
        if let lastExit = lastExit(of: scope, at: at), signal.timestamp.seconds <= lastExit.seconds, !policy.has(.exitOrderIgnored) {
            return Refusal("superseded_by_exit", "An exit of \(lastExit) is not older than this entry.", status: .superseded)
        }
        let twin = scope.recentEntries.first { entry in
            let distance = entry.timestamp - signal.timestamp
            return entry.position == record.position && entry.fingerprint != record.fingerprint
                && distance.magnitude <= policy.duplicateWindow
        }
        guard let twin else { return nil }
        return Refusal("duplicate", "Signal \(twin.fingerprint) asked for the same layer within \(policy.duplicateWindow).")
    }

    private func stateRefusal(_ scope: Scope, _ layer: Layer, at: Instant) -> Refusal? {
        if scope.record.record.state == .frozen, !policy.has(.frozenScopeTrades) {
            return Refusal("scope_frozen", "\(scope.name) takes no entries: \(scope.record.record.frozenReason ?? "unknown").")
        }
        if scope.isQuarantined(layer) {
            return Refusal("slot_quarantined", "\(scope.name) \(layer) waits: an order of it could still appear at the broker.")
        }
        if scope.positions.contains(where: { $0.layer == layer && $0.status.isLive }), !policy.has(.secondPositionInLayer) {
            let code = layer.isBase ? "base_position_exists" : "position_exists"
            return Refusal(code, "\(scope.name) \(layer) is open already.")
        }
        if portfolio.record.ledgerNumber == 0 {
            return Refusal("no_capital", "The ledger is empty: deposit capital first.")
        }
        if !isOpen(scope.traded, at: at) {
            return Refusal("outside_session", "\(scope.name) does not trade at \(TimeOfDay(of: at)) on \(TradingDay(of: at)).")
        }
        return nil
    }

    private func baseRefusal(_ scope: Scope) -> Refusal? {
        guard scope.stack.record.base == nil else { return Refusal("base_position_exists", "\(scope.name) has a base already.") }
        return nil
    }

    private func pyramidRefusal(_ signal: Signal, _ layer: Layer, _ scope: Scope) -> Refusal? {
        guard let base = scope.base else {
            return policy.has(.pyramidWithoutBase)
                ? nil : Refusal("no_base_position_found", "\(scope.name) has no open base to pyramid on.")
        }
        guard base.status == .open else { return Refusal("base_is_closing", "The base of \(scope.name) is \(base.status.rawValue).") }
        // Replays of another system's sizes take its pyramids as they are.
        guard policy.limits.areEnforced else { return nil }
        let gates = pyramidGates(signal, base, scope, at: signal.timestamp)
        let failed = gates.filter { !$0.passed }
        guard let first = failed.first else { return nil }
        let sentence = failed.map { "\($0.name): \($0.value) against \($0.limit)" }.joined(separator: "; ")
        return Refusal(first.name, "The pyramid is blocked by \(sentence).", gates: gates)
    }
}

extension Scope {
    /// The open base of the stack.
    var base: PositionRecord? {
        guard let id = stack.record.base else { return nil }
        return positions.first { $0.id == id }?.record
    }
}
