import MunimKit
import Simulation
import Testing

/// Which state may follow which, written out once more, so that a change of a table is meant.
@Suite("States that follow each other")
struct SuccessorTests {
    private static func pairs<S: Succession>(_ type: S.Type) -> [String] {
        S.allCases.flatMap { state in S.allCases.filter(state.successors.contains).map { "\(state.rawValue) \($0.rawValue)" } }.sorted()
    }

    @Test("Of all pairs of states exactly these may follow each other")
    func tables() {
        #expect(
            Self.pairs(SignalStatus.self)
                == ["executed", "expired", "failed", "quarantined", "refused", "superseded", "working"].map { "accepted \($0)" }
                + ["executed", "expired", "failed", "refused", "superseded"].map { "working \($0)" })
        #expect(
            Self.pairs(IntentState.self)
                == [
                    "active failed", "active flat", "active quarantined", "active settled", "flat failed", "flat quarantined",
                    "flat settled", "quarantined failed", "quarantined settled",
                ])
        #expect(
            Self.pairs(PositionStatus.self)
                == [
                    "closing closed", "closing open", "closing partial", "open closed", "open closing", "open partial", "partial closed",
                    "partial closing", "partial partial",
                ])
        #expect(Self.pairs(ScopeState.self) == ["active active", "active frozen", "frozen active"])
        #expect(
            Self.pairs(RolloverStatus.self)
                == [
                    "failed in_progress", "failed pending", "in_progress failed", "in_progress rolled", "none in_progress", "none pending",
                    "pending in_progress", "rolled in_progress", "rolled pending",
                ])
        #expect(
            Self.pairs(OrderState.self)
                == [
                    "absent cancelled", "absent filled", "absent rejected", "absent working", "cancelled filled", "dropped filled",
                    "notSent filled", "planned dropped", "planned sending", "planned unknown", "rejected filled", "sending cancelled",
                    "sending filled", "sending notSent", "sending rejected", "sending unknown", "sending working", "unknown absent",
                    "unknown cancelled", "unknown filled", "unknown notSent", "unknown rejected", "unknown working", "working absent",
                    "working cancelled", "working filled", "working rejected",
                ])
    }

    @Test("Nothing that may have left is planned again, and nothing that is over has a way back to where orders leave")
    func onceOnly() {
        for state in OrderState.allCases {
            #expect(!state.successors.contains(.planned), "\(state)")
            #expect(state == .planned || !state.successors.contains(.sending), "\(state)")
        }
        for status in SignalStatus.allCases where status.isVerdict { #expect(status.successors.isEmpty, "\(status)") }
        for state in IntentState.allCases where !state.isOpen { #expect(state.successors.isEmpty, "\(state)") }
        #expect(PositionStatus.closed.successors.isEmpty)
    }

    @Test("A move that cannot be is refused and told once, the scope takes no entries, and its exits are executed")
    func impossible() async throws {
        let world = CoreRollTests.due()
        world.broker { $0.script = [.fillAfter(.seconds(30))] }
        CoreRollTests.roll(world)
        let rolling = try #require(world.positions.first)
        #expect(rolling.rolloverStatus == .inProgress)
        // Somebody changes the row by hand.
        var changed = rolling
        changed.rolloverStatus = .pending
        changed.version += 1
        var transaction = Transaction()
        transaction.update(changed)
        world.store { _ = try? $0.commit(transaction) }
        try await world.restart()
        world.wait(.minutes(2))
        #expect(!world.isDead)
        #expect(world.alertCodes.count { $0 == "impossible_change" } == 1)
        #expect(world.scope(Fixture.future)?.state == .frozen)
        let exit = world.send(Fixture.exit(1, at: world.now))
        world.wait(.minutes(2))
        #expect(world.signal(exit)?.status == .executed)
        #expect(world.positions.isEmpty && world.holdings.isEmpty)
    }
}
