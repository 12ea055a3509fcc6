import MunimKit
import Testing

@testable import Simulation

/// Each rule of the judge's second set of books, broken once by a wrong row in a commit of a run that was sound.
@Suite("The judge of each transition", .serialized)
struct JudgeOfTransitionsTests {
    /// A wrong row: how it comes about, and a part of the sentence that tells of it.
    struct Planted: CustomTestStringConvertible, Sendable {
        let sentence: String
        var faults: [Fault] = []
        var scenario: String?
        var rate: OrderRate?
        /// What the judge is told before the run.
        var prepare: @Sendable (inout Oracle, SimulationStage) -> Void = { _, _ in }
        var changePolicy: @Sendable (inout Policy) -> Void = { _ in }
        /// Makes of a written row another; nil leaves it out.
        var change: @Sendable (any Record) -> (any Record)? = { $0 }
        var testDescription: String { sentence }
    }

    private static func found(_ planted: Planted) async -> [String] {
        var last: [String] = []
        for seed in UInt64(1)...40 {
            var plan = Simulation.Plan(seed: seed, signals: 80, instances: 1, faults: planted.faults)
            if let name = planted.scenario {
                plan.signals = 0
                plan.scenario = Scenario(named: name)
            }
            let simulation = Simulation(plan)
            var policy = simulation.stage.policy
            planted.changePolicy(&policy)
            var oracle = Oracle(policy: policy, rate: planted.rate, tradedInstruments: simulation.stage.tradedInstruments)
            oracle.hasLooks = true
            planted.prepare(&oracle, simulation.stage)
            let change = planted.change
            oracle.plants = { transaction in
                var changed = Transaction()
                for write in transaction.writes {
                    switch write {
                    case .insert(let record): if let record = change(record) { changed.append(.insert(record)) }
                    case .update(let record): if let record = change(record) { changed.append(.update(record)) }
                    case .insertIfAbsent, .delete, .require: changed.append(write)
                    }
                }
                return changed
            }
            simulation.oracle = oracle
            last = await simulation.run().breaches
            if last.contains(where: { $0.contains(planted.sentence) }) { break }
        }
        return last
    }

    @Test("A wrong row is seen", arguments: stops + sizes + money + gates)
    func sees(planted: Planted) async {
        let breaches = await Self.found(planted)
        #expect(breaches.contains { $0.contains(planted.sentence) }, "found: \(breaches.joined(separator: "\n"))")
    }

    @Test("A sound run has nothing to tell", arguments: 1...5)
    func isSilent(seed: Int) async {
        #expect(await Simulation(.init(seed: UInt64(seed), signals: 80, instances: 1, faults: [])).run().breaches == [])
    }

    // MARK: - Answers

    private static let traded = TradedInstrument(
        name: "SINGLE", instrument: TestFuture(), sizing: TestSizing(fixed: nil), rollover: TestRollover(days: -1))

    private static func capital(_ amount: Int64, key: String) -> Transaction {
        var transaction = Transaction()
        transaction.insert(
            LedgerRecord(
                number: 1, entryKey: "capital:\(key)", kind: .deposit, amount: Money(units: amount), equityBefore: .zero,
                equityAfter: Money(units: amount), position: nil, notes: "", createdBy: "tester", createdAt: .testing))
        return transaction
    }

    @Test("Capital that was acknowledged and is not in the ledger is seen, and so is another amount", arguments: [0, 5, 7])
    func capital(booked: Int64) {
        var oracle = Oracle(policy: Policy(), tradedInstruments: [Self.traded])
        oracle.asked(CommandRecord(id: "P1", command: .capital(Money(units: 7), notes: "", key: "K"), principal: "tester", at: .testing))
        if booked > 0 { oracle.committed(Self.capital(booked, key: "K"), by: "P1", ModelStore(), at: .testing) }
        oracle.answered(OperatorAnswer(id: "P1", isDone: true, message: ""))
        #expect(oracle.breaches.isEmpty == (booked == 7), "\(oracle.breaches)")
    }

    @Test("An exit that could leave or be decided, and does not, is seen", arguments: [true, false], [15, 25])
    func waits(isDecided: Bool, seconds: Int64) throws {
        var oracle = Oracle(policy: Policy(), tradedInstruments: [Self.traded])
        var store = ModelStore()
        var commit = Transaction()
        let contract = Contract(
            venue: "TEST", root: "TF", kind: .future, expiry: TradingDay(of: .testing), symbol: "TF", unitsPerLot: 30,
            tick: Tick(units: 500))
        let leg = Leg(number: 0, role: .future, action: .close, contract: contract, side: .sell, quantity: Quantity(30))
        let signal = Signal(
            kind: .exit, instrument: "SINGLE", target: .all, price: Price(whole: 100), stop: .zero, lots: .zero, atr: Price(whole: 1),
            efficiencyRatio: .zero, supertrend: .zero, timestamp: .testing, reason: "x")
        let record = SignalRecord(of: signal, at: .testing)
        if isDecided {
            commit.insert(
                OrderRecord(
                    tag: "T", intent: "I", position: "P", instrument: "SINGLE", positionPlan: 0, leg: leg, attempt: 1, slice: 0,
                    quantity: Quantity(30), at: .testing))
        } else {
            commit.insert(record)
            oracle.awaitExit(record, at: .testing)
        }
        _ = try store.commit(commit)
        oracle.waits.ready[1] = .testing
        oracle.watchExits(of: commit, in: 1, store, at: .testing)
        oracle.watchExits(of: Transaction(), in: 1, store, at: .testing + .seconds(seconds))
        #expect(oracle.breaches.isEmpty == (seconds < 20), "\(oracle.breaches)")
    }

    @Test("A message that was answered and is neither stored as it was sent nor as a conflict is seen")
    func conflicts() throws {
        var oracle = Oracle(policy: Policy(), tradedInstruments: [Self.traded])
        var store = ModelStore()
        let signal = Signal(
            kind: .exit, instrument: "SINGLE", target: .all, price: Price(whole: 100), stop: .zero, lots: .zero, atr: Price(whole: 1),
            efficiencyRatio: .zero, supertrend: .zero, timestamp: .testing, reason: "x")
        let stored = SignalRecord(of: signal, at: .testing)
        var inbox = Transaction()
        inbox.insert(stored)
        _ = try store.commit(inbox)
        var other = stored
        other.digest = "other"
        let kept = ConflictRecord(fingerprint: stored.fingerprint, digest: "other", rawBody: "", receivedAt: .testing)
        oracle.answered(with: kept)
        #expect(oracle.missingConflicts(store).count == 1)
        var conflict = Transaction()
        conflict.insert(kept)
        _ = try store.commit(conflict)
        #expect(oracle.missingConflicts(store).isEmpty)
        other.signal.content.price = Price(whole: 101)
        oracle.answered(Message(number: 2, record: other), .inserted(other), store)
        #expect(oracle.breaches.contains { $0.hasPrefix("I3") })
    }
}

// MARK: - What is planted

/// Changes rows of one type; all others stay.
private func rows<R: Record>(_ type: R.Type, _ change: @escaping @Sendable (inout R) -> Void) -> @Sendable (any Record) -> (any Record)? {
    { record in
        guard var row = record as? R else { return record }
        change(&row)
        return row
    }
}

extension IntentRecord {
    fileprivate mutating func changeRequest(_ change: (inout SizingRequest) -> Void) {
        var plan = plan.content
        guard var request = plan.explanation.request else { return }
        change(&request)
        plan.explanation.request = request
        self.plan = Stored(plan)
    }
}

extension JudgeOfTransitionsTests {
    static let stops: [Planted] = [
        Planted(
            sentence: "begins with the stop",
            change: rows(PositionRecord.self) { if $0.version == 1 { $0.initialStop = Price(units: $0.initialStop.units - 1) } }),
        Planted(
            sentence: "by its bars",
            change: rows(PositionRecord.self) {
                if $0.highestClose > $0.entryPrice, $0.rolloverCount == 0 { $0.highestClose = $0.entryPrice }
            }),
        Planted(
            sentence: "is below the stops of",
            change: rows(IntentRecord.self) { if $0.causeKey?.hasPrefix("stop:") == true { $0.causeKey = nil } }),
        Planted(
            sentence: "leave by a stop that",
            change: rows(IntentRecord.self) { if $0.kind == .exit, $0.signal != nil { $0.causeKey = "stop:nothing" } }),
        Planted(
            sentence: "its facts did not move with it", scenario: "roll",
            change: rows(PositionRecord.self) { if $0.rolloverCount == 1 { $0.initialStop = Price(units: $0.initialStop.units + 1) } }),
    ]

    static let sizes: [Planted] = [
        Planted(sentence: "is sized on a margin of", changePolicy: { $0.marginShare = Ratio(units: 1) }),
        Planted(
            sentence: "is sized on an equity of",
            change: rows(IntentRecord.self) { $0.changeRequest { $0.equity = Money(units: $0.equity.units + 1) } }),
        Planted(
            sentence: " and 200",
            change: rows(IntentRecord.self) { $0.changeRequest { $0.stop = Price(units: $0.stop.units + 1) } }),
        Planted(
            sentence: "its rule and the market allow",
            change: rows(IntentRecord.self) {
                guard $0.kind == .entry, case .open(var opening) = $0.plan.content.positionPlans[0].kind else { return }
                opening.lots = Lots(900)
                $0.plan.content.positionPlans[0].kind = .open(opening)
            }),
        Planted(sentence: "reserves", change: rows(IntentRecord.self) { if $0.kind == .entry { $0.reservedMargin = .zero } }),
        Planted(
            sentence: "brings the risk to",
            changePolicy: { policy in
                policy.limits.areEnforced = true
                (policy.limits.entryRisk, policy.limits.pyramidRisk) = (.zero, .zero)
            }),
        Planted(
            sentence: "brings the volatility to",
            changePolicy: { policy in
                policy.limits.areEnforced = true
                (policy.limits.entryVolatility, policy.limits.pyramidVolatility) = (.zero, .zero)
            }),
        Planted(
            sentence: "of 0 positions",
            changePolicy: { policy in
                policy.limits.areEnforced = true
                policy.limits.positions = 0
            }),
        Planted(sentence: "adds to a base that has not gained one R", changePolicy: { $0.limits.areEnforced = true }),
        Planted(
            sentence: "the account's exposure is",
            change: rows(PortfolioRecord.self) { $0.totalRisk = Money(units: $0.totalRisk.units + 1) }),
        Planted(sentence: "pyramids on", change: rows(PyramidingRecord.self) { $0.taken += 1 }),
        Planted(
            sentence: "is sized as layer",
            change: rows(IntentRecord.self) { $0.changeRequest { $0.pyramid?.taken += 1 } }),
        Planted(
            sentence: "plans 1 of",
            change: rows(OrderRecord.self) { if $0.version == 1, $0.attempt == 1 { $0.quantity = Quantity(1) } }),
    ]

    static let money: [Planted] = [
        Planted(
            sentence: "its trades averaged",
            change: rows(PositionRecord.self) { if $0.version == 1 { $0.entryPrice = Price(units: $0.entryPrice.units + 1) } }),
        Planted(sentence: "was opened for", change: rows(PositionRecord.self) { if $0.version == 1 { $0.openedValue += 1 } }),
        Planted(sentence: "filled for", change: rows(OrderRecord.self) { if $0.filled > .zero { $0.filledValue += 1 } }),
        Planted(
            sentence: "units of money by its trades",
            change: rows(LedgerRecord.self) { if $0.kind == .tradingProfit { $0.amount = Money(units: $0.amount.units + 1) } }),
        Planted(
            sentence: "units of charges by its trades",
            change: { record in (record as? LedgerRecord)?.kind == .charges ? nil : record }),
        Planted(
            sentence: "left at",
            change: rows(PositionRecord.self) { $0.exitPrice = $0.exitPrice.map { Price(units: $0.units + 1) } }),
        Planted(
            sentence: "takes back", faults: [.orderVeryLate],
            change: rows(IntentRecord.self) {
                guard case .repair(let value) = $0.plan.content.positionPlans[0].kind else { return }
                $0.plan.content.positionPlans[0].kind = .repair(lateValue: value + 1)
            }),
    ]

    static let gates: [Planted] = [
        Planted(
            sentence: "opens risk in a commit after trading was stopped",
            change: rows(AuditRecord.self) {
                if $0.entity == "signal" { ($0.entity, $0.entityID, $0.from, $0.to) = ("switch", "trading", "running", "stopped") }
            }),
        Planted(
            sentence: "opens risk at",
            change: rows(AuditRecord.self) { if $0.to == OrderState.sending.rawValue { $0.at = $0.at + .minutes(10) } }),
        Planted(
            sentence: "may open until", change: rows(IntentRecord.self) { $0.entryDeadline = $0.entryDeadline.map { $0 + .seconds(1) } }),
        Planted(
            sentence: "complete looks that began late enough",
            change: rows(AuditRecord.self) {
                if $0.entity == "order", $0.to == OrderState.filled.rawValue { $0.to = OrderState.absent.rawValue }
            }),
        Planted(
            sentence: "may still show up",
            prepare: { oracle, stage in
                for traded in stage.tradedInstruments {
                    let absence = OracleAbsence(tag: "T", sender: nil, at: stage.start)
                    oracle.books.absent[OracleSlot(instrument: traded.name, layer: .base)] = [absence]
                }
            }),
        Planted(sentence: "within 1 s", rate: OrderRate(perSecond: 1, perMinute: 1_000, perDay: 1_000)),
        Planted(sentence: "within 60 s", rate: OrderRate(perSecond: 1_000, perMinute: 1, perDay: 1_000)),
        Planted(sentence: "of its day", rate: OrderRate(perSecond: 1_000, perMinute: 1_000, perDay: 3)),
    ]
}
