public import MunimKit

extension PaperBroker {
    /// What the dice say of one order before it is placed.
    private struct Fate {
        var isExpired = false
        var isThrottled = false
        var isLost = false
        var isLate = false
        var isRejected = false
        var isRejectedLater = false
        var isPartial = false
        /// Why there is no answer although the order was taken, or nil.
        var silence: String?
    }

    public func place(_ request: OrderRequest) async -> PlaceOutcome {
        let fate = drawFate(request.contract.symbol)
        await pause(dice.faults.latency)
        guard store != nil else { return .notSent("the paper broker is not started") }
        if let breakdown { return .notSent("the paper book is closed: \(breakdown)") }
        if fate.isExpired { return .notSent("the broker session has ended") }
        if fate.isThrottled { return .notSent("too many orders") }
        if fate.isLost || fate.isLate {
            if fate.isLate { later(dice.faults.lateBy) { broker in _ = await broker.take(request, Fate()) } }
            return await silence(fate.silence ?? "no answer within \(dice.faults.timeout)")
        }
        let outcome = await take(request, fate)
        guard let silence = fate.silence else { return outcome }
        return await self.silence(silence)
    }

    public func cancel(_ order: BrokerOrderID) async -> CancelOutcome {
        let isExpired = dice.hits(.sessionExpired)
        let isLost = dice.hits(.timeoutBefore)
        let isSilent = dice.hits(.timeoutAfter)
        await pause(dice.faults.latency)
        guard store != nil, breakdown == nil else { return .unknown("the paper broker does not answer") }
        if isExpired { return .refused("the broker session has ended") }
        if isLost {
            await pause(dice.faults.timeout)
            return .unknown("no answer within \(dice.faults.timeout)")
        }
        let now = context.clock.now()
        turn(to: now)
        let answer = exchange.cancel(order, at: now)
        if let order = answer.order {
            keeping.note([order])
            guard await keep() == nil else { return .unknown("the paper book could not be written") }
            publish([order.report])
        }
        guard isSilent else { return answer.outcome }
        await pause(dice.faults.timeout)
        return .unknown("no answer within \(dice.faults.timeout)")
    }

    /// Takes an order into the book, keeps it, and tells everyone; only then the answer is given.
    private func take(_ request: OrderRequest, _ fate: Fate) async -> PlaceOutcome {
        let now = context.clock.now()
        turn(to: now)
        let answer = answer(to: request, fate, at: now)
        guard let order = answer.order else { return answer.outcome }
        let report = order.report
        if dice.faults.invisible > .zero { visibleFrom[report.orderID] = now + dice.faults.invisible }
        keeping.note([order])
        if let failure = await keep() { return .unknown("the paper book could not be written: \(failure)") }
        publish(Self.story(of: report))
        if !report.state.isTerminal, fate.isPartial || fate.isRejectedLater {
            later(dice.faults.followUp) { broker in await broker.followUp(report.orderID, isRejected: fate.isRejectedLater) }
        }
        return answer.outcome
    }

    private func answer(to request: OrderRequest, _ fate: Fate, at now: Instant) -> PaperAnswer {
        if fate.isRejected { return exchange.refuse(request, because: Self.refusal, at: now) }
        if fate.isRejectedLater { return exchange.submit(request, at: now) }
        return exchange.place(request, at: now, filling: fate.isPartial ? .part : .whole)
    }

    /// Does what was put off when an order was taken: fills its rest, or refuses it.
    func followUp(_ order: BrokerOrderID, isRejected: Bool) async {
        let now = context.clock.now()
        turn(to: now)
        let changed = isRejected ? exchange.reject(order, because: Self.refusal, at: now) : exchange.complete(order, at: now)
        guard let order = changed else { return }
        keeping.note([order])
        if await keep() == nil { publish([order.report]) }
    }

    private static var refusal: String { "rejected by the risk check of the exchange" }

    /// The updates that one new order sends: it is open, then what became of it.
    private static func story(of report: OrderReport) -> [OrderReport] {
        guard !report.fills.isEmpty else { return [report] }
        var open = report
        open.state = .open
        open.fills = []
        return [open, report]
    }

    private func silence(_ reason: String) async -> PlaceOutcome {
        await pause(dice.faults.timeout)
        return .unknown(reason)
    }

    private func drawFate(_ symbol: String) -> Fate {
        var fate = Fate()
        let noAnswer = "no answer within \(dice.faults.timeout)"
        fate.isExpired = dice.hits(.sessionExpired)
        fate.isThrottled = dice.hits(.throttle, symbol)
        fate.isLost = dice.hits(.timeoutBefore, symbol)
        fate.isLate = dice.hits(.late, symbol)
        if dice.hits(.timeoutAfter, symbol) { fate.silence = noAnswer }
        if dice.hits(.serverError, symbol) {
            fate.silence = "the broker answered with error 502"
            fate.isLost = dice.coin() || fate.isLost
        }
        fate.isRejected = dice.hits(.reject, symbol)
        fate.isRejectedLater = dice.hits(.rejectLater, symbol)
        fate.isPartial = dice.hits(.partial, symbol)
        return fate
    }

    /// Sends updates to all listeners, as far and in the order that the faults in force leave.
    func publish(_ reports: [OrderReport]) {
        for report in reports {
            if dice.hits(.lostUpdates, report.symbol) { continue }
            if dice.hits(.reorderUpdates, report.symbol) {
                heldUpdates.append(report)
                continue
            }
            feed.send(report)
            if dice.hits(.duplicateUpdates, report.symbol) { feed.send(report) }
            heldUpdates.forEach { feed.send($0) }
            heldUpdates = []
        }
    }
}
