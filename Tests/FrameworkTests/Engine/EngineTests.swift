import MunimKit
import MunimTesting
import Simulation
import Testing

@Suite("The engine between storage, broker and alerts", .timeLimit(.minutes(1)))
struct EngineTests {
    private static let left = Alert(
        id: "P0-1", severity: .error, code: "order_absent", message: "An earlier process raised it.", instrument: Fixture.future,
        at: .testing)

    private static func bar(_ second: Int64) -> Signal {
        Fixture.bar(price: "52000", at: Instant(seconds: SystemClock().now().seconds + second))
    }

    @Test("C17 An alert that an earlier process left is delivered once, with its id, and noted")
    func leftover() async throws {
        let bench = try EngineBench()
        var transaction = Transaction()
        transaction.insert(OutboxRecord(Self.left))
        _ = try await bench.store.commit(transaction)
        try await bench.run { try await bench.wait { await bench.store.all(OutboxRecord.self).allSatisfy { $0.deliveredAt != nil } } }
        let next = try EngineBench()
        for record in await bench.store.all(OutboxRecord.self) {
            var copy = Transaction()
            copy.insert(record)
            _ = try await next.store.commit(copy)
        }
        try await next.run {}
        #expect(bench.channel.tries == ["P0-1"])
        #expect(await bench.store.all(OutboxRecord.self).map(\.attempts) == [1])
        #expect(next.channel.tries == [])
    }

    @Test("C17 An alert that its channel did not take is delivered again after half a minute, until it is taken")
    func failingChannel() async throws {
        let clock = ManualClock()
        let bench = try EngineBench(clock: clock)
        var transaction = Transaction()
        transaction.insert(OutboxRecord(Self.left))
        _ = try await bench.store.commit(transaction)
        bench.channel.fail(2)
        let running = Task { try await bench.engine.run() }
        for round in 1...2 {
            try await bench.wait { await bench.store.all(OutboxRecord.self).map(\.attempts) == [round] }
            #expect(await bench.store.all(OutboxRecord.self).allSatisfy { $0.deliveredAt == nil })
            // Besides the pause of the channel there are the alarms for the comparison with the broker and for rolls, and the sweep.
            await clock.waitForSleepers(4)
            clock.advance(by: .seconds(30))
        }
        try await bench.wait { await bench.store.all(OutboxRecord.self).allSatisfy { $0.deliveredAt != nil } }
        #expect(bench.channel.tries == ["P0-1", "P0-1", "P0-1"])
        await bench.engine.stop(grace: .zero)
        try await running.value
    }

    @Test("A commit that was made although its outcome was uncertain does not keep signals out")
    func uncertainAndMade() async throws {
        let bench = try EngineBench()
        try await bench.run {
            await bench.store.fail(at: SignalStatus.executed.rawValue, .uncertain("the disk did not confirm"))
            _ = await bench.send(Self.bar(0), waiting: .zero)
            try await bench.wait { await bench.store.all(SignalRecord.self).map(\.status) == [.executed] }
            // Until the rows are read anew the door may be closed for a moment.
            var admission = await bench.send(Self.bar(1))
            while case .unavailable = admission { admission = await bench.send(Self.bar(1)) }
            guard case .accepted(let record) = admission else {
                Issue.record("the second signal was not taken")
                return
            }
            #expect(record.status == .executed)
        }
    }

    @Test(
        "A start whose first commit fails is made good",
        arguments: [
            (StorageError.uncertain("the disk did not confirm"), true), (.uncertain("lost"), false),
            (.conflict(write: 0, reason: "x"), false),
        ])
    func failingStart(error: StorageError, isMade: Bool) async throws {
        let bench = try EngineBench()
        await bench.store.fail(writing: LedgerRecord.self, [error], isMade: isMade)
        try await bench.run {}
        #expect(await bench.store.all(LedgerRecord.self).map(\.kind) == [.deposit])
    }

    @Test("A signal whose storing has an uncertain outcome is decided and its sender is told so", arguments: [true, false])
    func uncertainInbox(isMade: Bool) async throws {
        let bench = try EngineBench()
        try await bench.run {
            await bench.store.fail(writing: SignalRecord.self, [.uncertain("the disk did not confirm")], isMade: isMade)
            guard case .accepted(let record) = await bench.send(Self.bar(0)) else {
                Issue.record("the signal was not taken")
                return
            }
            #expect(record.status == .executed)
        }
    }

    @Test(
        "A signal that was stored while its sender was told otherwise is decided once, whether it is sent again or not",
        arguments: [true, false])
    func doubtfulInbox(isSentAgain: Bool) async throws {
        let bench = try EngineBench()
        try await bench.run {
            await bench.store.fail(writing: SignalRecord.self, [.uncertain("the disk did not confirm")], isMade: true)
            let signal = Self.bar(0)
            if case .unavailable = await bench.send(signal, waiting: .zero) {} else { Issue.record("the sender was not told to try again") }
            if isSentAgain {
                if case .duplicate = await bench.send(signal) {} else { Issue.record("the signal was not found") }
            }
            try await bench.wait { await bench.store.all(SignalRecord.self).map(\.status) == [.executed] }
        }
    }

    @Test("A signal that was not stored although nobody could tell is taken when it is sent again")
    func doubtfulAndAbsent() async throws {
        let bench = try EngineBench()
        try await bench.run {
            await bench.store.fail(writing: SignalRecord.self, [.uncertain("the disk did not confirm")], isMade: false)
            let signal = Self.bar(0)
            if case .unavailable = await bench.send(signal, waiting: .zero) {} else { Issue.record("the sender was not told to try again") }
            #expect(await bench.store.all(SignalRecord.self).isEmpty)
            if case .accepted = await bench.send(signal, waiting: .zero) {} else { Issue.record("the signal was not taken") }
            try await bench.wait { await bench.store.all(SignalRecord.self).map(\.status) == [.executed] }
        }
    }

    @Test("An order whose send gate has an uncertain outcome does not leave; the next attempt has another tag")
    func uncertainGate() async throws {
        let bench = try EngineBench()
        try await bench.run {
            await bench.store.fail(at: OrderState.sending.rawValue, .uncertain("the disk did not confirm"))
            _ = await bench.send(Fixture.base(at: SystemClock().now()), waiting: .zero)
            try await bench.wait { await bench.store.all(SignalRecord.self).map(\.status) == [.executed] }
        }
        let orders = await bench.store.all(OrderRecord.self).sorted { $0.attempt < $1.attempt }
        // A machine that is busy may close the gate of a later attempt as well.
        #expect(orders.count >= 2 && orders.dropLast().allSatisfy { $0.state == .notSent } && orders.last?.state == .filled)
        #expect(await bench.broker.requests.map(\.tag) == [orders.last?.tag])
        #expect(await bench.store.all(PositionRecord.self).map(\.status) == [.open])
    }

    @Test(
        "An order whose send gate has an uncertain outcome does not wait for ever when the commit after it fails as well",
        arguments: [StorageError.uncertain("the disk did not confirm"), .conflict(write: 0, reason: "another was first")])
    func uncertainGateTwice(error: StorageError) async throws {
        let bench = try EngineBench()
        try await bench.run {
            await bench.store.fail(at: OrderState.sending.rawValue, .uncertain("the disk did not confirm"))
            await bench.store.fail(at: OrderState.notSent.rawValue, error)
            _ = await bench.send(Fixture.base(at: SystemClock().now()), waiting: .zero)
            try await bench.wait { await bench.store.all(SignalRecord.self).map(\.status) == [.executed] }
        }
        #expect(await bench.broker.requests.count == 1)
    }

    @Test("An alert of a commit with an uncertain outcome is delivered all the same")
    func uncertainAlert() async throws {
        let bench = try EngineBench()
        try await bench.run {
            await bench.store.fail(at: "stopped", .uncertain("the disk did not confirm"))
            _ = try await bench.engine.command(.stop(reason: "drill"), by: "tester", waiting: .seconds(30))
            try await bench.wait { await bench.store.all(OutboxRecord.self).allSatisfy { $0.deliveredAt != nil } }
        }
        #expect(await Set(bench.channel.tries) == Set(bench.store.all(OutboxRecord.self).map(\.id)))
    }

    @Test("C39 C41 A host that is asked to stop while it cannot store ends when its time is over, and sends nothing")
    func stopWhileFull() async throws {
        let bench = try EngineBench()
        try await bench.run(grace: .milliseconds(50)) {
            await bench.store.setFull(true)
            bench.engine.submit(.commanded(CommandRecord(id: "R1", command: .stop(reason: "drill"), principal: "tester", at: .testing)))
            try await bench.wait { bench.engine.condition.storageFailure != nil }
            #expect(!bench.engine.acceptsSignals)
        }
        #expect(bench.engine.condition.hasEnded)
        #expect(await bench.broker.requests.isEmpty)
    }

    @Test("I3 The same fingerprint with other content is kept with an alert, and neither traded nor taken for a resend")
    func conflict() async throws {
        let bench = try EngineBench()
        let signal = Fixture.base(at: SystemClock().now())
        try await bench.run {
            guard case .accepted = await bench.send(signal) else {
                Issue.record("the signal was not taken")
                return
            }
            try await bench.wait { await bench.store.all(SignalRecord.self).allSatisfy(\.status.isVerdict) }
            for _ in 0..<2 {
                guard case .conflict(let stored) = await bench.send(signal, digest: "another") else {
                    Issue.record("the conflict was not seen")
                    return
                }
                #expect(stored.digest == "digest")
            }
            guard case .duplicate = await bench.send(signal) else {
                Issue.record("the resend was not recognised")
                return
            }
        }
        #expect(await bench.store.all(ConflictRecord.self).map(\.digest) == ["another"])
        #expect(await bench.store.all(OutboxRecord.self).map(\.code) == ["signal_conflict"])
        #expect(bench.channel.tries.count == 1)
        #expect(await bench.broker.requests.count == 1)
        #expect(await bench.store.all(PositionRecord.self).count == 1)
    }
}
