import MunimKit

/// What the judge knows of the looks at the broker's book, and of slots whose orders were not found.
struct OracleLooks: Sendable {
    /// A look at the book by a process.
    struct Key: Hashable, Sendable {
        let process: Incarnation
        let startedAt: Instant
    }

    /// A look that may count as evidence, with the true time at which it began.
    struct Look: Sendable {
        let at: Instant
        /// Whether the book had shown nothing of its day yet.
        let isBlank: Bool
        /// Whether it showed everything that the broker had.
        let isWhole: Bool
        let isEmpty: Bool
    }

    /// Looks that nobody was told of yet.
    var honest: [Key: Look] = [:]
    /// True times of honest looks that whoever decides was told of, ascending.
    var heard: [(began: Instant, isBlank: Bool)] = []
    /// When the last whole look of each day began that whoever decides was told of.
    var seen: [TradingDay: Instant] = [:]
    /// When each order passed its gate.
    var gates: [Tag: Instant] = [:]
    /// Days on which the book has shown an order.
    var days: Set<TradingDay> = []
}

/// 4.5: what counts as evidence that an order never reached the broker, and what a slot does after it.
extension Oracle {
    /// Whether the answer to a call that comes on another day makes that day the order's, so that its books count.
    static let lateAnswersMoveTheDay = true

    /// The broker's book was read; `isHonest` when it showed everything that it had.
    mutating func looked(_ process: Incarnation, startedAt: Instant, isHonest: Bool, isEmpty: Bool, at: Instant) {
        if isHonest, !isEmpty { looks.days.insert(TradingDay(of: at)) }
        let isFirst = !looks.days.contains(TradingDay(of: at))
        // A book that has shown nothing of its day proves something later, and an empty one of such a day may be one by mistake.
        let key = OracleLooks.Key(process: process, startedAt: startedAt)
        guard isHonest || (isEmpty && isFirst) else { return looks.honest[key] = nil }
        looks.honest[key] = OracleLooks.Look(at: at, isBlank: isFirst, isWhole: isHonest, isEmpty: isEmpty)
    }

    /// Whoever decides was told of a look; answers when it began, if it showed everything.
    mutating func heard(_ process: Incarnation, startedAt: Instant, in epoch: Int64, _ store: ModelStore, at: Instant) -> Instant? {
        let key = OracleLooks.Key(process: process, startedAt: startedAt)
        guard let look = looks.honest[key] else { return nil }
        // A batch whose commit got no answer is told of it again.
        looks.honest[key] = nil
        let day = TradingDay(of: look.at)
        if look.isWhole { looks.seen[day] = max(look.at, looks.seen[day] ?? look.at) }
        // Who knows of orders of today takes an empty book for none, and waits, also where an honest broker hides them.
        let isTrusted = look.isWhole && !(look.isEmpty && Self.knowsOrder(of: TradingDay(of: startedAt), store))
        if isTrusted, waits.ready[epoch] == nil { waits.ready[epoch] = at }
        let place = looks.heard.lastIndex { $0.began <= look.at }.map { $0 + 1 } ?? 0
        looks.heard.insert((look.at, look.isBlank), at: place)
        return look.isWhole ? look.at : nil
    }

    /// Whether the rows say that the broker had an order on a day.
    private static func knowsOrder(of day: TradingDay, _ store: ModelStore) -> Bool {
        let midnight = day.instant(at: TimeOfDay(secondsSinceMidnight: 0))
        return store.matching(Query<OrderRecord>(.atLeast("sent_at", midnight))).contains { $0.state == .filled || $0.brokerOrder != nil }
    }

    /// Two complete looks that began a horizon after the order left, and on its day, are the least.
    mutating func checkAbsence(of tag: Tag, _ audit: AuditRecord, _ store: ModelStore, at: Instant) {
        if let order = books.orders[tag], order.action == .open, let intent = store.row(IntentRecord.self, order.intent),
            intent.kind.increasesRisk, let layer = intent.plan.content.positionPlans.first?.layer
        {
            books.absent[OracleSlot(instrument: order.instrument, layer: layer), default: []].append(
                OracleAbsence(tag: tag, sender: order.sender, at: audit.at))
        }
        guard hasLooks, let left = sent[tag] ?? looks.gates[tag] else { return }
        // A clock may run two thousandths too fast.
        let since = left + Span(microseconds: horizon.microseconds - horizon.microseconds / 400)
        let noted = Self.lateAnswersMoveTheDay ? store.row(OrderRecord.self, tag)?.sentAt : nil
        let days = [left, noted ?? left].map { TradingDay(of: $0) }
        let blankSince = since + max(.zero, policy.emptyBookHorizon - horizon)
        let count = looks.heard.reversed().prefix { $0.began >= since }.count { look in
            days.contains(TradingDay(of: look.began)) && (!look.isBlank || look.began >= blankSince)
        }
        if count < 2 {
            breach("I11", "\(tag) left at \(left) and was given up as absent after \(count) complete looks that began late enough")
        }
    }

    /// An order that was not found is there after all, and its decision goes on with it.
    mutating func showedUp(_ tag: Tag) {
        for slot in books.absent.keys { books.absent[slot]?.removeAll { $0.tag == tag } }
    }

    /// 4.5: the slot of an order that was not found takes no entry until the session ends or its sender is proven dead.
    mutating func checkSlot(of intent: IntentRecord, _ transition: OracleTransition) {
        guard let layer = intent.plan.content.positionPlans.first?.layer, let traded = tradedInstruments[intent.instrument] else { return }
        for absence in books.absent[OracleSlot(instrument: intent.instrument, layer: layer)] ?? [] {
            let midnight = TradingDay(of: absence.at).advanced(by: 1).instant(at: TimeOfDay(secondsSinceMidnight: 0))
            let close = policy.sessions == .enforced ? traded.instrument.close(onDayOf: absence.at) : nil
            let end = close.map { $0 > absence.at ? $0 : midnight } ?? midnight
            if intent.createdAt >= end || (isAlone && absence.sender != intent.owner) { continue }
            breach("I9", "\(intent.id) takes \(layer) while its order \(absence.tag), not found at \(absence.at), may still show up")
        }
    }
}
