import MunimKit

/// The judge's second set of books, brought up to each transition of a commit.
extension Oracle {
    /// Holds every transition of a transaction against what the transitions before it left.
    mutating func judgeTransitions(of transaction: Transaction, _ store: ModelStore, at: Instant) {
        guard !tradedInstruments.isEmpty else { return }
        for transition in transaction.transitions { judge(transition, store, at: at) }
        checkExposure()
    }

    private mutating func judge(_ transition: OracleTransition, _ store: ModelStore, at: Instant) {
        for case let intent as IntentRecord in transition.rows where intent.version == 1 {
            if intent.kind.increasesRisk {
                checkSize(of: intent, store)
                checkSlot(of: intent, transition)
            }
            if intent.state == .active { checkSlices(of: intent, transition) }
        }
        addTrades(of: transition, store)
        followGates(transition, store, at: at)
        checkStops(of: transition, store)
        checkMoney(of: transition, store)
        followStacks(transition)
        for row in transition.rows {
            switch row {
            case let row as PositionRecord: books.live[row.id] = row.status.isLive ? row : nil
            case let row as IntentRecord:
                books.intents[row.id] = row.state.isOpen ? row : nil
                if !row.state.isOpen { books.fills[row.id] = nil }
            case let row as PortfolioRecord: books.portfolio = row
            default: break
            }
        }
    }

    // I19: the account's exposure is that of its live positions, after every commit.
    private mutating func checkExposure() {
        guard let portfolio = books.portfolio else { return }
        var sums: [Int128] = [0, 0, 0]
        for position in books.live.values {
            let (risk, volatility, margin) = Self.stakes(of: position)
            sums = [sums[0] + risk, sums[1] + volatility, sums[2] + margin]
        }
        let stored = [portfolio.totalRisk, portfolio.totalVolatility, portfolio.marginUsed].map { Int128($0.units) }
        if stored != sums { breach("I19", "the account's exposure is \(stored), its live positions make \(sums)") }
    }

    // I19: orders are planned for all of what was decided, none above the freeze quantity, all whole lots.
    private mutating func checkSlices(of intent: IntentRecord, _ transition: OracleTransition) {
        var planned: [OracleLeg: Int64] = [:]
        var renewed: Set<Int> = []
        for case let order as OrderRecord in transition.rows where order.intent == intent.id && order.attempt == 1 {
            // A roll that the exit interrupted ended in the same transition: what it left was planned anew.
            if intent.kind == .exit, order.state == .dropped, order.reason == .positionChanged {
                renewed.insert(order.positionPlan)
                continue
            }
            planned[OracleLeg(positionPlan: order.positionPlan, leg: order.leg), default: 0] += order.quantity.count
        }
        for (number, positionPlan) in intent.plan.content.positionPlans.enumerated() {
            let position = transition.last(PositionRecord.self) { $0.id == positionPlan.position }
            let held = position.map { $0.status.isLive ? $0.quantity.count : 0 } ?? 0
            for leg in positionPlan.legs {
                let units = planned[OracleLeg(positionPlan: number, leg: leg.number)] ?? 0
                guard units != leg.quantity.count || renewed.contains(number) && units != held else { continue }
                breach("I14", "\(intent.id) plans \(units) of \(renewed.contains(number) ? held : leg.quantity.count) units")
            }
        }
    }

    // MARK: - Gates

    /// The switch and the gates that orders passed, in the order of the trail: I4, I11, I28.
    private mutating func followGates(_ transition: OracleTransition, _ store: ModelStore, at: Instant) {
        for case let audit as AuditRecord in transition.notes {
            switch audit.entity {
            case "switch": books.isStopped = audit.to == "stopped"
            case "order" where audit.to == OrderState.sending.rawValue: checkGate(of: Tag(audit.entityID), audit, store, at: at)
            case "order" where audit.to == OrderState.absent.rawValue && audit.cause != Reason.dayEnded.rawValue:
                checkAbsence(of: Tag(audit.entityID), audit, store, at: at)
            case "order" where audit.from == OrderState.absent.rawValue: showedUp(Tag(audit.entityID))
            default: break
            }
        }
    }

    private mutating func checkGate(of tag: Tag, _ audit: AuditRecord, _ store: ModelStore, at: Instant) {
        looks.gates[tag] = at
        guard let order = books.orders[tag], order.action == .open else { return }
        // I28: without tolerance, because both are in one trail.
        if books.isStopped { breach("I28", "\(tag) opens risk in a commit after trading was stopped") }
        guard let intent = store.row(IntentRecord.self, order.intent), intent.kind.increasesRisk,
            let signal = intent.signal.flatMap({ store.row(SignalRecord.self, $0) })
        else { return }
        // I4: by the signal's own time, whatever our row says.
        if audit.at > signal.signal.content.timestamp + policy.entryWindow {
            breach("I4", "\(tag) opens risk at \(audit.at) for a signal of \(signal.signal.content.timestamp)")
        }
    }

    // MARK: - Layers

    /// I17: the stack of an instrument is its live base and what was opened on it.
    private mutating func followStacks(_ transition: OracleTransition) {
        var touched: Set<InstrumentName> = []
        for note in transition.notes {
            switch note {
            case let audit as AuditRecord where audit.entity == "position":
                let id = PositionID(audit.entityID)
                guard let row = transition.last(PositionRecord.self, where: { $0.id == id }) ?? books.live[id] else { continue }
                touched.insert(row.instrument)
                if audit.from.isEmpty { push(row) }
                if audit.to == PositionStatus.closed.rawValue, books.stacks[row.instrument]?.base == id {
                    books.stacks[row.instrument] = nil
                }
            case let roll as RolloverRecord:
                guard let row = books.live[roll.position], roll.entryPrice != roll.exitPrice else { continue }
                shift(row, by: roll.entryPrice.units - roll.exitPrice.units)
            default: break
            }
        }
        for case let stack as PyramidingRecord in transition.rows { check(stack) }
        for name in touched.sorted(by: { $0.text < $1.text }) where books.stacks[name] != nil {
            // A stack that did not change is not written.
            if transition.last(PyramidingRecord.self, where: { $0.instrument == name }) == nil, hasOpened(name, transition) {
                breach("I17", "a layer of \(name) was opened and its stack says nothing of it")
            }
        }
    }

    /// Whether the price of the last layer follows the roll of that layer, once; else it is not judged after a roll.
    static let lastPriceFollowsItsLayer = true

    private mutating func shift(_ row: PositionRecord, by basis: Int64) {
        guard Self.lastPriceFollowsItsLayer else {
            books.stacks[row.instrument]?.hasRolled = true
            return
        }
        let isLast = books.live.values.allSatisfy { $0.instrument != row.instrument || $0.layer <= row.layer }
        if isLast, let last = books.stacks[row.instrument]?.lastPrice { books.stacks[row.instrument]?.lastPrice = last + basis }
    }

    private func hasOpened(_ name: InstrumentName, _ transition: OracleTransition) -> Bool {
        transition.rows.contains { row in
            guard let row = row as? PositionRecord else { return false }
            return row.instrument == name && row.version == 1
        }
    }

    private mutating func push(_ row: PositionRecord) {
        if row.isBase { books.stacks[row.instrument] = OracleStack(base: row.id) }
        guard books.stacks[row.instrument] != nil else { return }
        if !row.isBase { books.stacks[row.instrument]?.taken += 1 }
        books.stacks[row.instrument]?.lastPrice = row.signalPrice.units
    }

    private mutating func check(_ row: PyramidingRecord) {
        guard let stack = books.stacks[row.instrument] else { return }
        let isSame = row.base == stack.base && row.taken == stack.taken
        if !isSame || (!stack.hasRolled && row.lastPyramidPrice?.units != stack.lastPrice) {
            breach(
                "I17",
                "\(row.instrument) has \(row.taken) pyramids on \(row.base?.text ?? "no base"), the last at "
                    + "\(row.lastPyramidPrice.map { "\($0)" } ?? "no price"); by its layers \(stack.taken) on \(stack.base?.text ?? "none"), "
                    + "the last at \(stack.lastPrice.map { "\(Price(units: $0))" } ?? "no price")")
        }
    }
}
