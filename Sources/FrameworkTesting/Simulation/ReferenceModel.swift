import MunimKit

/// What a run may end with: a second, plain reading of the documents, held against the rows at rest.
///
/// Written from domain.md and reliability.md only. It starts from the signals as they were accepted and from what the broker really did, and says
/// which verdicts, positions and money are among the allowed outcomes.
struct ReferenceModel {
    let evidence: RunEvidence
    let declined: [Fingerprint: Circumstances]
    var breaches: [String] = []

    /// What the broker's fills made of one position, from its raw trades.
    struct Flow {
        /// Net units by symbol: bought less sold.
        var net: [String: Int64] = [:]
        /// Money that came in less money that went out, in points × units.
        var cash: Int64 = 0
        /// What each decision opened and closed at the price of the structure, strikes included: bought structures count up.
        var sides: [TradedSide: Int64] = [:]
        /// What all of them cost charges for, whatever the sign of the price.
        var traded: Int64 { sides.values.reduce(0) { $0 + abs($1) } }
        /// Fills that took a surplus back are part of a decision, not of a side.
        var hasRepairs = false
    }

    /// What is booked and charged as one.
    struct TradedSide: Hashable {
        let intent: IntentID
        let action: LegAction
    }

    var flows: [PositionID: Flow] = [:]

    /// Judges a run; empty when everything is as it may be.
    static func judge(_ evidence: RunEvidence, declined: [Fingerprint: Circumstances]) -> [String] {
        var model = ReferenceModel(evidence: evidence, declined: declined)
        model.readExecutions()
        model.checkSignals()
        model.checkPositions()
        model.checkMoney()
        model.checkPortfolio()
        model.checkStacks()
        model.checkMoves()
        return model.breaches.sorted()
    }

    private init(evidence: RunEvidence, declined: [Fingerprint: Circumstances]) {
        self.evidence = evidence
        self.declined = declined
    }

    /// Rows that nobody but the host writes lead to no move that cannot be.
    private mutating func checkMoves() {
        for alert in evidence.alerts where alert.code == "impossible_change" { breach("somebody was told: \(alert.message)") }
    }

    mutating func breach(_ sentence: String) {
        if breaches.count < 20 { breaches.append(sentence) }
    }

    // MARK: - The broker's side

    // I6, I13, I14: each trade has the order that it fills and the row that books it, and these say the same.
    private mutating func readExecutions() {
        for execution in evidence.executions {
            guard let order = evidence.orders[execution.tag] else {
                breach("the broker filled \(execution.tag), which no record explains")
                continue
            }
            if order.symbol != execution.symbol || order.side != execution.side {
                breach("the broker filled \(execution.tag) as \(execution.side) \(execution.symbol)")
            }
            if let row = evidence.trades[execution.trade] {
                if row.tag != execution.tag || row.quantity.count != execution.units
                    || row.price.units != execution.price && row.price.units != execution.corrected
                {
                    breach("trade \(execution.trade) was booked as \(row.quantity) at \(row.price)")
                }
            } else if !evidence.isSetAside(order.instrument) {
                breach("trade \(execution.trade) of \(order.position) was not booked")
            }
            flows[order.position, default: Flow()].add(execution, of: order, isRepair: isRepair(order))
        }
        if evidence.trades.count > evidence.executions.count { breach("more trades were booked than happened") }
    }

    private func isRepair(_ order: OrderRecord) -> Bool {
        guard let intent = evidence.intents[order.intent] else { return true }
        let positionPlans = intent.plan.content.positionPlans
        guard intent.kind != .repair, positionPlans.indices.contains(order.positionPlan) else { return true }
        return positionPlans[order.positionPlan].legs.first { $0.number == order.leg }?.isRepair ?? true
    }

    // MARK: - Signals

    private mutating func checkSignals() {
        let admitted = evidence.trail.compactMap { $0 as? SignalRecord }
        for first in admitted where evidence.signals[first.fingerprint] == nil {
            breach("signal \(first.fingerprint) was accepted and is gone")
        }
        if evidence.signals.count > admitted.count { breach("a signal is in the inbox that was never accepted") }
        for first in admitted {
            guard let row = evidence.signals[first.fingerprint] else { continue }
            if row.signal != first.signal || row.digest != first.digest || row.receivedAt != first.receivedAt {
                breach("signal \(row.fingerprint) is not what was accepted")
            }
            checkVerdict(of: row)
        }
    }

    // I2: one verdict, and what belongs to it.
    private mutating func checkVerdict(of row: SignalRecord) {
        let name = "\(row.signalType) \(row.fingerprint.text.prefix(8))"
        guard row.status.isVerdict else { return breach("\(name) has no verdict") }
        if row.processedAt == nil || (row.explanation == nil) != (row.status == .quarantined) {
            breach("\(name) does not say when or why it is \(row.status.rawValue)")
        }
        if (row.reason == nil) != (row.status == .executed), !wasDoneByRoll(row) {
            breach("\(name) is \(row.status.rawValue): \(row.reason?.rawValue ?? "no reason")")
        }
        let intent = row.intent.flatMap { evidence.intents[$0] }
        if let id = row.intent, intent?.signal != row.fingerprint { breach("\(name) has the intent \(id) of another") }
        switch row.status {
        case .executed: checkExecuted(row, intent, name)
        case .failed, .superseded: checkUndone(row, intent, name)
        case .refused where intent != nil, .expired where intent != nil: checkUndone(row, intent, name)
        default:
            if let intent { breach("\(name) is \(row.status.rawValue) and has the intent \(intent.id)") }
        }
        if row.status != .executed { checkReason(of: row, intent, name) }
    }

    private mutating func checkExecuted(_ row: SignalRecord, _ intent: IntentRecord?, _ name: String) {
        guard row.signal.content.kind != .marketData else { return }
        guard let intent else { return wasDoneByRoll(row) ? () : breach("\(name) is executed without an intent") }
        // An order of an entry that may still show up keeps its slot closed, whatever the others made of it.
        let isOver = intent.state == .settled || (intent.kind.increasesRisk && intent.state == .quarantined)
        if !isOver { breach("\(name) is executed, \(intent.id) is \(intent.state.rawValue)") }
        guard intent.kind.increasesRisk else {
            for positionPlan in intent.plan.content.positionPlans where evidence.positions[positionPlan.position]?.status.isLive != false {
                if !evidence.isSetAside(row.instrument) { breach("\(name) is executed and \(positionPlan.position) is still open") }
            }
            return
        }
        let made = intent.plan.content.positionPlans.compactMap { evidence.positions[$0.position] }.filter { $0.signal == row.fingerprint }
        if made.count != 1 { breach("\(name) is executed with \(made.count) positions") }
    }

    /// Whether an exit came while the positions that it speaks of were being rolled, and the roll ended by closing the last of them.
    private func wasDoneByRoll(_ row: SignalRecord) -> Bool {
        guard row.status == .executed, row.intent == nil, row.signal.content.kind == .exit else { return false }
        return evidence.intents.values.contains { roll in
            roll.kind == .roll && roll.instrument == row.instrument
                && roll.plan.content.positionPlans.contains { positionPlan in
                    guard let position = evidence.positions[positionPlan.position], !position.status.isLive else { return false }
                    let isMeant = row.signal.content.target == .all || row.signal.content.target == .layer(position.layer)
                    return isMeant && position.exitTimestamp == row.processedAt
                }
        }
    }

    /// A decision that came to nothing leaves nothing.
    private mutating func checkUndone(_ row: SignalRecord, _ intent: IntentRecord?, _ name: String) {
        guard let intent, intent.kind.increasesRisk else { return }
        if intent.state == .settled || intent.state == .active {
            breach("\(name) is \(row.status.rawValue), \(intent.id) is \(intent.state.rawValue)")
        }
        for positionPlan in intent.plan.content.positionPlans where evidence.positions[positionPlan.position] != nil {
            breach("\(name) is \(row.status.rawValue) and has the position \(positionPlan.position)")
        }
    }

    // MARK: - Positions

    // I14, I20, I21: what we say we hold is what the broker's fills of our tags made, leg by leg.
    private mutating func checkPositions() {
        for (id, flow) in flows where evidence.positions[id] == nil && flow.net.contains(where: { $0.value != 0 }) {
            guard let instrument = evidence.orders.values.first(where: { $0.position == id })?.instrument else { continue }
            if !evidence.isSetAside(instrument) { breach("nothing came of \(id), and the broker holds \(Self.text(flow.net))") }
        }
        var takenBy: [String: PositionID] = [:]
        for position in evidence.positions.values {
            checkOrigin(of: position)
            if !evidence.isSetAside(position.instrument) { checkHolding(of: position) }
            guard position.status.isLive else { continue }
            if !evidence.isSetAside(position.instrument) { checkExits(of: position) }
            let slot = "\(position.instrument) \(position.layer)"
            if let other = takenBy.updateValue(position.id, forKey: slot) { breach("\(position.id) and \(other) are both in \(slot)") }
        }
    }

    private mutating func checkOrigin(of position: PositionRecord) {
        guard let fingerprint = position.signal, let row = evidence.signals[fingerprint] else {
            return breach("\(position.id) was opened by no signal")
        }
        let signal = row.signal.content
        if row.status != .executed { breach("\(position.id) was opened by a signal that is \(row.status.rawValue)") }
        if signal.instrument != position.instrument || signal.target != .layer(position.layer) || !signal.kind.isEntry
            || (signal.kind == .baseEntry) != position.isBase
        {
            breach("\(position.id) is not what its signal asked for")
        }
        if signal.timestamp != position.entryTimestamp {
            breach("\(position.id) is of \(position.entryTimestamp), its signal of \(signal.timestamp)")
        }
        if position.rolloverCount == 0, signal.price != position.signalPrice { breach("\(position.id) has another signal price") }
        let wanted = row.intent.flatMap { evidence.intents[$0] }?.plan.content.positionPlans.first { $0.position == position.id }?.lots
        if let wanted, position.lots > wanted, !isDoubled(position) {
            breach("\(position.id) has \(position.lots) lots, decided were \(wanted)")
        }
    }

    /// Whether the broker has an order of a position twice, which stops trading and is a person's.
    func isDoubled(_ position: PositionRecord) -> Bool {
        evidence.orders.values.contains { $0.position == position.id && evidence.doubled.contains($0.tag) }
    }

    private mutating func checkHolding(of position: PositionRecord) {
        guard !isDoubled(position) else { return }
        var expected: [String: Int64] = [:]
        if position.status.isLive {
            for leg in position.structure.content.legs {
                expected[leg.contract.symbol, default: 0] += leg.openingSide == .buy ? position.quantity.count : 0 - position.quantity.count
            }
        }
        let actual = (flows[position.id]?.net ?? [:]).filter { $0.value != 0 }
        if expected.filter({ $0.value != 0 }) != actual {
            breach("\(position.id) is \(position.status.rawValue) with \(Self.text(expected)), the broker filled \(Self.text(actual))")
        }
    }

    // No position outlives an exit that was carried out and is newer than its entry.
    private mutating func checkExits(of position: PositionRecord) {
        guard let newest = newestExit[position.instrument] else { return }
        for target in [SignalTarget.all, .layer(position.layer)] {
            if let exit = newest[target], exit > position.entryTimestamp {
                breach("\(position.id) of \(position.entryTimestamp) is open after the exit \(target) of \(exit)")
            }
        }
    }

    private lazy var newestExit: [InstrumentName: [SignalTarget: Instant]] = {
        var newest: [InstrumentName: [SignalTarget: Instant]] = [:]
        for row in evidence.signals.values where row.status == .executed && row.signal.content.kind == .exit {
            let target = row.signal.content.target
            newest[row.instrument, default: [:]][target] = max(newest[row.instrument]?[target] ?? row.signalTimestamp, row.signalTimestamp)
        }
        return newest
    }()

    static func text(_ units: [String: Int64]) -> String {
        units.isEmpty ? "nothing" : units.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
}

extension ReferenceModel.Flow {
    fileprivate mutating func add(_ execution: RunEvidence.Execution, of order: OrderRecord, isRepair: Bool) {
        let sign: Int64 = execution.side == .buy ? 1 : -1
        net[execution.symbol, default: 0] += sign * execution.units
        cash -= sign * execution.units * execution.price
        hasRepairs = hasRepairs || isRepair
        // On the side on which it is opened a structure costs strike + call − put; closing has the opposite signs.
        let isOpening = order.action == .open
        let side = ReferenceModel.TradedSide(intent: order.intent, action: order.action)
        sides[side, default: 0] += (isOpening ? sign : 0 - sign) * execution.units * execution.price
        if case .call(let strike) = order.contract.content.kind { sides[side, default: 0] += execution.units * strike.units }
    }
}
