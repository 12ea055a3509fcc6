import MunimTesting
import Simulation
import Testing

@testable import MunimKit

/// A shell whose requests a test answers, with a book that has no orders.
private struct ShellBench {
    var shell: Shell
    private(set) var commits: [Transaction] = []
    private(set) var requests: [Shell.Request] = []
    var now = Instant.testing
    private var entropy = SplitMix64(state: 1)

    init(_ instances: Shell.Instances = .one) {
        shell = Shell(
            Shell.Parts(
                policy: Policy(), broker: .testing, tradedInstruments: [Fixture.traded()], incarnation: "P1", machine: nil,
                instances: instances,
                othersHaveEnded: true))
        requests = shell.start()
    }

    var moment: Moment { Moment(wall: now, boot: now - .testing) }

    /// Gives an input and keeps what follows from it; answers the requests.
    @discardableResult
    mutating func give(_ input: Shell.Input, of generation: Int? = nil) -> [Shell.Request] {
        var answered = shell.take(input, of: generation, at: moment)
        while let more = shell.next(
            at: moment,
            entropy: {
                let (high, low) = (entropy.next(), entropy.next())
                return Entropy(high: high, low: low)
            }, told: { _, _ in })
        {
            answered += more
        }
        requests += answered
        for case .commit(let transaction) in answered { commits.append(transaction) }
        return answered
    }

    /// Makes the commit that is on its way, if there is one.
    mutating func commit(_ error: StorageError? = nil) { if shell.isCommitting { give(.committed(error)) } }

    /// Decides from rows without anything in them, with the broker's empty book read.
    mutating func begin(_ snapshot: Snapshot = Snapshot(), lease: LeaseRecord? = nil) {
        give(.loaded(snapshot, lease: lease))
        commit()
        give(.event(.bookRead(BookReading(startedAt: now, book: OrderBook([])))))
        commit()
    }

    /// Answers what the shell asks storage for, so often: some transactions are refused for ever, and the rows show what is not answered.
    mutating func meet(refusing: (Transaction) -> Bool, rows commands: [CommandRecord], times: Int) {
        for _ in 0..<times {
            guard let transaction = shell.pendingTransaction else { return }
            guard refusing(transaction) else {
                commit()
                continue
            }
            give(.committed(.conflict(write: 0, reason: "for ever")))
            give(.retried, of: shell.generation)
            var snapshot = Snapshot()
            snapshot.commands = commands.filter { !answers.contains($0.id.text) }
            give(.loaded(snapshot, lease: nil))
        }
    }

    /// Codes of alerts that were told, in order.
    var alerts: [String] { effects.compactMap { if case .alert(let alert) = $0 { alert.code } else { nil } } }
    /// How long events were put aside.
    var pauses: [Span] { requests.compactMap { if case .wake(.comeBack, let after) = $0 { after } else { nil } } }
    /// Requests of people that were answered.
    var answers: [String] { effects.compactMap { if case .answer(let answer) = $0 { answer.id } else { nil } } }
    private var effects: [Effect] { requests.flatMap { if case .perform(let effects, _) = $0 { effects } else { [Effect]() } } }

    /// How often a signal was written with its verdict.
    func verdicts(of signal: SignalRecord) -> Int {
        commits.flatMap(\.writes).compactMap { $0.record as? SignalRecord }.count {
            $0.fingerprint == signal.fingerprint && $0.status.isVerdict
        }
    }
}

@Suite("The shell around the core")
struct ShellTests {
    private static func bar(_ number: Int64 = 1) -> SignalRecord {
        var record = SignalRecord(of: Fixture.bar(price: "52000", at: .testing + .seconds(number)), at: .testing)
        record.attempts = 1
        return record
    }

    @Test("Effects are released by the commit and by nothing else")
    func released() {
        var bench = ShellBench()
        bench.begin()
        let answered = bench.give(.event(.signal(Self.bar())))
        #expect(bench.shell.isCommitting && answered.count == 1)
        let released = bench.give(.committed(nil))
        #expect(released.contains { if case .perform(let effects, _) = $0 { !effects.isEmpty } else { false } })
    }

    @Test("What nobody announced is looked for also while a commit is on its way")
    func sweepWhileBusy() {
        var bench = ShellBench()
        bench.begin()
        bench.give(.event(.signal(Self.bar())))
        #expect(bench.shell.isCommitting)
        #expect(bench.give(.swept).contains { if case .findWaiting = $0 { true } else { false } })
        let unannounced = Self.bar(2)
        bench.give(.found(WaitingRows(signals: [unannounced])), of: bench.shell.generation)
        bench.commit()
        #expect(bench.verdicts(of: unannounced) == 1)
    }

    @Test("A signal of which a sweep and its door tell is handled once")
    func toldTwice() {
        var bench = ShellBench()
        bench.begin()
        let signal = Self.bar()
        bench.give(.event(.signal(signal)))
        bench.give(.found(WaitingRows(signals: [signal])), of: bench.shell.generation)
        bench.give(.event(.signal(signal)))
        bench.commit()
        #expect(bench.verdicts(of: signal) == 1 && bench.shell.isAtRest)
    }

    @Test("A sweep that was asked before a verdict and answers after it brings the signal back to nobody; one question is out at a time")
    func lateSweep() {
        var bench = ShellBench()
        bench.begin()
        let signal = Self.bar()
        bench.give(.event(.signal(signal)))
        bench.give(.swept)
        bench.commit()
        #expect(bench.give(.swept).allSatisfy { if case .findWaiting = $0 { false } else { true } })
        bench.give(.found(WaitingRows(signals: [signal])), of: bench.shell.generation)
        bench.commit()
        #expect(bench.verdicts(of: signal) == 1 && bench.shell.wasGiven(signal.fingerprint))
        bench.give(.swept)
        bench.give(.found(WaitingRows(signals: [])), of: bench.shell.generation)
        #expect(!bench.shell.wasGiven(signal.fingerprint))
    }

    @Test("An event whose write always meets another state goes alone after three tries, then is put aside and told, and comes back")
    func refusedWrite() throws {
        var bench = ShellBench()
        let capital = OperatorCommand.capital(Money(whole: 1), notes: "", key: "K")
        let commands = [
            CommandRecord(id: "R1", command: .stop(reason: "drill"), principal: "tester", at: .testing),
            CommandRecord(id: "R2", command: capital, principal: "tester", at: .testing),
        ]
        var snapshot = Snapshot()
        snapshot.commands = commands
        bench.begin(snapshot)
        for command in commands { bench.give(.event(.woke(.command(command.id))), of: bench.shell.generation) }
        bench.meet(refusing: { $0.writes.contains { ($0.record as? SwitchRecord) != nil } }, rows: commands, times: 12)
        // What came with it is obeyed although the first one is refused for ever.
        #expect(bench.answers == ["R2"])
        #expect(bench.alerts == ["write_refused"])
        #expect(bench.shell.isAtRest)
        #expect(bench.pauses == [.seconds(1)])
        bench.give(.cameBack(.alarm(.command("R1"))), of: bench.shell.generation)
        bench.meet(refusing: { _ in true }, rows: commands, times: 1)
        #expect(bench.pauses == [.seconds(1), .seconds(2)])
        bench.give(.cameBack(.alarm(.command("R1"))), of: bench.shell.generation)
        bench.commit()
        #expect(bench.answers == ["R2", "R1"])
        #expect(bench.alerts == ["write_refused", "trading_stopped"])
    }

    @Test("What may close a position is never away for longer than five seconds")
    func refusedOutcome() {
        var refused = RefusedEvents()
        let event = Event.placed("MU1", .unknown("the line broke"))
        var pauses: [Span] = []
        for _ in 0..<20 {
            refused.noteRefused([event])
            if case .putAside(_, let pause, _) = refused.measure(for: event) { pauses.append(pause) }
        }
        #expect(pauses.count == 15 && pauses.max() == .seconds(5))
        #expect(refused.goesAlone(event))
        refused.noteWritten([event])
        #expect(!refused.goesAlone(event))
    }

    @Test("A question that is never answered is asked again")
    func lostSweep() {
        var bench = ShellBench()
        bench.begin()
        let asks = (0..<40).count { _ in bench.give(.swept).contains { if case .findWaiting = $0 { true } else { false } } }
        #expect(asks == 2)
    }

    @Test("A signal that came while the rows were read anew, and is among them, is handled once")
    func toldWhileReading() {
        var bench = ShellBench()
        bench.begin()
        bench.give(.event(.signal(Self.bar())))
        bench.give(.committed(.conflict(write: 0, reason: "another state")))
        let signal = Self.bar(2)
        bench.give(.event(.signal(signal)))
        bench.give(.found(WaitingRows(signals: [signal])), of: bench.shell.generation)
        bench.give(.retried, of: bench.shell.generation)
        var snapshot = Snapshot()
        snapshot.signals = [signal]
        bench.give(.loaded(snapshot, lease: nil), of: bench.shell.generation)
        while bench.shell.isCommitting { bench.commit() }
        bench.give(.event(.woke(.scope(Fixture.future))), of: bench.shell.generation)
        while bench.shell.isCommitting { bench.commit() }
        #expect(bench.verdicts(of: signal) == 1)
    }

    @Test("The same events are tried again on the same rows after storage was away, and nothing is performed meanwhile")
    func unavailable() {
        var bench = ShellBench()
        bench.begin()
        let signal = Self.bar()
        bench.give(.event(.signal(signal)))
        let failed = bench.give(.committed(.unavailable("the disk is full")))
        #expect(!failed.contains { if case .perform = $0 { true } else { false } })
        #expect(bench.shell.storageFailure != nil && bench.shell.isRecovering)
        bench.give(.retried, of: bench.shell.generation)
        bench.commit()
        #expect(bench.shell.storageFailure == nil && bench.shell.isAtRest)
        #expect(bench.verdicts(of: signal) == 2, "written twice, of which one was made")
    }

    @Test("One of several decides only in an epoch of its own, every commit demands it, and an answer of an earlier one reaches nobody")
    func epochs() throws {
        var bench = ShellBench(.several(LeaseTimes()))
        #expect(bench.give(.event(.signal(Self.bar()))).isEmpty, "whoever does not decide hears of it by a sweep")
        bench.give(.campaigned)
        bench.give(.leaseAnswered(isGranted: true, askedAt: .zero))
        bench.give(.leaseRead(nil))
        let claimed = try #require(bench.requests.lazy.compactMap { if case .claim(let lease, true) = $0 { lease } else { nil } }.last)
        bench.give(.claimed(claimed))
        #expect(bench.give(.loaded(Snapshot(), lease: nil)).contains { if case .load = $0 { true } else { false } }, "rows from before")
        bench.begin(lease: claimed)
        bench.give(.event(.signal(Self.bar())))
        #expect(
            bench.commits.allSatisfy {
                $0.writes.contains { if case .require(let row) = $0 { row.values == claimed.values } else { false } }
            })
        let earlier = bench.shell.generation
        bench.give(.leaseAnswered(isGranted: false, askedAt: .zero))
        #expect(!bench.shell.decides && bench.shell.sendsUntil == Span(microseconds: .min))
        #expect(bench.give(.committed(nil), of: earlier).isEmpty && bench.shell.isAtRest)
    }

    @Test("Where storage does not say what became of a commit, the rows are read in the next epoch")
    func doubt() throws {
        var bench = ShellBench(.several(LeaseTimes()))
        bench.give(.leaseAnswered(isGranted: true, askedAt: .zero))
        let first = LeaseRecord(name: Shell.lease, holder: "P1", at: bench.now)
        bench.give(.claimed(first))
        bench.begin(lease: first)
        bench.give(.event(.signal(Self.bar())))
        bench.give(.committed(.uncertain("no answer")))
        #expect(bench.give(.retried, of: bench.shell.generation).contains { if case .readLease = $0 { true } else { false } })
        let next = bench.give(.leaseRead(first))
        let claim = try #require(next.lazy.compactMap { if case .claim(let lease, false) = $0 { lease } else { nil } }.first)
        #expect(claim.epoch == first.epoch + 1)
        bench.give(.claimed(claim))
        let begun = bench.give(.loaded(Snapshot(), lease: claim), of: bench.shell.generation)
        #expect(begun.contains { if case .noteEpoch(claim.epoch, true) = $0 { true } else { false } })
    }
}
