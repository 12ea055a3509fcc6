import MunimKit

/// What the decisions so far left of one scope, as far as the next decision may depend on it.
struct ScopeHistory {
    /// A decision that was carried out or is being carried out.
    struct Past {
        let target: SignalTarget
        let at: Instant
        let isTraded: Bool
    }

    /// Positions that hold exposure, and whether they are being closed.
    var live: [PositionID: (layer: Layer, isClosing: Bool)] = [:]
    /// Intents that are open, with the layers that they take when they increase risk.
    var open: [IntentID: Set<Layer>] = [:]
    /// Those of them whose late orders could still appear.
    var quarantined: Set<IntentID> = []
    /// Orders that may be at the broker, by intent.
    var out: [IntentID: Int] = [:]
    var isFrozen = false
    /// Newest time of an exit that was accepted, decided or not, and of one that closes something.
    var lastExit: Instant?
    var lastCarriedExit: Instant?
    /// Signal price of the newest layer on the present base.
    var lastLayerPrice: Price?
    /// Entries and pyramids that were decided lately.
    var past: [Past] = []
    /// Whether a part of a position was closed, after which its lots at an earlier time are not known from its row.
    var hasPartialCloses = false

    var base: PositionID? { live.first { $0.value.layer.isBase }?.key }

    /// Whether a live position or an open decision has the layer.
    func isTaken(_ layer: Layer) -> Bool { live.contains { $0.value.layer == layer } || open.values.contains { $0.contains(layer) } }

    /// Whether the same entry was decided before, within a time.
    func hasTwin(of signal: Signal, within window: Span, traded: Bool) -> Bool {
        past.contains { past in
            past.target == signal.target && (past.isTraded || !traded)
                && past.at - window <= signal.timestamp && signal.timestamp <= past.at + window
        }
    }

    /// Whether the same entry was decided before this one, which is the last that was decided.
    func hasTwin(ofDeclined signal: Signal, within window: Span) -> Bool {
        var others = self
        others.past.removeLast()
        return others.hasTwin(of: signal, within: window, traded: false)
    }

    mutating func accept(_ signal: Signal) {
        guard signal.kind == .exit else { return }
        lastExit = max(lastExit ?? signal.timestamp, signal.timestamp)
    }

    mutating func remember(_ signal: Signal, isTraded: Bool) {
        switch signal.kind {
        case .baseEntry, .pyramid:
            if past.count > 400 { past.removeFirst(200) }
            past.append(Past(target: signal.target, at: signal.timestamp, isTraded: isTraded))
        case .exit:
            if isTraded { lastCarriedExit = max(lastCarriedExit ?? signal.timestamp, signal.timestamp) }
        case .marketData: break
        }
    }
}

/// What was so when a signal was declined.
struct Circumstances {
    let scope: ScopeHistory
    let isStopped: Bool
    let equity: Int64
    /// Margin of what was live and of what was being opened, in all scopes; nil when it cannot be known any more.
    let marginUsed: Int64?
    let wasWorking: Bool
    /// How often the right to decide was taken since the signal was accepted.
    let takeovers: Int
    let at: Instant
}
