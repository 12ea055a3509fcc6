/// Transitions from a waiting signal to an intent or a refusal.
extension Core {
    /// Decides the next waiting signal: exits first, the rest in order of arrival.
    mutating func decideNext(_ scope: inout Scope, _ transition: inout Transition) -> Bool {
        if decideWaitingExit(&scope, &transition) { return true }
        guard scope.surveying == nil, !scope.isHeld else { return false }
        if let survey = scope.heldSurvey {
            scope.heldSurvey = nil
            decide(survey, &scope, &transition)
            return scope.heldSurvey == nil
        }
        if let entry = scope.signals.first(where: { $0.record.status == .accepted && $0.record.signal.content.kind.isEntry }) {
            return examine(entry.record, &scope, &transition)
        }
        return examineNextRoll(&scope, &transition)
    }

    /// Decides the first waiting exit; false when there is none, or when it waits for the open.
    mutating func decideWaitingExit(_ scope: inout Scope, _ transition: inout Transition) -> Bool {
        for exit in scope.signals where exit.record.status == .accepted && exit.record.signal.content.kind == .exit {
            if let until = postponement(of: exit.record, in: scope, at: transition.at) {
                postpone(exit.record, until: until, &scope, &transition)
            } else {
                return mayDecide(exit.record, &scope, &transition) && decideExit(exit.record, &scope, &transition)
            }
        }
        return false
    }

    // MARK: - Entries

    /// Checks what needs no quote; asks the market when all is well.
    private mutating func examine(_ record: SignalRecord, _ scope: inout Scope, _ transition: inout Transition) -> Bool {
        let signal = record.signal.content
        if let refusal = timeRefusal(signal, at: transition.at) {
            refuse(record, refusal, &scope, &transition)
            return true
        }
        guard knowsAccount(at: transition.at) else {
            awaitAccount(for: signal, scope.name, &transition)
            return false
        }
        guard mayDecide(record, &scope, &transition) else { return false }
        if let refusal = refusal(of: record, in: scope, at: transition.at) {
            refuse(record, refusal, &scope, &transition)
            return true
        }
        switch structure(for: signal, scope.traded, at: transition.at) {
        case .failure(let refusal):
            conclude(record.fingerprint, refusal.reason, Explanation(summary: refusal.sentence), &scope, &transition)
            return true
        case .success(let structure):
            let subject = Subject.signal(record.fingerprint, scope.name)
            scope.surveying = subject
            let observation = PriceObservation(instrument: scope.name, price: signal.price, structure: structure, at: transition.at)
            transition.perform(.survey(SurveyRequest(subject: subject, observations: [observation], needsFunds: true)))
            if let examined = scope.signals.first(where: { $0.fingerprint == record.fingerprint })?.record {
                pauseExamination(of: examined, &scope, &transition)
            }
            return false
        }
    }

    private mutating func refuse(_ record: SignalRecord, _ refusal: Refusal, _ scope: inout Scope, _ transition: inout Transition) {
        conclude(
            record.fingerprint, refusal.reason, Explanation(summary: refusal.sentence, gates: refusal.gates), &scope,
            &transition)
    }

    /// An entry waits until the account was compared with the books, at most until its window ends.
    private mutating func awaitAccount(for signal: Signal, _ name: InstrumentName, _ transition: inout Transition) {
        readPositions(&transition)
        transition.perform(.wake(.scope(name), at: max(transition.at, signal.timestamp + policy.entryWindow) + .milliseconds(1)))
    }

    /// The contracts that an entry would open.
    private func structure(for signal: Signal, _ traded: TradedInstrument, at: Instant) -> Result<Structure, Refusal> {
        let day = TradingDay(of: at)
        guard let expiry = traded.entryExpiry(on: day, avoidingDays: policy.entryRolloverDays) else {
            return .failure(Refusal(.noContract, "No contract of \(traded.name) may be entered on \(day)."))
        }
        do throws(InstrumentFault) { return .success(try traded.instrument.structure(expiry: expiry, price: signal.price, on: day)) } catch
        {
            return .failure(Refusal(.noContract, "No contract of \(traded.name) can be named: \(error)."))
        }
    }

    /// Continues a decision with what the market said.
    mutating func conclude(_ survey: Survey, _ transition: inout Transition) {
        change(survey.subject.instrument, &transition) { core, scope, transition in
            // An answer to a question of another time is let go: the scope asks again where it still matters.
            if scope.surveying == survey.subject { core.decide(survey, &scope, &transition) }
            core.advance(&scope, &transition)
        }
    }

    private mutating func decide(_ survey: Survey, _ scope: inout Scope, _ transition: inout Transition) {
        scope.surveying = nil
        switch survey.subject {
        case .signal(let fingerprint, _):
            guard scope.activeIndex == nil,
                let record = scope.signals.first(where: { $0.fingerprint == fingerprint && $0.status == .accepted })?.record
            else { return }
            guard mayDecide(record, &scope, &transition) else { return scope.heldSurvey = survey }
            decideEntry(record, survey, &scope, &transition)
        case .roll(let position, _):
            decideRoll(position, survey, &scope, &transition)
        }
    }

    private mutating func decideEntry(_ record: SignalRecord, _ survey: Survey, _ scope: inout Scope, _ transition: inout Transition) {
        if let refusal = refusal(of: record, in: scope, at: transition.at) { return refuse(record, refusal, &scope, &transition) }
        let signal = record.signal.content
        do throws(Refusal) {
            let structure = try self.structure(for: signal, scope.traded, at: transition.at).get()
            let priceBefore = scope.pricesBefore[record.fingerprint]
            let entry = try size(signal, structure, survey, scope, priceBefore: priceBefore, at: transition.at)
            open(entry, for: record, &scope, &transition)
        } catch {
            conclude(record.fingerprint, error.reason, error.explanation, &scope, &transition)
        }
    }

    /// Writes the intent, its planned orders and its reservation.
    private mutating func open(_ entry: SizedEntry, for record: SignalRecord, _ scope: inout Scope, _ transition: inout Transition) {
        let signal = record.signal.content
        guard case .layer(let layer) = signal.target else { return }
        let kind: IntentKind = signal.kind == .pyramid ? .pyramid : .entry
        let id = IntentID("\(kind.rawValue)-\(record.fingerprint.text.prefix(16))")
        let position = PositionID("\(scope.name)-\(layer.number)-\(record.fingerprint.text.prefix(16))")
        let legs = entry.structure.legs.enumerated().map { number, leg in
            Leg(
                number: number, role: leg.role, action: .open, contract: leg.contract, side: leg.openingSide,
                quantity: Quantity(entry.lots.count * leg.contract.unitsPerLot.count))
        }
        let opening = PositionPlan.Opening(
            structure: entry.structure, layer: layer, lots: entry.lots, limiter: entry.limiter, price: signal.price,
            averageTrueRange: signal.atr)
        let plan = IntentPlan(
            positionPlans: [PositionPlan(position: position, kind: .open(opening), legs: legs)], price: signal.price, reason: "signal",
            explanation: entry.explanation)
        var intent = IntentRecord(
            id: id, instrument: scope.name, kind: kind, signal: record.fingerprint, causeKey: nil, plan: plan,
            entryDeadline: signal.timestamp + policy.entryWindow, owner: incarnation, epoch: epoch.number, at: transition.at)
        if policy.has(.windowFromDecision) { intent.entryDeadline = transition.at + policy.entryWindow }
        if policy.has(.windowFromReceipt) { intent.entryDeadline = record.receivedAt + policy.entryWindow }
        intent.reservedRisk = entry.risk
        intent.reservedVolatility = entry.volatility
        if !policy.has(.marginUnreserved) { intent.reservedMargin = entry.margin }
        scope.recentEntries.removeAll { $0.timestamp + policy.duplicateWindow + policy.duplicateWindow < signal.timestamp }
        scope.recentEntries.append(RecentEntry(fingerprint: record.fingerprint, position: record.position, timestamp: signal.timestamp))
        begin(intent, for: record.fingerprint, &scope, &transition)
    }

    // MARK: - Exits

    /// Decides an exit, or leaves it waiting for the open; false when it waits.
    private mutating func decideExit(_ record: SignalRecord, _ scope: inout Scope, _ transition: inout Transition) -> Bool {
        let signal = record.signal.content
        let named = scope.positions.filter { position in
            switch signal.target {
            case .all: true
            case .layer(let layer): position.layer == layer
            case .none: false
            }
        }
        noteExit(signal, &scope, at: transition.at)
        let live = named.filter { $0.status.isHeld || policy.has(.closingPositionClosedAgain) }
        guard !live.isEmpty else {
            let closing = named.allSatisfy { !$0.status.isLive } ? "no open position" : "only positions that are closing already"
            conclude(
                record.fingerprint, .noPosition, Explanation(summary: "\(scope.name) has \(closing) in \(signal.target)."),
                &scope, &transition)
            return true
        }
        // I4: what was opened at its second or before.
        let older = live.filter { $0.entryTimestamp.seconds <= signal.timestamp.seconds || policy.has(.exitOlderThanPosition) }
        guard !older.isEmpty else {
            conclude(
                record.fingerprint, .exitOlderThanPosition,
                Explanation(summary: "The exit of \(signal.timestamp) is older than every open position in \(signal.target)."), &scope,
                &transition)
            return true
        }
        if policy.has(.exitUndecidedUnderSwitch), tradingSwitch.record.isThrown { return false }
        guard isOpen(scope.traded, at: transition.at) else {
            endWaiting(&scope)
            waitForOpen(&scope, &transition)
            return false
        }
        alertUnusualTime(of: signal, scope.name, &transition)
        let id = IntentID("exit-\(record.fingerprint.text.prefix(16))")
        beginExit(
            id: id, of: older.map { $0.id }, price: signal.price, reason: signal.reason ?? "signal", causeKey: nil, for: record.fingerprint,
            &scope, &transition)
        return true
    }

    /// I5: every exit of the scope counts, whether it found something to close or not; a time in the future counts as now.
    ///
    /// Its own time is kept as well: for who decides next it may not be in the future any more, above all when this one's clock is behind.
    func noteExit(_ signal: Signal, _ scope: inout Scope, at: Instant) {
        guard signal.kind == .exit, !policy.has(.exitForgotten) else { return }
        let noted = scope.record.record
        let timestamp = min(signal.timestamp, at)
        if noted.lastExitAt.map({ $0 < timestamp }) ?? true { scope.record.lastExitAt = timestamp }
        if noted.newestExitTimestamp.map({ $0 < signal.timestamp }) ?? true { scope.record.newestExitTimestamp = signal.timestamp }
    }

    /// The time at or before which entries of a scope are not traded any more; nil before the first exit.
    func lastExit(of scope: Scope, at: Instant) -> Instant? {
        guard let newest = scope.record.record.newestExitTimestamp, newest <= at + policy.futureTolerance else {
            return scope.record.record.lastExitAt
        }
        return newest
    }

    /// Tells people once that something that reduces risk waits for the open, and comes back then.
    mutating func waitForOpen(_ scope: inout Scope, _ transition: inout Transition) {
        if !scope.hasAlertedWaiting {
            scope.hasAlertedWaiting = true
            alert(
                .warning, "exit_waits_for_open", scope.name, "An exit of \(scope.name) came outside the session and waits for the open.",
                &transition)
        }
        if let planned = scope.openAlarm, planned > transition.at { return }
        let open = scope.traded.instrument.nextOpen(atOrAfter: transition.at) ?? transition.at + .minutes(60)
        scope.openAlarm = open
        transition.perform(.wake(.scope(scope.name), at: open))
    }

    private mutating func alertUnusualTime(of signal: Signal, _ name: InstrumentName, _ transition: inout Transition) {
        let age = transition.at - signal.timestamp
        guard age > policy.lateExit || age + policy.futureTolerance < .zero else { return }
        alert(
            .warning, "exit_time_unusual", name,
            "An exit of \(name) carries the time \(signal.timestamp), \(age) before it was decided; it is traded all the same.", &transition
        )
    }

    /// Writes an intent that closes positions, newest layer first.
    mutating func beginExit(
        id: IntentID, of positions: [PositionID], price: Price?, reason: String, causeKey: String?, for signal: Fingerprint?,
        _ scope: inout Scope, _ transition: inout Transition
    ) {
        var positionPlans: [PositionPlan] = []
        var names: [String] = []
        for index in scope.positions.indices.reversed() where positions.contains(scope.positions[index].id) {
            let position = scope.positions[index].record
            move(&scope.positions[index], \.status, to: .closing, of: "position", position.id, cause: reason, &transition)
            scope.positions[index].intent = id
            scope.positions[index].updatedAt = transition.at
            positionPlans.append(PositionPlan(closing: position))
            names.append("\(position.layer) \(position.lots) lots")
        }
        let plan = IntentPlan(
            positionPlans: positionPlans, price: price, reason: reason,
            explanation: Explanation(summary: "Close \(names.joined(separator: ", "))."))
        let record = IntentRecord(
            id: id, instrument: scope.name, kind: .exit, signal: signal, causeKey: causeKey, plan: plan, entryDeadline: nil,
            owner: incarnation, epoch: epoch.number, at: transition.at)
        begin(record, for: signal, &scope, &transition)
    }

    /// Adds an intent to a scope with the planned orders of its position plans.
    mutating func begin(_ record: IntentRecord, for signal: Fingerprint?, _ scope: inout Scope, _ transition: inout Transition) {
        var intent = Intent(record: Tracked(new: record))
        for (number, positionPlan) in record.plan.content.positionPlans.enumerated() {
            for leg in positionPlan.legs { planOrders(leg, of: leg.quantity, positionPlan: number, attempt: 1, &intent, &transition) }
        }
        audit("intent", record.id, from: "", to: record.state.rawValue, cause: record.plan.content.reason, &transition)
        if let signal, let index = scope.signals.firstIndex(where: { $0.fingerprint == signal }) {
            scope.signals[index].intent = record.id
            beginDeciding(index, &scope, &transition)
            move(&scope.signals[index], \.status, to: .working, of: "signal", signal, cause: record.id.text, &transition)
        }
        scope.intents.append(intent)
    }

    /// Plans orders for a quantity of a leg, one per freeze slice, each with a tag of its own.
    mutating func planOrders(
        _ leg: Leg, of quantity: Quantity, positionPlan: Int, attempt: Int, _ intent: inout Intent, _ transition: inout Transition
    ) {
        let position = intent.record.plan.content.positionPlans[positionPlan].position
        for (slice, part) in slices(of: quantity, contract: leg.contract).enumerated() {
            let tag = policy.has(.tagReused) ? intent.orders.first?.record.tag ?? transition.newTag() : transition.newTag()
            intent.orders.append(
                Tracked(
                    new: OrderRecord(
                        tag: tag, intent: intent.id, position: position, instrument: intent.record.instrument, positionPlan: positionPlan,
                        leg: leg,
                        attempt: attempt, slice: slice, quantity: part, at: transition.at)))
            scopeOfTag[tag] = intent.record.instrument
            audit("order", tag, from: "", to: OrderState.planned.rawValue, cause: intent.id.text, &transition)
        }
    }

    /// Parts of a quantity that the exchange takes in one order each, all whole lots but none above the freeze quantity.
    private func slices(of quantity: Quantity, contract: Contract) -> [Quantity] {
        guard !policy.has(.freezeQuantityIgnored), let freeze = contract.freezeQuantity, freeze.count >= contract.unitsPerLot.count,
            quantity > freeze
        else {
            return quantity > .zero ? [quantity] : []
        }
        let largest = contract.unitsPerLot.wholeUnits(in: freeze.count)
        var rest = quantity.count
        var parts: [Quantity] = []
        while rest > 0 {
            if rest < largest, policy.has(.lastSliceForgotten) { break }
            parts.append(Quantity(min(rest, largest)))
            rest -= min(rest, largest)
        }
        return parts
    }

    /// Whether an instrument trades now, as far as the policy cares.
    func isOpen(_ traded: TradedInstrument, at: Instant) -> Bool { policy.sessions == .ignored || traded.instrument.isOpen(at: at) }
}

extension PositionPlan {
    /// A position plan that closes a whole position.
    init(closing position: PositionRecord) {
        let structure = position.structure.content
        let legs = structure.closingOrder.enumerated().map { number, leg in
            Leg(
                number: number, role: leg.role, action: .close, contract: leg.contract, side: leg.side(for: .close),
                quantity: position.quantity)
        }
        self.init(position: position.id, kind: .close(structure, layer: position.layer, lots: position.lots), legs: legs)
    }
}
