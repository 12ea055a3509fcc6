import MunimKit
import Simulation
import Testing

/// I29: what ends whoever decides it is set aside, and nothing else is.
@Suite("Signals that end processes")
struct CoreExaminationTests {
    /// Signals that the inbox stored when their process died before it heard of them.
    private static func left(_ signals: [(World) -> Signal], in world: World) -> [Fingerprint] {
        signals.map { signal in
            let record = SignalRecord(of: signal(world), at: world.now)
            var inbox = Transaction()
            inbox.insertIfAbsent(record)
            world.store { store in _ = try? store.commit(inbox) }
            return record.fingerprint
        }
    }

    @Test("Signals that only waited while processes died are decided, however often that was")
    func waitingIsNotDeciding() async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        let exits = Self.left(
            [{ Fixture.exit(1, at: $0.now) }, { Fixture.exit(2, at: $0.now) }, { Fixture.exit(nil, at: $0.now) }], in: world)
        world.broker { $0.bookMood = .failing }
        for _ in 0..<6 {
            try await world.restart()
            world.wait(.seconds(1))
        }
        #expect(exits.map { world.signal($0)?.attempts } == [0, 0, 0])
        world.broker { $0.bookMood = .honest }
        world.wait(.minutes(1))
        #expect(world.positions.isEmpty)
        #expect(exits.allSatisfy { world.signal($0)?.status.isVerdict == true && world.signal($0)?.status != .quarantined })
        expectSound(world)
    }

    @Test("An exit that waits behind an entry in flight is carried out after any number of stops and starts", arguments: [true, false])
    func exitBehindEntry(isGraceful: Bool) async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        world.broker { $0.script = [.unknownWithoutOrder] }
        world.send(Fixture.pyramid(at: world.now))
        let exit = world.send(Fixture.exit(nil, at: world.now))
        for _ in 0..<5 {
            if isGraceful { world.hand(.stopping) }
            try await world.restart()
            world.wait(.milliseconds(200))
        }
        #expect(world.signal(exit)?.status == .accepted)
        world.wait(.minutes(5))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
        expectSound(world)
    }

    @Test("A signal that ends three processes is set aside, and one of another instrument that waits beside it is decided")
    func poisonTouchesNoOther() async throws {
        let world = Fixture.world()
        let both = Self.left([{ Fixture.base(at: $0.now) }, { Fixture.bar(Fixture.synthetic, price: "52000", at: $0.now) }], in: world)
        for _ in 0..<3 {
            try await world.restart()
            world.death = (world.performed, false)
            world.wait(.seconds(1))
            world.death = nil
        }
        try await world.restart()
        world.wait(.seconds(5))
        let statuses = both.map { world.signal($0)?.status }
        #expect(statuses.contains(.quarantined) && statuses.contains(.executed))
        #expect(world.alertCodes.contains("signal_quarantined"))
    }

    @Test("Exits that were left go on record together, and one at a time once a process ended with them")
    func exitsTogether() async throws {
        let world = CoreCrashTests.held(3, Fixture.future)
        let exits = Self.left((1...3).map { layer in { Fixture.exit(layer, at: $0.now) } }, in: world)
        var attempts: [[Int?]] = []
        for _ in 0..<2 {
            try await world.restart()
            world.death = (world.performed, false)
            world.wait(.seconds(1))
            world.death = nil
            attempts.append(exits.map { world.signal($0)?.attempts })
        }
        #expect(attempts == [[1, 1, 1], [2, 1, 1]])
        try await world.restart()
        world.wait(.minutes(1))
        #expect(exits.allSatisfy { world.signal($0)?.status == .executed } && world.positions.isEmpty)
        expectSound(world)
    }

    @Test("What a commit without an answer put on record waits uncounted once the rows are read anew")
    func forgottenRecord() async throws {
        let world = Fixture.world()
        let entry = try #require(Self.left([{ Fixture.base(at: $0.now) }], in: world).first)
        world.broker { $0.positionsMood = .failing }
        try await world.restart()
        world.wait(.seconds(1))
        var row = try #require(world.signal(entry))
        (row.attempts, row.processedBy, row.version) = (1, "P2", row.version + 1)
        var commit = Transaction()
        commit.update(row)
        world.store { store in _ = try? store.commit(commit) }
        try await world.reload()
        #expect(world.signal(entry)?.attempts == 0 && world.signal(entry)?.processedBy == nil)
        world.broker { $0.positionsMood = .honest }
        world.hand(.woke(.positions))
        world.wait(.seconds(5))
        #expect(world.signal(entry)?.status == .executed)
        expectSound(world)
    }

    @Test("A stop on purpose in the middle of a decision counts against nobody")
    func stopIsNoDeath() async throws {
        let world = Fixture.world()
        let entry = try #require(Self.left([{ Fixture.base(at: $0.now) }], in: world).first)
        for _ in 0..<5 {
            try await world.restart(after: .milliseconds(10))
            world.hand(.stopping)
            #expect(world.signal(entry)?.attempts == 0 || world.signal(entry)?.status.isVerdict == true)
        }
    }

    @Test("An exit that ended three processes is never set aside: people are told, what else there is goes first, and it is tried again")
    func exitIsNeverSetAside() async throws {
        let world = CoreCrashTests.held(1, Fixture.future)
        let exit = try #require(Self.left([{ Fixture.exit(1, at: $0.now) }], in: world).first)
        for _ in 0..<3 {
            try await world.restart()
            world.death = (world.performed, false)
            world.wait(.seconds(1))
            world.death = nil
        }
        try await world.restart()
        world.wait(.seconds(1))
        #expect(world.signal(exit)?.status == .accepted)
        #expect(world.alertCodes.contains("exit_ends_host"))
        let bar = world.send(Fixture.bar(Fixture.synthetic, price: "52000", at: world.now))
        #expect(world.signal(bar)?.status == .executed)
        world.wait(.minutes(11))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.positions.isEmpty)
    }
}
