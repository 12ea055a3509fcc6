import MunimKit

/// A call on its way to the broker.
struct BrokerCall {
    let effect: Effect
    let process: Int
    let life: Int
    let generation: Int
}

/// Effects at the broker, with everything that can happen on the way.
extension Simulation {
    func perform(_ effect: Effect, gate: Span, at index: Int) {
        guard !dies(at: index, isDone: false) else { return }
        if case .place(let request) = effect {
            // I26: the last look before the first byte.
            let mayLead = processes[index].running.map { boot(index) <= $0.shell.sendsUntil } ?? false
            let isInTime = boot(index) - gate < .milliseconds(500) && mayLead
            guard isInTime || stage.policy.has(.gateWithoutClock) else {
                mark(.c30)
                return put(.placed(request.tag, .notSent("the process was paused, or its lease ends")), at: index)
            }
            oracle.sends(request, by: processes[index].incarnation, store, at: now, sinceGate: boot(index) - gate)
            trace(8, request.tag.text)
        }
        if case .place(let request) = effect { underWay.insert(request.tag) }
        let call = BrokerCall(effect: effect, process: index, life: processes[index].life, generation: processes[index].generation)
        add(.broker(call), after: chance.span(1, 80))
        _ = dies(at: index, isDone: true)
    }

    /// An order that a whole book has shown to whoever decides is none that may be sent again, whatever the rows say.
    func remember(shownAt at: Instant) {
        guard !oracle.forgotten.isEmpty else { return }
        for order in broker.orders where order.visibleAt <= at && TradingDay(of: order.arrivedAt) == TradingDay(of: at) {
            oracle.forgotten.remove(order.request.tag)
        }
    }

    func reach(_ call: BrokerCall) {
        let isAway = isBrokerDown || isCutFromBroker(call.process) || isLoggedOut
        switch call.effect {
        case .place(let request):
            underWay.remove(request.tag)
            if diesRolling(request, at: call.process) { return }
            answer(call, .placed(request.tag, place(request, by: call.process)), after: chance.span(1, 120))
        case .cancel(let tag, let order):
            answer(
                call, .cancelAnswered(tag, isAway ? .unknown("no answer") : broker.cancel(order, at: now)), after: chance.span(1, 80))
        case .survey(let request):
            broker.quotes = !(isAway || happens(.quotesMissing))
            answer(call, .surveyed(broker.survey(request, at: now)), after: chance.span(1, 80))
        case .readBook(let settled):
            broker.bookMood = isAway || happens(.bookFails) ? .failing : isBookSilent || happens(.bookEmpty) ? .empty : .honest
            let started = wall(call.process)
            let book = broker.book(at: now, leavingOut: settled)
            oracle.looked(
                SimulatedProcess.incarnation(call.process, life: call.life), startedAt: started, isHonest: broker.bookMood == .honest,
                isEmpty: book?.count == 0, at: now)
            answer(call, .bookRead(BookReading(startedAt: started, book: book)), after: chance.span(1, 200))
        case .readPositions:
            broker.positionsMood = isAway || happens(.positionsFail) ? .failing : .honest
            let started = wall(call.process)
            answer(
                call, .positionsRead(PositionsReading(startedAt: started, positions: broker.holdings(at: now))), after: chance.span(1, 200))
        default: break
        }
    }

    private func answer(_ call: BrokerCall, _ event: Event, after span: Span) {
        var wait = span
        if case .placed(_, .unknown) = event { wait = .seconds(7) }
        add(.process(call.process, life: call.life, generation: call.generation, .input(.event(event))), after: wait)
    }

    func place(_ request: OrderRequest, by index: Int) -> PlaceOutcome {
        if isBrokerDown { return chance.happens(500) ? .notSent("no connection") : .unknown("no answer in 7 s") }
        if isLoggedOut { return .notSent("a person must log in") }
        guard isCutFromBroker(index) else { return place(request) }
        switch machines.below(3) {
        case 0: return .notSent("no connection")
        case 1: return .unknown("no answer in 7 s")
        // The request got through, its answer does not.
        default:
            _ = place(request)
            return .unknown("no answer in 7 s")
        }
    }

    private func place(_ request: OrderRequest) -> PlaceOutcome {
        oracle.reaches(request, broker, store, at: now)
        let before = broker.orders.count
        enter(request)
        let (outcome, isSilent) = outcome(of: request)
        broker.script = [outcome]
        let answer = broker.place(request, at: now)
        for order in broker.orders[before...] {
            oracle.received(order)
            for fill in order.fills { schedule(report: order.id, at: isSilent ? max(fill.at, order.visibleAt) : fill.at) }
            if let end = order.endsAt { schedule(report: order.id, at: end) }
        }
        return answer
    }

    /// What becomes of an order, and whether its reports are silent for as long as the book is.
    private func outcome(of request: OrderRequest) -> (ModelBroker.Outcome, isSilent: Bool) {
        if !expected.isEmpty { return (expected.removeFirst(), true) }
        if happens(.orderHidden) { return (.unknownWithOrder(visibleAfter: later.span(45_000, 300_000)), true) }
        if happens(.fillVerySlow) { return (.fillAfter(later.span(30_000, 180_000)), false) }
        return (trialOutcome(of: request) ?? drawnOutcome(of: request), false)
    }

    private func drawnOutcome(of request: OrderRequest) -> ModelBroker.Outcome {
        let units = request.quantity.count
        if happens(.orderThrottled) { return .notSent }
        if happens(.orderLost) { return .unknownWithoutOrder }
        if happens(.orderUnanswered) { return .unknownWithOrder(visibleAfter: .zero) }
        if happens(.orderInvisible) { return .unknownWithOrder(visibleAfter: chance.span(1_000, 55_000)) }
        if happens(.orderLate) { return .late(chance.span(1_000, 50_000)) }
        // A broker that does not keep its own horizon.
        if happens(.orderVeryLate) {
            let wait = chance.span(61_000, 180_000)
            return chance.happens(500) ? .late(wait) : .unknownWithOrder(visibleAfter: wait)
        }
        if happens(.orderRefused) { return .reject }
        if happens(.orderRefusedLater) { return .acceptThenReject }
        if happens(.fillPartial) { return .partial(Int64(chance.below(Int(units))) / 30 * 30, restAfter: chance.span(500, 20_000)) }
        if happens(.orderEnded) { return .partialThenCancelled(Int64(chance.below(Int(units)))) }
        if happens(.fillSlow) { return .fillAfter(chance.span(200, 30_000)) }
        return .fill
    }

    private func schedule(report order: BrokerOrderID, at: Instant) {
        if happens(.reportLost) { return }
        schedule.add(.report(order), at: max(now, at) + chance.span(1, 3_000))
        if happens(.reportRepeated) { schedule.add(.report(order), at: max(now, at) + chance.span(1, 20_000)) }
    }

    /// The broker's own report reaches whoever decides.
    func push(_ order: BrokerOrderID) {
        guard let report = broker.report(on: order, at: now), let index = processes.indices.first(where: { processes[$0].decides }),
            !isLoggedOut, !isCutFromBroker(index), !isBookSilent
        else { return }
        hand(.input(.event(.reported(report))), to: index, life: processes[index].life, generation: processes[index].generation)
    }

    // MARK: - Faults of machines and people

    func chooseFault() {
        if use?.isRecording == true { use?.tape.noteTroubles(at: now) }
        guard isSafe else { return }
        let index = chance.below(processes.count)
        if happens(.processKilled) {
            kill(index)
            add(.start(index), after: chance.span(100, 20_000))
        }
        if happens(.allKilled) { killAll() }
        if happens(.processPaused) { pause(index, for: chance.span(100, 15_000)) }
        if happens(.clockJumps) {
            mark(.c40)
            processes[index].machineSkew = chance.pick([.zero, .minutes(60), Span(microseconds: -3_600_000_000)])
        }
        if happens(.databaseDown), !isDatabaseDown {
            isDatabaseDown = true
            if hasOrdersOut { mark(.c31) }
            add(.databaseUp, after: chance.span(200, 20_000))
        }
        if happens(.brokerDown), !isBrokerDown {
            isBrokerDown = true
            add(.brokerUp, after: chance.span(200, 30_000))
        }
        if happens(.tradingStopped) {
            ask(.stop(reason: "a drill"))
            add(.person(.resume(reason: "the drill is over")), after: chance.span(1_000, 60_000))
        }
        if happens(.tradedElsewhere) { tradeElsewhere() }
        if happens(.moneyMoved) { moveMoney() }
        if happens(.personIntervenes) { intervene() }
        chooseFaultOfMachines()
        chooseTrial()
        planTroubles(after: chance.span(200, 2_000))
    }

    /// The machine loses its power: everybody ends and is away for longer than an entry may wait.
    private func killAll() {
        let away = later.span(20_000, 150_000)
        for index in processes.indices where processes[index].isUp {
            kill(index)
            schedule.add(.start(index), at: now + away + later.span(0, 5_000))
        }
    }

    /// A person buys more of what an instrument holds, at the broker and past the host (I13).
    private func tradeElsewhere() {
        let live = store.matching(Query<PositionRecord>(.equal("status", PositionStatus.open), order: [.ascending("position")]))
        guard !live.isEmpty, let leg = chance.pick(live).structure.content.legs.first else { return }
        broker.trade(leg.openingSide == .buy ? 30 : -30, of: leg.contract.symbol, at: now)
    }

    func ask(_ command: OperatorCommand) {
        guard let index = processes.indices.first(where: { processes[$0].isUp && processes[$0].pausedUntil == nil }) else { return }
        var id = "P\(outcome.events)"
        // Several things may be asked for at one moment.
        if case .capital(_, _, let key) = command { id += "-\(key)" }
        call(.ask(CommandRecord(id: CommandID(id), command: command, principal: "tester", at: wall(index))), from: index)
    }
}
