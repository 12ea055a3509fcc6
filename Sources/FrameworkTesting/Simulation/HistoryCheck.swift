import MunimKit

/// Whether the observed decisions of each scope can be explained by one serial order, which is that of their commits.
///
/// It walks the trail once and holds every decision against the state that those before it left. What it demands is the protocol's text:
/// reliability.md 3, 4.1 and 4.3 to 4.7; it knows nothing of how the core decides.
struct HistoryCheck {
    let evidence: RunEvidence
    private(set) var breaches: [String] = []
    /// What was so when each declined signal was declined.
    private(set) var declined: [Fingerprint: Circumstances] = [:]
    private var scopes: [InstrumentName: ScopeHistory] = [:]
    private var isStopped = false
    private var equity: Int64 = 0
    private var takeovers = 0
    /// The takeovers before each signal was accepted.
    private var admittedAt: [Fingerprint: Int] = [:]
    private var epoch: (number: Int64, decider: Incarnation)?
    private var orderStates: [Tag: OrderState] = [:]
    private var intentStates: [IntentID: IntentState] = [:]
    private var signalStates: [Fingerprint: SignalStatus] = [:]
    private var opener: [PositionID: IntentID] = [:]
    private var closers: [PositionID: Set<IntentID>] = [:]

    /// Walks the trail of a run.
    init(_ evidence: RunEvidence) {
        self.evidence = evidence
        for record in evidence.trail {
            switch record {
            case let row as LedgerRecord: equity = row.equityAfter.units
            case let row as AuditRecord: follow(row)
            case let row as SignalRecord: admit(row)
            case is LeaseRecord: takeovers += 1
            default: break
            }
        }
    }

    private mutating func breach(_ sentence: String) {
        if breaches.count < 20 { breaches.append(sentence) }
    }

    private mutating func follow(_ row: AuditRecord) {
        if let epoch, row.epoch < epoch.number || (!evidence.isAlone && row.epoch == epoch.number && row.incarnation != epoch.decider) {
            breach("\(row.incarnation) decided in epoch \(row.epoch) after \(epoch.decider) in \(epoch.number)")
        }
        if evidence.isAlone, epoch?.decider != row.incarnation { takeovers += 1 }
        epoch = (row.epoch, row.incarnation)
        switch row.entity {
        case "signal": signal(Fingerprint(row.entityID), row)
        case "intent": intent(IntentID(row.entityID), row)
        case "order": order(Tag(row.entityID), row)
        case "position": position(PositionID(row.entityID), row)
        case "switch": isStopped = row.to == "stopped"
        case "scope": scopes[InstrumentName(row.entityID), default: ScopeHistory()].isFrozen = row.to == ScopeState.frozen.rawValue
        default: break
        }
    }

    // MARK: - Signals

    private mutating func signal(_ id: Fingerprint, _ row: AuditRecord) {
        guard let record = evidence.signals[id], let to = SignalStatus(rawValue: row.to) else {
            return breach("a signal \(row.entityID.prefix(8)) became \(row.to) and is not in the inbox")
        }
        let before = signalStates[id] ?? .accepted
        if before.isVerdict || to == .accepted { breach("signal \(id) went from \(before.rawValue) to \(row.to)") }
        signalStates[id] = to
        let signal = record.signal.content
        if before == .accepted {
            scopes[record.instrument, default: ScopeHistory()].remember(signal, isTraded: to == .working || to == .executed)
        }
        if before == .working, let intent = record.intent, intentStates[intent] == .active || intentStates[intent] == .flat {
            breach("signal \(id) is \(row.to) while \(intent) is \(intentStates[intent]?.rawValue ?? "nothing")")
        }
        guard to.isVerdict, to != .executed else { return }
        declined[id] = Circumstances(
            scope: scopes[record.instrument, default: ScopeHistory()], isStopped: isStopped, equity: equity, marginUsed: marginUsed(),
            wasWorking: before == .working, takeovers: takeovers - (admittedAt[id] ?? takeovers), at: row.at)
    }

    /// Margin of everything live or on its way, at each position's own terms; a declined signal has neither.
    private func marginUsed() -> Int64? {
        var total: Int64 = 0
        for scope in scopes.values {
            if scope.hasPartialCloses { return nil }
            for id in scope.live.keys {
                guard let row = evidence.positions[id], row.rolloverCount == 0, !evidence.isSetAside(row.instrument) else { return nil }
                total += row.lots.count * row.marginPerLot.units
            }
            guard scope.quarantined.isEmpty else { return nil }
            for (id, layers) in scope.open where !layers.isEmpty {
                guard let intent = evidence.intents[id], let request = intent.plan.content.explanation.request else { return nil }
                total += intent.plan.content.positionPlans.reduce(0) { $0 + ($1.lots?.count ?? 0) } * request.marginPerLot.units
            }
        }
        return total
    }

    // MARK: - Decisions

    private mutating func intent(_ id: IntentID, _ row: AuditRecord) {
        guard let record = evidence.intents[id], let to = IntentState(rawValue: row.to) else {
            return breach("an intent \(id) became \(row.to) and is not in the table")
        }
        let before = intentStates[id]
        if before?.isOpen == false || (before != nil) == (row.from == "") { breach("intent \(id) went to \(row.to) after its end") }
        intentStates[id] = to
        var scope = scopes[record.instrument, default: ScopeHistory()]
        if before == nil { begin(record, &scope, row) }
        if !to.isOpen { scope.open[id] = nil }
        if to == .quarantined { scope.quarantined.insert(id) } else { scope.quarantined.remove(id) }
        scopes[record.instrument] = scope
    }

    private mutating func begin(_ intent: IntentRecord, _ scope: inout ScopeHistory, _ row: AuditRecord) {
        let positionPlans = intent.plan.content.positionPlans
        if intent.kind.increasesRisk {
            for positionPlan in positionPlans { opener[positionPlan.position] = intent.id }
            checkEntry(intent, scope, row)
            scope.open[intent.id] = Set(positionPlans.compactMap(\.layer))
            return
        }
        if intent.kind != .repair {
            for positionPlan in positionPlans { closers[positionPlan.position, default: []].insert(intent.id) }
            checkClose(intent, scope)
        }
        scope.open[intent.id] = []
    }

    // I4, I5, I17, I28, sessions: what a decision to take risk needs.
    private mutating func checkEntry(_ intent: IntentRecord, _ scope: ScopeHistory, _ row: AuditRecord) {
        guard let fingerprint = intent.signal, let signal = evidence.signals[fingerprint]?.signal.content else {
            return breach("\(intent.id) increases risk without a signal")
        }
        func wrong(_ sentence: String) { breach("\(intent.id) was decided \(sentence)") }
        for layer in intent.plan.content.positionPlans.compactMap(\.layer) where scope.isTaken(layer) {
            wrong("while \(layer) was taken")
        }
        if intent.kind == .pyramid, scope.base.map({ scope.live[$0]?.isClosing != false }) ?? true { wrong("without an open base") }
        if isStopped { wrong("while trading was stopped") }
        if scope.isFrozen { wrong("while its scope was frozen") }
        if let exit = scope.lastCarriedExit, signal.timestamp.seconds <= exit.seconds {
            wrong("after an exit of \(exit) that is not older")
        }
        if row.at > signal.timestamp + evidence.policy.entryWindow { wrong("after its window") }
        if signal.timestamp > row.at + evidence.policy.futureTolerance { wrong("before its time") }
        if evidence.hasTrueClocks, scope.hasTwin(of: signal, within: evidence.policy.duplicateWindow, traded: true) {
            wrong("though the same had just been traded")
        }
        if evidence.policy.sessions == .enforced, evidence.instruments[intent.instrument]?.isOpen(at: row.at) == false {
            wrong("outside the session")
        }
        if let request = intent.plan.content.explanation.request {
            checkMoney(of: request, margin: marginUsed()).map { wrong("on \($0)") }
        }
        if let base = scope.base, let row = evidence.positions[base], intent.kind == .pyramid, evidence.policy.limits.areEnforced {
            checkGates(of: signal, on: row, scope).map { wrong("though \($0)") }
        }
    }

    /// What is wrong with the money that a size was computed from.
    private func checkMoney(of request: SizingRequest, margin: Int64?) -> String? {
        guard evidence.policy.equity == .closed else { return nil }
        if request.equity.units != equity { return "an equity of \(request.equity), which was \(Money(units: equity))" }
        guard let margin else { return nil }
        let most = Int64(Int128(equity) * Int128(evidence.policy.marginShare.units) / 1_000_000) - margin
        // A share of money is rounded.
        return request.availableMargin.units > max(0, most) + 1
            ? "a margin of \(request.availableMargin), of which \(Money(units: most)) was free" : nil
    }

    /// The gate of a pyramid that its signal does not pass, as far as the rows still tell: a roll moves prices.
    private func checkGates(of signal: Signal, on base: PositionRecord, _ scope: ScopeHistory) -> String? {
        guard base.rolloverCount == 0, let instrument = evidence.instruments[base.instrument] else { return nil }
        if signal.price.units - base.entryPrice.units <= base.initialRisk.units { return "the base had not gained one R" }
        let terms = instrument.terms(on: TradingDay(of: signal.timestamp))
        if let last = scope.lastLayerPrice, signal.atr > .zero,
            Int128(signal.price.units - last.units) * 1_000_000 < Int128(signal.atr.units) * Int128(terms.pyramidSpacing.units)
        {
            return "the last layer was too near"
        }
        return nil
    }

    // I4, I22: what a decision to close needs.
    private mutating func checkClose(_ intent: IntentRecord, _ scope: ScopeHistory) {
        let signal = intent.signal.flatMap { evidence.signals[$0]?.signal.content }
        for positionPlan in intent.plan.content.positionPlans {
            guard scope.live[positionPlan.position] != nil, let position = evidence.positions[positionPlan.position] else {
                breach("\(intent.id) closes \(positionPlan.position), which was not open")
                continue
            }
            let others = closers[positionPlan.position, default: []].filter { $0 != intent.id && intentStates[$0]?.isOpen == true }
            if intent.kind == .roll || others.contains(where: { evidence.intents[$0]?.kind == .exit }), !others.isEmpty {
                breach("\(intent.id) closes \(positionPlan.position), which others close")
            }
            guard let signal else { continue }
            if position.entryTimestamp.seconds > signal.timestamp.seconds {
                breach("\(intent.id) closes \(positionPlan.position), which is not older")
            }
            if case .layer(let layer) = signal.target, layer != positionPlan.layer {
                breach("\(intent.id) closes another layer than \(layer)")
            }
        }
        let layers = intent.plan.content.positionPlans.compactMap(\.layer)
        if layers != layers.sorted(by: >) { breach("\(intent.id) closes \(layers), which is not newest first") }
    }

    private mutating func admit(_ row: SignalRecord) {
        admittedAt[row.fingerprint] = takeovers
        // I5: an exit counts from its acceptance on; outside the session it waits, and has no trail before the open.
        scopes[row.instrument, default: ScopeHistory()].accept(row.signal.content)
    }

    // MARK: - Orders and positions

    private mutating func order(_ tag: Tag, _ row: AuditRecord) {
        guard let record = evidence.orders[tag], let to = OrderState(rawValue: row.to) else {
            return breach("an order \(tag) became \(row.to) and is not in the table")
        }
        let before = orderStates[tag]
        let isLegal =
            switch to {
            case .planned: before == nil
            case .sending, .dropped: before == .planned
            // The broker has one that restored rows only plan.
            case .unknown: before == .sending || before == .planned
            case .notSent: before == .sending
            case .absent: before == .unknown || before == .sending || before == .working && row.cause == Reason.dayEnded.rawValue
            case .working, .filled, .rejected, .cancelled: before != nil && before != .planned && before != .filled
            }
        if !isLegal { breach("order \(tag) went from \(before?.rawValue ?? "nothing") to \(row.to)") }
        orderStates[tag] = to
        var scope = scopes[record.instrument, default: ScopeHistory()]
        if to == .sending { checkTransition(of: record, scope) }
        let isOut = to == .sending || to == .working || to == .unknown
        let wasOut = before == .sending || before == .working || before == .unknown
        if isOut != wasOut { scope.out[record.intent, default: 0] += isOut ? 1 : -1 }
        scopes[record.instrument] = scope
    }

    // 4.3: what opens something goes alone; exits of different positions may go side by side.
    private mutating func checkTransition(of order: OrderRecord, _ scope: ScopeHistory) {
        if intentStates[order.intent]?.isOpen == false { breach("\(order.tag) left for \(order.intent), which had ended") }
        for (other, count) in scope.out.sorted(by: { $0.key.text < $1.key.text }) {
            let opens = [order.intent, other].contains { evidence.intents[$0]?.kind.mayOpen == true }
            if opens, count > 0, other != order.intent, intentStates[other] == .active {
                breach("\(order.tag) of \(order.intent) left while \(other) had \(count) orders out")
            }
        }
    }

    private mutating func position(_ id: PositionID, _ row: AuditRecord) {
        guard let record = evidence.positions[id] else { return breach("a position \(id) became \(row.to) and is not in the table") }
        // A roll is told in words of its own.
        guard let to = PositionStatus(rawValue: row.to) else { return }
        var scope = scopes[record.instrument, default: ScopeHistory()]
        let before = scope.live[id]
        switch to {
        case .open where row.from == "":
            open(record, &scope)
        case .open, .partial:
            if to == .partial || row.from == PositionStatus.partial.rawValue { scope.hasPartialCloses = true }
            if before == nil { breach("position \(id) is \(row.to) again") }
            // What closes several positions has done its part of this one.
            if before?.isClosing == true { closers[id] = nil }
            scope.live[id] = (record.layer, false)
        case .closing:
            if before == nil { breach("position \(id) is closed, and was not open") }
            scope.live[id] = (record.layer, true)
        case .closed:
            if before == nil { breach("position \(id) was closed twice") }
            if before?.isClosing == true, !closers[id, default: []].contains(where: { intentStates[$0]?.isOpen == true }) {
                breach("position \(id) was closed by nobody")
            }
            scope.live[id] = nil
            if record.isBase { scope.lastLayerPrice = nil }
        }
        scopes[record.instrument] = scope
    }

    private mutating func open(_ record: PositionRecord, _ scope: inout ScopeHistory) {
        let maker = opener[record.id]
        if maker.flatMap({ intentStates[$0] }) != .active { breach("position \(record.id) was opened by nobody") }
        if scope.live.contains(where: { $0.value.layer == record.layer }) { breach("position \(record.id) has a layer that was taken") }
        scope.live[record.id] = (record.layer, false)
        if record.isBase || scope.base != nil { scope.lastLayerPrice = record.signalPrice }
    }
}
