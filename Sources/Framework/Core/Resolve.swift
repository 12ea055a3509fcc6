/// Transitions on what the broker says: answers, reports, books. Unknown is not failure; only evidence leads out of it.
extension Core {
    /// Takes the outcome of an attempt to place an order.
    mutating func classify(_ tag: Tag, _ outcome: PlaceOutcome, _ transition: inout Transition) {
        changeOrder(tag, &transition) { core, order, intent, _, transition in
            // A report may have overtaken the answer.
            guard intent.orders[order].state == .sending || intent.orders[order].state == .unknown else { return }
            switch outcome {
            case .accepted(let report):
                intent.orders[order].brokerOrder = report.orderID
                core.bring(&intent.orders[order], to: .working, cause: "accepted", &transition)
                core.merge(report, into: order, &intent, &transition)
            case .rejected(let reason): core.bring(&intent.orders[order], to: .rejected, cause: reason, &transition)
            case .notSent(let reason): core.bring(&intent.orders[order], to: .notSent, cause: reason, &transition)
            case .unknown(let reason):
                // It left after the commit of its gate, however long that took; the horizon counts from the latest time at which it can have.
                intent.orders[order].sentAt = transition.at
                core.bring(&intent.orders[order], to: core.policy.has(.unknownIsRefusal) ? .rejected : .unknown, cause: reason, &transition)
            }
        }
    }

    /// Takes the answer to a request to cancel; the order's report tells how it ends.
    mutating func noteCancel(_ tag: Tag, _ outcome: CancelOutcome, _ transition: inout Transition) {
        guard !isReadingBook else { return }
        isReadingBook = true
        transition.perform(.readBook(leavingOut: endedTags))
    }

    /// Takes one order's report, however often and in whatever order reports come.
    mutating func apply(_ report: OrderReport, _ transition: inout Transition) {
        guard let tag = report.tag, tag.isOurs else { return doubtAccount(report, &transition) }
        let isKnown = changeOrder(tag, &transition) { core, order, intent, scope, transition in
            if intent.orders[order].state == .planned { core.adopt(&intent.orders[order], &scope, &transition) }
            core.merge(report, into: order, &intent, &transition)
        }
        // I29: what the book will show is left to it until it was read.
        if !isKnown, hasRecovered { noteLate(report, tag, &transition) }
    }

    /// Somebody else traded in the account: what it holds is read before an exit of the contract relies on it.
    private mutating func doubtAccount(_ report: OrderReport, _ transition: inout Transition) {
        guard !report.fills.isEmpty || report.state == .filled else { return }
        figure.doubt(report.symbol, at: transition.at)
        readPositions(&transition)
    }

    /// Changes one live order and goes on with its scope; false when no live intent has the tag.
    @discardableResult
    private mutating func changeOrder(
        _ tag: Tag, _ transition: inout Transition,
        _ change: (inout Core, _ order: Int, inout Intent, inout Scope, inout Transition) -> Void
    ) -> Bool {
        guard let name = scopeOfTag[tag] else { return false }
        let isFound = self.change(name, &transition) { core, scope, transition in
            for index in scope.intents.indices {
                guard let order = scope.intents[index].orders.firstIndex(where: { $0.tag == tag }) else { continue }
                scope.changeIntent(at: index) { scope, intent in change(&core, order, &intent, &scope, &transition) }
                core.advance(&scope, &transition)
                return true
            }
            return false
        }
        return isFound ?? false
    }

    /// Brings an order up to a report: new fills are posted once, states only go forward.
    private mutating func merge(_ report: OrderReport, into index: Int, _ intent: inout Intent, _ transition: inout Transition) {
        let wasLive = !intent.orders[index].state.isTerminal
        // A report of yesterday's order that comes today says nothing of today's book.
        if TradingDay(of: report.updatedAt) == TradingDay(of: transition.at) { dayOfLastOrder = TradingDay(of: transition.at) }
        noteEarlierDay(of: report, &intent.orders[index])
        if let known = intent.orders[index].record.brokerOrder, known != report.orderID {
            throwSwitch(doubled: intent.orders[index].tag, intent.record.instrument, &transition)
        } else if intent.orders[index].record.brokerOrder == nil {
            intent.orders[index].brokerOrder = report.orderID
        }
        for fill in report.fills {
            if isNew(fill, intent.orders[index].record, intent) {
                post(fill, report.orderID, index, &intent, &transition)
            } else {
                alertChanged(fill, intent.orders[index].tag, &intent, &transition)
            }
        }
        if intent.orders[index].record.filled >= intent.orders[index].record.quantity {
            return bring(&intent.orders[index], to: .filled, cause: "filled at the broker", &transition)
        }
        guard wasLive || intent.orders[index].state == .absent else { return }
        switch report.state {
        case .submitted, .open, .filled:
            // "Filled" with fills still missing: they come with the next report.
            bring(&intent.orders[index], to: .working, cause: "seen at the broker", &transition)
        case .cancelled: bring(&intent.orders[index], to: .cancelled, cause: report.message ?? "cancelled at the broker", &transition)
        case .rejected: bring(&intent.orders[index], to: .rejected, cause: report.message ?? "rejected by the broker", &transition)
        }
    }

    /// An order whose outcome became known late counted from then on; its report tells that it is another day's, whose book is gone.
    private func noteEarlierDay(of report: OrderReport, _ order: inout Tracked<OrderRecord>) {
        guard order.state == .unknown, let sentAt = order.record.sentAt, TradingDay(of: report.updatedAt) < TradingDay(of: sentAt) else {
            return
        }
        order.sentAt = report.updatedAt
    }

    private func isNew(_ fill: Fill, _ order: OrderRecord, _ intent: Intent) -> Bool {
        if policy.has(.laterFillsIgnored), order.filled > .zero { return false }
        return !intent.postedTrades.contains { $0.id == fill.id } || policy.has(.fillPostedTwice)
    }

    /// A trade that the broker tells again with another price or quantity was posted once and stays so; a person must look at the difference.
    private mutating func alertChanged(_ fill: Fill, _ tag: Tag, _ intent: inout Intent, _ transition: inout Transition) {
        guard let posted = intent.postedTrades.first(where: { $0.id == fill.id }), posted != PostedTrade(fill),
            intent.toldChanged.insert(fill.id).inserted
        else { return }
        alert(
            .critical, "fill_not_understood", intent.record.instrument,
            "Trade \(fill.id) of \(tag) was booked as \(posted.quantity) at \(posted.price), and the broker now says \(fill.quantity) at \(fill.price); the books keep the first.",
            &transition)
    }

    /// Σ price × units of one order, in ten-thousandths: sums over the orders of an intent still fit 64 bits.
    static let largestValue = Int64.max / 16

    private mutating func post(
        _ fill: Fill, _ number: BrokerOrderID, _ index: Int, _ intent: inout Intent, _ transition: inout Transition
    ) {
        let order = intent.orders[index].record
        let (count, overflowed) = order.filled.count.addingReportingOverflow(fill.quantity.count)
        let (value, isTooLarge) = fill.price.units.multipliedReportingOverflow(by: fill.quantity.count)
        let (sum, sumIsTooLarge) = order.filledValue.addingReportingOverflow(value)
        guard !overflowed, !isTooLarge, !sumIsTooLarge, sum <= Self.largestValue, count <= Self.largestValue, fill.quantity > .zero,
            fill.price > .zero
        else {
            guard intent.toldChanged.insert(fill.id).inserted else { return }
            return alert(
                .critical, "fill_not_understood", intent.record.instrument,
                "Trade \(fill.id) of \(order.tag) has quantity \(fill.quantity) and price \(fill.price), which cannot be booked; a person must look.",
                &transition)
        }
        intent.postedTrades.append(PostedTrade(fill))
        figure.note(
            order.side == .buy ? fill.quantity.count : 0 - fill.quantity.count, of: order.symbol, tradedAt: fill.at, at: transition.at)
        intent.orders[index].filled = Quantity(count)
        intent.orders[index].filledValue = policy.has(.lastPriceForAll) ? fill.price.units * count : sum
        transition.insert(TradeRecord(fill: fill, order: intent.orders[index].record, brokerOrder: number, at: transition.at))
        if count > order.quantity.count {
            alert(
                .critical, "overfill", intent.record.instrument,
                "Order \(number) of \(order.tag) filled \(count) of \(order.quantity) units.", &transition)
        }
    }

    // MARK: - The book

    /// Holds a read of the order book against every order that is not over.
    mutating func compare(_ reading: BookReading, _ transition: inout Transition) {
        isReadingBook = false
        guard let reports = trusted(reading)?.orders ?? (policy.has(.failedLookCounts) && hasRecovered ? [] : nil) else {
            if !hasRecovered {
                transition.perform(.wake(.book, at: transition.at + .seconds(1)))
                alertBroken(&transition)
                alertWaitingExits(&transition)
            }
            for scope in scopes.values { scheduleBook(for: scope, &transition) }
            return
        }
        let isBlank = noteDay(of: reports, reading)
        var byTag: [Tag: [OrderReport]] = [:]
        for report in reports { if let tag = report.tag, tag.isOurs { byTag[tag, default: []].append(report) } }
        for name in scopes.keys { compare(name, byTag, reading.startedAt, isBlank: isBlank, &transition) }
        for report in reports {
            guard let tag = report.tag, tag.isOurs, !isLive(tag) else { continue }
            noteLate(report, tag, &transition)
        }
        if !hasRecovered { finishRecovery(&transition) }
    }

    /// Tells people of exits that wait because the book cannot be read since the start.
    private mutating func alertWaitingExits(_ transition: inout Transition) {
        guard transition.at - bornAt >= policy.repairAlert else { return }
        for name in scopes.keys where scopes[name].map({ !$0.hasAlertedUnread && $0.hasExitToDo }) ?? false {
            change(name, &transition) { core, scope, transition in
                scope.hasAlertedUnread = true
                core.alert(
                    .critical, "exit_waits_for_positions", name,
                    "The broker's book cannot be read since the start, or does not show today's orders, and an exit of \(name) needs it; it goes on when it can.",
                    &transition)
            }
        }
    }

    /// I20: who cannot go on because the book is not read yet tells people all the same of legs that are unequal by the rows.
    private mutating func alertBroken(_ transition: inout Transition) {
        for name in scopes.keys {
            change(name, &transition) { core, scope, transition in
                for index in scope.intents.indices where scope.intents[index].isUnderWay {
                    var intent = scope.intents[index]
                    for (number, positionPlan) in intent.record.plan.content.positionPlans.enumerated() where !positionPlan.isSettled {
                        core.alertBroken(positionPlan, number, &intent, scope, &transition)
                    }
                    scope.intents[index] = intent
                }
            }
        }
    }

    /// An error, or an empty answer while orders are known, is never evidence.
    private func trusted(_ reading: BookReading) -> OrderBook? {
        guard let book = reading.book else { return nil }
        guard book.count == 0 else { return book }
        return dayOfLastOrder == TradingDay(of: reading.startedAt) ? nil : book
    }

    /// Notes that the book shows something of the day of its reading; true while it never did, so that it may be another day's, or nobody's.
    private mutating func noteDay(of reports: [OrderReport], _ reading: BookReading) -> Bool {
        let today = TradingDay(of: reading.startedAt)
        if reports.contains(where: { TradingDay(of: $0.updatedAt) == today }) { dayOfLastOrder = today }
        return dayOfLastOrder != today
    }

    private func isLive(_ tag: Tag) -> Bool {
        guard let name = scopeOfTag[tag], let scope = scopes[name] else { return false }
        return scope.intents.contains { $0.orders.contains { $0.tag == tag } }
    }

    private mutating func compare(
        _ name: InstrumentName, _ byTag: [Tag: [OrderReport]], _ startedAt: Instant, isBlank: Bool, _ transition: inout Transition
    ) {
        guard let scope = scopes[name], !scope.intents.isEmpty else { return }
        for tag in scope.intents.flatMap({ $0.orders.filter { $0.state == .planned }.map(\.tag) }) where byTag[tag] != nil {
            changeOrder(tag, &transition) { core, order, intent, scope, transition in core.adopt(&intent.orders[order], &scope, &transition)
            }
        }
        for tag in scope.intents.flatMap({ $0.orders.filter { $0.state != .planned && $0.state != .dropped }.map(\.tag) }) {
            let reports = byTag[tag] ?? []
            if reports.count > 1 { throwSwitch(doubled: tag, name, &transition) }
            changeOrder(tag, &transition) { core, order, intent, scope, transition in
                if reports.isEmpty {
                    let isDenied = isBlank && core.accountShows(intent.orders[order].record, intent, scope)
                    return core.miss(&intent.orders[order], &scope, startedAt: startedAt, isBlank: isBlank, isDenied: isDenied, &transition)
                }
                for report in reports { core.merge(report, into: order, &intent, &transition) }
            }
        }
    }

    /// The broker has an order that these rows only plan: they are older than it, so that it is not sent again, and a person must look.
    private mutating func adopt(_ order: inout Tracked<OrderRecord>, _ scope: inout Scope, _ transition: inout Transition) {
        order.sentAt = transition.at
        bring(&order, to: .unknown, cause: "the broker has it, although these records did not send it", &transition)
        freeze(
            &scope, "order_without_record", "the broker has order \(order.tag), which our records only plan: they may be an older copy",
            &transition
        )
    }

    /// I8 is broken: somebody sent a tag twice. Nothing that increases risk leaves any more.
    private mutating func throwSwitch(doubled tag: Tag, _ name: InstrumentName, _ transition: inout Transition) {
        guard !tradingSwitch.record.isThrown else { return }
        set(isThrown: true, reason: "tag \(tag) is in the broker's book twice", by: "munim", &transition)
        alert(
            .critical, "tag_sent_twice", name, "Tag \(tag) is in the broker's book twice. Trading is stopped; look at both orders.",
            &transition)
    }

    /// Counts a look that did not show an order; two that began after the horizon, on the same day, are evidence of absence.
    private mutating func miss(
        _ order: inout Tracked<OrderRecord>, _ scope: inout Scope, startedAt: Instant, isBlank: Bool, isDenied: Bool,
        _ transition: inout Transition
    ) {
        guard order.state == .unknown || order.state == .working, let sentAt = order.record.sentAt, broker.findsOrdersByTag else { return }
        guard TradingDay(of: startedAt) == TradingDay(of: sentAt) else { return leaveUnresolved(&order, &scope, &transition) }
        let since = policy.has(.horizonOfOthersIgnored) ? sentAt : sentAtOnOwnClock(order.record, sentAt, at: transition.at)
        if policy.has(.looksBeforeHorizonCount), order.state == .unknown, startedAt < since + broker.horizon { order.misses = 1 }
        guard order.state == .unknown, startedAt >= loadedAt, startedAt >= since + horizon(isBlank: isBlank) else { return }
        // A book that has shown nothing of the day is no evidence against the account; one that goes on so may be of the day after the order's.
        if isDenied {
            if startedAt >= since + policy.emptyBookHorizon + policy.emptyBookHorizon { leaveUnresolved(&order, &scope, &transition) }
            return
        }
        order.misses += 1
        guard order.misses >= (policy.has(.oneLookIsEnough) ? 1 : 2) else { return }
        end(&order, as: .absent, because: .orderAbsent, &transition)
        alert(
            .error, "order_absent", scope.name,
            "Order \(order.tag) (\(order.record.side.rawValue) \(order.record.quantity) \(order.record.symbol)) never reached the broker as far as its book shows.",
            &transition)
    }

    /// How long after an order was sent a book without it is evidence. One that has shown nothing of the day may not be the day's book at all.
    private func horizon(isBlank: Bool) -> Span {
        if policy.has(.horizonIgnored) { return .seconds(1) }
        return isBlank ? max(broker.horizon, policy.emptyBookHorizon) : broker.horizon
    }

    /// The book forgets yesterday: from now on only positions are evidence, and a person compares them before the scope takes entries.
    private mutating func leaveUnresolved(_ order: inout Tracked<OrderRecord>, _ scope: inout Scope, _ transition: inout Transition) {
        let (tag, symbol) = (order.record.tag, order.record.symbol)
        end(&order, as: .absent, because: .dayEnded, &transition)
        freeze(
            &scope, "order_unknown", "order \(tag) of \(symbol) was not resolved on its day; compare positions by hand", happensOnce: true,
            &transition)
    }

    // MARK: - Late orders

    /// An order of ours that no live intent explains: late after it had ended for us (I12), or without any row (I13).
    private mutating func noteLate(_ report: OrderReport, _ tag: Tag, _ transition: inout Transition) {
        if let name = scopeOfWatchedTag[tag], takeWatched(report, tag, name, &transition) { return }
        alertChanged(report, tag, &transition)
        // Some books show yesterday's orders until the morning.
        guard endedTags.insert(tag), TradingDay(of: report.updatedAt) == TradingDay(of: transition.at) else { return }
        let reason = "the broker has order \(report.orderID) with our tag \(tag), which no record explains"
        let owners = owners(of: report.symbol, on: TradingDay(of: transition.at))
        if owners.isEmpty {
            alert(
                .critical, "order_without_record", nil,
                "\(reason), in \(report.symbol), which belongs to no instrument of this host. A lost commit or a restored backup; look at it.",
                &transition)
        }
        // Whose it was cannot be told, so that nothing is entered before a person has looked.
        for name in owners.isEmpty ? scopes.keys : owners {
            change(name, &transition) { core, scope, transition in
                core.freeze(&scope, "order_without_record", reason, happensOnce: true, &transition)
            }
        }
    }

    /// An order that is over and whose trades the broker tells otherwise now: the books keep what they posted, and a person must look.
    private mutating func alertChanged(_ report: OrderReport, _ tag: Tag, _ transition: inout Transition) {
        guard let fill = settledFills.firstUnknown(in: report, of: tag) else { return }
        let reason =
            "order \(report.orderID) of \(tag) is booked, and the broker now tells of trade \(fill.id) with \(fill.quantity) at \(fill.price), which the books do not have"
        let owners = owners(of: report.symbol, on: TradingDay(of: transition.at))
        if owners.isEmpty { alert(.critical, "fill_not_understood", nil, "An instrument that is gone: \(reason).", &transition) }
        // Several may trade the contract, and which of them the order was of is not known any more.
        for name in owners {
            change(name, &transition) { core, scope, transition in
                core.freeze(&scope, "fill_not_understood", reason, happensOnce: true, &transition)
            }
        }
    }

    /// Takes the report of an order that ended unfilled and is watched; false when the scope watches it no longer.
    private mutating func takeWatched(_ report: OrderReport, _ tag: Tag, _ name: InstrumentName, _ transition: inout Transition) -> Bool {
        let isWatched = change(name, &transition) { core, scope, transition in
            guard let index = scope.watchedOrders.firstIndex(where: { $0.order.tag == tag }) else { return false }
            if !report.state.isTerminal {
                core.endLate(report, index, &scope, &transition)
            } else if core.bringBack(report, index, &scope, &transition) {
                core.advance(&scope, &transition)
            }
            return true
        }
        return isWatched ?? false
    }

    /// I12: an order that works although it had ended for us is ended first; what it fills until then is taken back after.
    private mutating func endLate(_ report: OrderReport, _ index: Int, _ scope: inout Scope, _ transition: inout Transition) {
        let order = scope.watchedOrders[index].order
        // An order that we saw end at the broker can only look alive in an old report.
        guard order.state == .absent else {
            if let known = order.brokerOrder, known != report.orderID { throwSwitch(doubled: order.tag, scope.name, &transition) }
            return
        }
        if let last = scope.watchedOrders[index].cancelledAt, transition.at - last < policy.pollInterval { return }
        if scope.watchedOrders[index].cancelledAt == nil {
            alert(
                .critical, "late_order", scope.name,
                "Order \(order.tag) had ended for us and works at the broker after all; the host ends it.", &transition)
        }
        scope.watchedOrders[index].cancelledAt = transition.at
        transition.perform(.cancel(order.tag, report.orderID))
        transition.perform(.wake(.book, at: transition.at + policy.pollInterval))
    }

    /// Units of fills and Σ price × units; nil when one of them is nothing, or when they do not fit.
    private static func sums(of fills: [Fill]) -> (units: Int64, value: Int64)? {
        var (units, value): (Int64, Int64) = (0, 0)
        for fill in fills {
            let (product, isTooLarge) = fill.price.units.multipliedReportingOverflow(by: fill.quantity.count)
            guard fill.quantity > .zero, fill.price > .zero, !isTooLarge, product <= largestValue - value,
                fill.quantity.count <= largestValue - units
            else { return nil }
            units += fill.quantity.count
            value += product
        }
        return (units, value)
    }

    private mutating func alertUnreadable(_ fills: [Fill], of order: OrderRecord, _ name: InstrumentName, _ transition: inout Transition) {
        let texts = fills.map { "\($0.id): \($0.quantity) at \($0.price)" }.joined(separator: ", ")
        alert(
            .critical, "fill_not_understood", name,
            "Order \(order.tag) had ended for us and filled after all, by trades that cannot be booked (\(texts)); a person must look.",
            &transition
        )
    }

    /// I12: takes fills back that came after their order had ended for us, with one of the opposite side.
    private mutating func bringBack(_ report: OrderReport, _ index: Int, _ scope: inout Scope, _ transition: inout Transition) -> Bool {
        let watched = scope.watchedOrders[index]
        let late = report.fills.filter { !watched.posted.map(\.id).contains($0.id) }
        guard report.state.isTerminal, !late.isEmpty, !policy.has(.lateOrderIgnored) else { return false }
        guard let (units, value) = Self.sums(of: late) else {
            alertUnreadable(late, of: watched.order, scope.name, &transition)
            scope.watchedOrders.remove(at: index)
            endedTags.insert(watched.order.tag)
            return false
        }
        scope.watchedOrders.remove(at: index)
        endedTags.insert(watched.order.tag)
        scope.lastTradeAt = transition.at
        let order = watched.order
        figure.note(
            order.side == .buy ? units : 0 &- units, of: order.symbol, tradedAt: late.map(\.at).max() ?? transition.at, at: transition.at)
        let leg = Leg(
            number: 0, role: order.role, action: .close, contract: order.contract.content, side: order.side.opposite,
            quantity: Quantity(units), isRepair: true)
        let kind = PositionPlan.Kind.repair(lateValue: policy.has(.lateCostForgotten) ? 0 : value)
        let plan = IntentPlan(
            positionPlans: [PositionPlan(position: order.position, kind: kind, legs: [leg])], price: nil, reason: "late order \(order.tag)",
            explanation: Explanation(summary: "Take back the late order \(order.tag)."))
        let record = IntentRecord(
            id: IntentID("repair-\(order.tag)"), instrument: scope.name, kind: .repair, signal: nil, causeKey: "late:\(order.tag)",
            plan: plan, entryDeadline: nil, owner: incarnation, epoch: epoch.number, at: transition.at)
        for fill in late { transition.insert(TradeRecord(fill: fill, order: order, brokerOrder: report.orderID, at: transition.at)) }
        begin(record, for: nil, &scope, &transition)
        alert(
            .critical, "late_order", scope.name,
            "Order \(order.tag) had ended for us and filled after all; the host takes its \(leg.quantity) units back.", &transition)
        return true
    }

    // MARK: - Alarms

    /// Asks to be woken when the book should be looked at for this scope.
    mutating func scheduleBook(for scope: Scope, _ transition: inout Transition) {
        var due: Instant?
        for intent in scope.intents {
            for order in intent.orders {
                guard let next = nextLook(for: order.record, at: transition.at) else { continue }
                due = min(due ?? next, next)
            }
        }
        guard let due else { return }
        if let planned = nextBookAlarm, planned <= due, planned > transition.at { return }
        nextBookAlarm = due
        transition.perform(.wake(.book, at: due))
    }

    private func nextLook(for order: OrderRecord, at: Instant) -> Instant? {
        switch order.state {
        case .unknown:
            let sentAt = order.sentAt ?? at
            return policy.resolution.map { sentAt + $0 }.first { $0 > at } ?? at + policy.resolutionInterval
        case .working: return at + policy.pollInterval
        case .planned, .sending, .filled, .rejected, .cancelled, .absent, .dropped, .notSent: return nil
        }
    }
}
