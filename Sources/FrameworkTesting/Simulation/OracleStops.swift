import MunimKit

/// Highs, stops and hits of all live positions, recomputed from the bars in the order of the trail.
struct OracleStops: Sendable {
    /// One position, as far as a bar concerns it.
    struct Line: Sendable {
        let instrument: InstrumentName
        let layer: Layer
        let entryAt: Instant
        var rolledAt: Instant?
        var stop: Int64
        var high: Int64
        /// Whether nothing closes it.
        var isHeld = true
    }

    var lines: [PositionID: Line] = [:]
    /// The newest bar of each instrument, and in which epoch of whom it came.
    var newestBar: [InstrumentName: (at: Instant, epoch: Int64, decider: Incarnation)] = [:]

    /// Whether whoever takes over knows the newest bar that was held against the stops before it. As long as it does not, an older bar that comes
    /// to it first is taken for the newest, and the judge takes what came of it as it is.
    static let barsOutliveProcesses = true
}

extension Oracle {
    /// domain.md 5.1 and 5.2, I18: what the notes of a transition do to the stops, held against the rows that the transition left.
    mutating func checkStops(of transition: OracleTransition, _ store: ModelStore) {
        var hits: [Fingerprint: [PositionID]] = [:]
        var unsure: Set<InstrumentName> = []
        var touched: Set<InstrumentName> = []
        for note in transition.notes {
            switch note {
            case let roll as RolloverRecord: shiftStops(by: roll)
            case let audit as AuditRecord where audit.entity == "position": followLine(audit, transition)
            case let audit as AuditRecord where audit.entity == "signal" && audit.to == SignalStatus.executed.rawValue:
                guard let bar = store.row(SignalRecord.self, Fingerprint(audit.entityID))?.signal.content, bar.kind == .marketData else {
                    continue
                }
                touched.insert(bar.instrument)
                let hit = hold(bar, audit, unsure: &unsure)
                if !hit.isEmpty { hits[Fingerprint(audit.entityID)] = hit }
            default: break
            }
        }
        checkHits(hits, transition, unsure)
        for row in transition.rows { if let position = row as? PositionRecord { touched.insert(position.instrument) } }
        for (id, line) in books.stops.lines.sorted(by: { $0.key < $1.key }) where touched.contains(line.instrument) {
            compare(id, line, isUnsure: unsure.contains(line.instrument), transition)
        }
    }

    private mutating func followLine(_ audit: AuditRecord, _ transition: OracleTransition) {
        let id = PositionID(audit.entityID)
        guard let status = PositionStatus(rawValue: audit.to) else { return }
        if audit.from.isEmpty {
            guard let row = transition.last(PositionRecord.self, where: { $0.id == id }) else { return }
            books.stops.lines[id] = OracleStops.Line(
                instrument: row.instrument, layer: row.layer, entryAt: row.entryTimestamp, stop: row.initialStop.units,
                high: row.entryPrice.units)
        } else if status == .closed {
            books.stops.lines[id] = nil
        } else if audit.cause != "host_stop" {
            // What a stop closes is noted before the bar that it is below.
            books.stops.lines[id]?.isHeld = status != .closing
        }
    }

    /// domain.md 9.4: every distance survives a roll.
    private mutating func shiftStops(by roll: RolloverRecord) {
        guard var line = books.stops.lines[roll.position] else { return }
        let basis = roll.entryPrice.units - roll.exitPrice.units
        line.stop = max(0, line.stop + basis)
        line.high = max(0, line.high + basis)
        line.rolledAt = roll.rolledAt
        books.stops.lines[roll.position] = line
    }

    /// Holds a bar against the positions of its instrument; answers those whose stop it is below.
    private mutating func hold(_ bar: Signal, _ audit: AuditRecord, unsure: inout Set<InstrumentName>) -> [PositionID] {
        guard let terms = tradedInstruments[bar.instrument]?.instrument.terms(on: TradingDay(of: bar.timestamp)) else { return [] }
        let newest = books.stops.newestBar[bar.instrument]
        let isNewest = newest.map { bar.timestamp >= $0.at } ?? true
        let isAnother = newest.map { $0.epoch != audit.epoch || $0.decider != audit.incarnation } ?? false
        if !isNewest, isAnother, !OracleStops.barsOutliveProcesses { unsure.insert(bar.instrument) }
        // A time in the future would keep every later bar from being the newest.
        let time = OracleStops.barsOutliveProcesses ? min(bar.timestamp, audit.at) : bar.timestamp
        if isNewest { books.stops.newestBar[bar.instrument] = (time, audit.epoch, audit.incarnation) }
        let distance = Reckoning.share(Int128(bar.atr.units), terms.trailingStopMultiple)
        var hits: [(layer: Layer, id: PositionID)] = []
        for (id, line) in books.stops.lines where line.instrument == bar.instrument {
            guard line.entryAt <= bar.timestamp, line.rolledAt.map({ $0 <= bar.timestamp }) ?? true else { continue }
            var next = line
            next.high = max(line.high, bar.price.units)
            // An older bar may be the highest close; its range and its price are not those of now.
            if isNewest, bar.atr > .zero { next.stop = max(line.stop, Int64(Int128(next.high) - distance)) }
            let isHit = isNewest && next.isHeld && bar.price.units < next.stop
            if isHit { hits.append((line.layer, id)) }
            next.isHeld = next.isHeld && !isHit
            books.stops.lines[id] = next
        }
        return hits.sorted { $0.layer > $1.layer }.map(\.id)
    }

    private mutating func checkHits(_ hits: [Fingerprint: [PositionID]], _ transition: OracleTransition, _ unsure: Set<InstrumentName>) {
        var begun: [Fingerprint: [PositionID]] = [:]
        for case let intent as IntentRecord in transition.rows where intent.version == 1 && !unsure.contains(intent.instrument) {
            guard let key = intent.causeKey, key.hasPrefix("stop:") else { continue }
            begun[Fingerprint(String(key.dropFirst(5)))] = intent.plan.content.positionPlans.map(\.position)
        }
        for (bar, positions) in hits.sorted(by: { $0.key.text < $1.key.text }) where begun[bar] != positions {
            guard !positions.contains(where: { books.stops.lines[$0].map { unsure.contains($0.instrument) } ?? false }) else { continue }
            breach("I18", "the bar \(bar.text.prefix(8)) is below the stops of \(positions), its exit closes \(begun[bar] ?? [])")
        }
        for (bar, positions) in begun.sorted(by: { $0.key.text < $1.key.text }) where hits[bar] == nil {
            breach("I18", "\(positions) leave by a stop that the bar \(bar.text.prefix(8)) is not below")
        }
    }

    private mutating func compare(_ id: PositionID, _ line: OracleStops.Line, isUnsure: Bool, _ transition: OracleTransition) {
        guard let row = transition.last(PositionRecord.self, where: { $0.id == id }) ?? books.live[id] else { return }
        let isSame = row.currentStop.units == line.stop && row.highestClose.units == line.high
        if !isSame, !isUnsure {
            breach(
                "I18",
                "\(id) has the stop \(row.currentStop) and the high \(row.highestClose), by its bars "
                    + "\(Price(units: line.stop)) and \(Price(units: line.high))")
        }
        books.stops.lines[id]?.stop = row.currentStop.units
        books.stops.lines[id]?.high = row.highestClose.units
    }
}
