import MunimKit
import Testing

@testable import Simulation

/// Each rule of those who judge a run at rest, broken once by hand in a run that was sound.
@Suite("Judges at rest", .serialized)
struct JudgeTests {
    /// A run without faults that has everything: open and closed layers, one and two legs, stacks, refusals.
    static let sound = Task { () -> RunEvidence in
        for seed in UInt64(1)...200 {
            let simulation = Simulation(.init(seed: seed, signals: 80, instances: 1, faults: []))
            guard await simulation.run().breaches.isEmpty, isRich(simulation.evidence) else { continue }
            return simulation.evidence
        }
        fatalError("no seed has everything that these tests break")
    }

    private static func isRich(_ evidence: RunEvidence) -> Bool {
        let live = evidence.positions.values.filter(\.status.isLive)
        return evidence.policy.chargeRate > .zero && live.contains { $0.structure.content.legs.count == 2 }
            && evidence.positions.values.contains { !$0.isBase }
            && evidence.signals.values.contains { $0.reason == .noBase }
            && evidence.scopes.contains { scope in
                evidence.intents.values.count { $0.kind == .entry && $0.instrument == scope.instrument } > 2
            }
    }

    private static func breaches(_ evidence: RunEvidence) -> [String] {
        let history = HistoryCheck(evidence)
        return history.breaches.map { "history: \($0)" } + ReferenceModel.judge(evidence, declined: history.declined).map { "model: \($0)" }
    }

    /// A wrong end of a run: what is changed, and a part of the sentence that tells of it.
    struct Wrong: CustomTestStringConvertible, Sendable {
        let sentence: String
        let change: @Sendable (inout RunEvidence) -> Void
        var testDescription: String { sentence }
        init(_ sentence: String, _ change: @escaping @Sendable (inout RunEvidence) -> Void) {
            self.sentence = sentence
            self.change = change
        }
    }

    static let wrongs = verdicts + holdings + money + decisions

    @Test("A wrong end of a run is seen", arguments: Self.wrongs)
    func sees(wrong: Wrong) async {
        var evidence = await Self.sound.value
        #expect(Self.breaches(evidence).isEmpty)
        wrong.change(&evidence)
        let found = Self.breaches(evidence)
        #expect(found.contains { $0.contains(wrong.sentence) }, "found: \(found.joined(separator: "\n"))")
    }

    @Test(
        "A reason that was no fact is seen",
        arguments: [
            "base_position_exists", "slot_quarantined", "trading_stopped", "scope_frozen", "outside_session", "signal_from_future",
            "1r_gate_not_passed", "pyramid_spacing", "margin", "made_up",
        ])
    func reasons(reason: String) async throws {
        var evidence = await Self.sound.value
        evidence.policy.sessions = .enforced
        let declined = try #require(evidence.signals.values.first { $0.reason == .noBase })
        evidence.signals[declined.fingerprint]?.reason = Reason(rawValue: reason)
        #expect(Self.breaches(evidence).contains { $0.contains("with \(reason), which was not so") })
    }

    @Test("Expiry and supersession need their times", arguments: [SignalStatus.expired, .superseded, .quarantined])
    func times(status: SignalStatus) async throws {
        var evidence = await Self.sound.value
        let declined = try #require(evidence.signals.values.first { $0.reason == .noBase })
        evidence.signals[declined.fingerprint]?.status = status
        #expect(Self.breaches(evidence).contains { $0.contains("is \(status.rawValue)") })
    }

    @Test("Seeds of the commit run end as the documents allow", arguments: 1...30)
    func seeds(seed: Int) async {
        let outcome = await Simulation(.init(seed: UInt64(seed), signals: 100)).run()
        #expect(outcome.breaches.isEmpty, "seed \(seed): \(outcome.breaches.joined(separator: "\n"))")
    }
}

// MARK: - What is broken

/// What a rich run has.
private func one<Element>(_ element: Element?) -> Element {
    guard let element else { preconditionFailure("the run lacks what this test breaks") }
    return element
}

extension RunEvidence {
    fileprivate var entered: SignalRecord {
        signals.values.filter { $0.status == .executed && $0.signalType == "BASE_ENTRY" }.min { $0.receivedAt < $1.receivedAt } ?? declined
    }
    fileprivate var declined: SignalRecord { one(signals.values.first { $0.reason == .noBase }) }
    fileprivate var exited: SignalRecord { one(signals.values.first { $0.status == .executed && $0.signalType == "EXIT" }) }
    fileprivate var live: PositionRecord { one(positions.values.filter(\.status.isLive).min { $0.id < $1.id }) }
    fileprivate var closed: PositionRecord { one(positions.values.first { !$0.status.isLive }) }
    fileprivate var twoLegged: PositionRecord { one(positions.values.first { $0.status.isLive && $0.structure.content.legs.count == 2 }) }

    /// Takes audit rows away.
    fileprivate mutating func remove(_ entity: String, _ to: String, where fits: (String) -> Bool) {
        trail.removeAll { record in
            guard let row = record as? AuditRecord else { return false }
            return row.entity == entity && row.to == to && fits(row.entityID)
        }
    }

    /// Writes an audit row a second time.
    fileprivate mutating func repeatLast(_ entity: String, _ to: String) {
        let rows = trail.compactMap { $0 as? AuditRecord }
        if let row = rows.last(where: { $0.entity == entity && $0.to == to }) { trail.append(row) }
    }

    /// Puts an audit row before all others.
    fileprivate mutating func begin(_ entity: String, _ id: String, _ to: String) {
        guard var row = trail.lazy.compactMap({ $0 as? AuditRecord }).first else { return }
        (row.entity, row.entityID, row.from, row.to) = (entity, id, "", to)
        trail.insert(row, at: 0)
    }

    fileprivate mutating func changeAudits(_ change: (inout AuditRecord) -> Void) {
        for index in trail.indices {
            guard var row = trail[index] as? AuditRecord else { continue }
            change(&row)
            trail[index] = row
        }
    }
}

extension JudgeTests {
    static let verdicts: [Wrong] = [
        Wrong("which cannot be") { evidence in
            evidence.alerts.append(
                OutboxRecord(
                    Alert(
                        id: "A", severity: .critical, code: "impossible_change", message: "order T is filled, which cannot be",
                        instrument: nil, at: Instant(seconds: 1))))
        },
        Wrong("has no verdict") { $0.signals[$0.declined.fingerprint]?.status = .working },
        Wrong("was accepted and is gone") { $0.signals[$0.declined.fingerprint] = nil },
        Wrong("was never accepted") { evidence in evidence.trail.removeAll { $0 is SignalRecord } },
        Wrong("is not what was accepted") { $0.signals[$0.declined.fingerprint]?.digest = "other" },
        Wrong("does not say when or why") { $0.signals[$0.declined.fingerprint]?.explanation = nil },
        Wrong("has the intent") { evidence in
            let other = evidence.entered.intent
            evidence.signals[evidence.declined.fingerprint]?.intent = other
        },
        Wrong("is executed without an intent") { $0.signals[$0.entered.fingerprint]?.intent = nil },
        Wrong("is executed with 0 positions") { evidence in
            evidence.positions = evidence.positions.filter { $0.value.signal != evidence.entered.fingerprint }
        },
        Wrong("is executed, entry") { evidence in evidence.entered.intent.map { evidence.intents[$0]?.state = .failed } },
        Wrong("with trading_stopped, which was not so") { evidence in
            let exit = evidence.exited.fingerprint
            evidence.signals[exit]?.status = .refused
            evidence.signals[exit]?.reason = .tradingStopped
            evidence.changeAudits { if $0.entityID == exit.text, $0.to == "executed" { $0.to = "refused" } }
        },
    ]

    static let holdings: [Wrong] = [
        Wrong("is open with") { evidence in
            let live = evidence.live
            evidence.positions[live.id]?.quantity = Quantity(live.quantity.count + 30)
        },
        Wrong("was opened by a signal that is") { $0.signals[one($0.live.signal)]?.status = .failed },
        Wrong("is not what its signal asked for") { $0.positions[$0.live.id]?.layer = one(Layer(6)) },
        Wrong("has another signal price") { $0.positions[$0.live.id]?.signalPrice = .zero },
        Wrong("lots, decided were") { $0.positions[$0.live.id]?.lots = Lots(900) },
        Wrong("are both in") { evidence in
            var other = evidence.live
            other.id = "OTHER"
            evidence.positions[other.id] = other
        },
        Wrong("is open after the exit") { evidence in
            let live = evidence.live
            for row in evidence.signals.values where row.instrument == live.instrument && row.status == .executed && row.position == "ALL" {
                evidence.signals[row.fingerprint]?.signalTimestamp = live.entryTimestamp + .seconds(1)
            }
            guard var exit = evidence.signals.values.first(where: { $0.status == .executed && $0.signalType == "EXIT" }) else { return }
            exit.instrument = live.instrument
            exit.signal = Stored(evidence.exited.signal.content)
            exit.signal.content.target = .all
            exit.signalTimestamp = live.entryTimestamp + .seconds(1)
            evidence.signals[exit.fingerprint] = exit
        },
        Wrong("more trades were booked") { evidence in
            let (position, orders) = (evidence.twoLegged, evidence.orders)
            let leg = position.structure.content.legs[0].contract.symbol
            evidence.executions.removeAll { $0.symbol == leg && orders[$0.tag]?.position == position.id }
        },
        Wrong("which no record explains") { evidence in evidence.orders[evidence.executions[0].tag] = nil },
        Wrong("was not booked") { evidence in evidence.trades[evidence.executions[0].trade] = nil },
        Wrong("was booked as") { evidence in evidence.trades[evidence.executions[0].trade]?.price = .zero },
        Wrong("nothing came of") { evidence in evidence.positions[evidence.live.id] = nil },
    ]

    static let money: [Wrong] = [
        Wrong("realised") { $0.positions[$0.closed.id]?.realizedProfit = Money(units: 1) },
        Wrong("was charged") { $0.positions[$0.closed.id]?.charges = Money(units: 1) },
        Wrong("the ledger's profits sum to") { evidence in
            evidence.positions[evidence.live.id]?.openedValue += 30
        },
        Wrong("by its trades") { evidence in evidence.policy.chargeRate = Ratio(units: 600) },
        Wrong("closed equity is") { $0.portfolio?.closedEquity = .zero },
        Wrong("the capital became") { $0.portfolio?.initialCapital = .zero },
        Wrong("the equity's high is") { $0.portfolio?.equityHigh = Money(whole: 900_000_000) },
        Wrong("the account's exposure is") { $0.portfolio?.marginUsed = Money(units: 1) },
        Wrong("the base of") { evidence in for index in evidence.stacks.indices { evidence.stacks[index].base = "OTHER" } },
        Wrong("has a last layer's price without a base") { evidence in
            for index in evidence.stacks.indices {
                evidence.stacks[index].lastPyramidPrice = evidence.stacks[index].lastPyramidPrice == nil ? .zero : nil
            }
        },
        Wrong("at which no bar closed") { $0.positions[$0.live.id]?.highestClose = Price(units: 999_999_999) },
        Wrong("fell below its first") { $0.positions[$0.live.id]?.currentStop = .zero },
        Wrong("entered at") { $0.positions[$0.live.id]?.initialStop = .zero },
        Wrong("has the entry price") { $0.positions[$0.live.id]?.entryPrice = Price(whole: 1) },
    ]

    static let decisions: [Wrong] = [
        Wrong("decided in epoch") { evidence in
            var isFirst = true
            evidence.changeAudits { row in
                if isFirst { row.epoch = 9 }
                isFirst = false
            }
        },
        Wrong("signal") { $0.repeatLast("signal", "executed") },
        Wrong("after its end") { $0.repeatLast("intent", "settled") },
        Wrong("was closed twice") { $0.repeatLast("position", "closed") },
        Wrong("was taken") { evidence in evidence.remove("position", "closed") { _ in true } },
        Wrong("without an open base") { evidence in evidence.remove("position", "open") { $0.contains("-1-") } },
        Wrong("while trading was stopped") { $0.begin("switch", "trading", "stopped") },
        Wrong("while its scope was frozen") { $0.begin("scope", $0.entered.instrument.text, "frozen") },
        Wrong("after its window") { evidence in evidence.policy.entryWindow = .zero },
        Wrong("before its time") { evidence in
            evidence.changeAudits { $0.at = $0.at - .minutes(60) }
        },
        Wrong("outside the session") { evidence in
            evidence.policy.sessions = .enforced
            evidence.changeAudits { $0.at = $0.at + .minutes(12 * 60) }
        },
        Wrong("though the same had just been traded") { $0.policy.duplicateWindow = .days(1) },
        Wrong("that is not older") { evidence in
            for row in evidence.signals.values where row.signal.content.kind == .exit {
                evidence.signals[row.fingerprint]?.signal.content.timestamp = row.signalTimestamp + .days(1)
            }
        },
        Wrong("which is not older") { evidence in
            for row in evidence.signals.values where row.signal.content.kind == .exit {
                evidence.signals[row.fingerprint]?.signal.content.timestamp = row.signalTimestamp - .days(1)
            }
        },
        Wrong("which was not open") { evidence in
            let closed = evidence.closed.id.text
            evidence.remove("position", "open") { $0 == closed }
            evidence.remove("position", "closing") { $0 == closed }
        },
        Wrong("went from nothing to sending") { evidence in evidence.remove("order", "planned") { _ in true } },
        Wrong("orders out") { evidence in
            evidence.remove("order", "filled") { _ in true }
            evidence.remove("intent", "settled") { _ in true }
        },
        Wrong("was opened by nobody") { evidence in evidence.remove("intent", "active") { _ in true } },
        Wrong("on an equity of") { evidence in evidence.trail.removeAll { $0 is LedgerRecord } },
        Wrong("on a margin of") { $0.policy.marginShare = Ratio(units: 1) },
    ]
}
