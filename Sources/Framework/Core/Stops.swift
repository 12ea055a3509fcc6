/// Stops: raised and tested on each closed bar, in this order, with the same bar.
extension Core {
    /// Raises the stops of an instrument's positions and begins exits for those that are hit; its signal is executed at once.
    mutating func applyMarketData(_ record: SignalRecord, _ scope: inout Scope, _ transition: inout Transition) {
        let bar = record.signal.content
        let terms = scope.traded.instrument.terms(on: TradingDay(of: bar.timestamp))
        var lines: [String] = []
        var hit: [PositionID] = []
        // An older bar that comes late may be the highest close, but its range and its price are not those of now.
        let at = transition.at
        let isNewest = policy.has(.oldBarTested) || scope.record.record.lastBarAt.map { bar.timestamp >= $0 } ?? true
        // A time in the future would keep every later bar from being tested.
        if isNewest { scope.record.lastBarAt = min(bar.timestamp, at) }
        for index in scope.positions.indices where isOf(scope.positions[index].record, bar) {
            let before = scope.positions[index].record.currentStop
            raise(&scope.positions[index], bar, range: isNewest ? bar.atr : .zero, terms, at: transition.at)
            let position = scope.positions[index].record
            var limit = policy.has(.stopTestedBeforeRaise) ? before : position.currentStop
            if policy.has(.stopHitAtLimit) { limit = Price(units: limit.units + 1) }
            if policy.has(.stopOfFirstOnly) { limit = position.initialStop }
            let isHit = isNewest && position.status.isHeld && bar.price < limit
            lines.append("\(position.layer): stop \(position.currentStop), high \(position.highestClose)\(isHit ? ", hit" : "")")
            if isHit, !policy.has(.stopHitForgotten) || position.isBase { hit.append(position.id) }
        }
        if !hit.isEmpty {
            if policy.has(.stopClosesStack) { hit = scope.positions.filter { $0.status == .open }.map { $0.id } }
            let key = "stop:\(record.fingerprint)"
            beginExit(
                id: IntentID("stop-\(record.fingerprint.text.prefix(16))"), of: hit, price: bar.price, reason: "host_stop", causeKey: key,
                for: nil, &scope, &transition)
        }
        conclude(
            record.fingerprint, nil, Explanation(summary: "Price \(bar.price), ATR \(bar.atr).", outcome: lines), &scope,
            &transition)
    }

    /// Whether a bar speaks of a position: of its life, and of the contract it holds now.
    private func isOf(_ position: PositionRecord, _ bar: Signal) -> Bool {
        guard position.status.isLive, position.entryTimestamp <= bar.timestamp || policy.has(.barBeforeEntryCounts) else { return false }
        return position.rolloverTimestamp.map { $0 <= bar.timestamp } ?? true
    }

    private func raise(_ position: inout Tracked<PositionRecord>, _ bar: Signal, range: Price, _ terms: InstrumentTerms, at: Instant) {
        var stops = TrailingStop(
            current: position.record.currentStop, highestClose: position.record.highestClose, multiple: terms.trailingStopMultiple)
        if policy.has(.trailByFirstMultiple) { stops.multiple = terms.initialStopMultiple }
        if policy.has(.trailFromLastClose) { stops.highestClose = bar.price }
        if policy.has(.trailFromEntry) { stops.highestClose = position.record.entryPrice }
        let raised = stops.raised(close: bar.price, averageTrueRange: range)
        precondition(raised.current >= position.record.currentStop, "I18: a stop never falls")
        guard raised != stops || policy.has(.stopFalls) else { return }
        if !policy.has(.highForgotten) { position.highestClose = max(raised.highestClose, position.record.highestClose) }
        position.currentStop = policy.has(.stopFalls) ? min(raised.current, bar.price) : raised.current
        position.updatedAt = at
    }
}

/// A ratcheting stop below the highest close of a position's life.
public struct TrailingStop: Hashable, Sendable {
    /// The stop; it never falls.
    public var current: Price
    /// The highest close of a finished bar since the entry.
    public var highestClose: Price
    /// Distance in multiples of the average true range.
    public var multiple: Ratio

    /// A stop with its history.
    public init(current: Price, highestClose: Price, multiple: Ratio) {
        self.current = current
        self.highestClose = highestClose
        self.multiple = multiple
    }

    /// The stop after a closed bar: `max(current, highest close − multiple × ATR)`; an average true range of zero or less keeps it.
    public func raised(close: Price, averageTrueRange: Price) -> TrailingStop {
        var next = self
        next.highestClose = max(highestClose, close)
        guard averageTrueRange > .zero, let distance = try? averageTrueRange.times(multiple),
            let trailing = try? next.highestClose.subtracting(distance)
        else { return next }
        next.current = max(current, trailing)
        return next
    }

    /// Whether a close is below the stop; at the stop is not a hit.
    public func isHit(by close: Price) -> Bool { close < current }
}
