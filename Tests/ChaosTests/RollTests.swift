import MunimKit
import Testing

extension Death {
    /// Deaths while a position of two legs is rolled: orders 1 and 2 close the old contracts, 3 and 4 open the new ones.
    ///
    /// It ends in the new contracts, or flat with an alert where an order that opens them may have left and cannot be found.
    static let ofRolls = [
        Death(row: "C23", point: "before-commit:intent.active", isExecuted: true),
        Death(row: "C23", point: "after-commit:intent.active", isExecuted: true),
        Death(row: "C24", point: "before-place", isExecuted: true),
        Death(row: "C24", point: "after-place", isExecuted: true),
        Death(row: "C24", point: "before-commit:order.filled", isExecuted: true),
        Death(row: "C24", point: "after-commit:order.filled", isExecuted: true),
        Death(row: "C24", point: "after-place#2", isExecuted: true),
        Death(row: "C25", point: "before-commit:order.filled#2", isExecuted: true),
        Death(row: "C25", point: "after-commit:order.filled#2", isExecuted: false),
        Death(row: "C26", point: "before-place#3", isExecuted: false),
        Death(row: "C26", point: "after-place#3", isExecuted: true),
        Death(row: "C26", point: "after-commit:order.filled#3", isExecuted: false),
        Death(row: "C26", point: "before-place#4", isExecuted: false),
        Death(row: "C26", point: "after-place#4", isExecuted: true),
        Death(row: "C27", point: "before-commit:order.filled#4", isExecuted: true),
        Death(row: "C27", point: "before-commit:intent.settled", isExecuted: true),
        Death(row: "C27", point: "after-commit:intent.settled", isExecuted: true),
        Death(
            row: "C37", point: "after-place", isExecuted: true,
            again: ["after-commit:order.unknown", "before-commit:order.filled", "before-place", "after-commit:order.absent"]
                + [
                    "before-commit:order.filled", "before-commit:order.filled#2", "before-commit:order.filled#2",
                    "before-commit:intent.settled",
                ]),
        Death(
            row: "C37", point: "before-place#4", isExecuted: false,
            again: [
                "before-commit:order.absent", "after-commit:order.absent", "before-commit:intent.settled", "after-commit:intent.settled",
            ]),
    ]
}

@Suite("A host that dies while a position rolls", .fewAtATime, .timeLimit(.minutes(5)))
struct RollTests {
    @Test("A position is rolled once, or flat with an alert, wherever its process dies", arguments: Death.ofRolls)
    func death(_ death: Death) async throws {
        let host = try await RollScene.held()
        try await host.die(death) { _ = try? await host.run("rollover", "run", "--by", "tester") }
        try await host.start()
        try await RollScene.roll(host)
        let agreement = try await RollScene.end(host)
        try await RollScene.expect(agreement, isRolled: death.isExecuted == true)
    }

    @Test(
        "C25 A new contract that was refused is tried again by the process that comes after",
        arguments: ["after-commit:order.rejected", "before-commit:intent.flat"])
    func refused(point: String) async throws {
        let symbol = try #require(RollOutcome(try await RollScene.undisturbed.value).contracts.first)
        let death = Death(row: "C25", point: point, isExecuted: true, faults: "lost-updates, next:reject@\(symbol)")
        let host = try await RollScene.held()
        try await host.die(death) { _ = try? await host.run("rollover", "run", "--by", "tester") }
        try await host.start()
        try await RollScene.roll(host)
        try await RollScene.expect(try await RollScene.end(host), isRolled: true)
    }

    @Test(
        "C28 Positions of two instruments in one contract roll once each",
        arguments: [
            "after-commit:intent.active", "after-commit:intent.active#2", "after-place#3", "after-place#6", "after-commit:intent.settled",
        ])
    func two(point: String) async throws {
        let host = try await RollScene.held(["NIFTY_A", "NIFTY_B"])
        try await host.die(Death(row: "C28", point: point, isExecuted: nil)) {
            _ = try? await host.run("rollover", "run", "--by", "tester")
        }
        try await host.start()
        try await RollScene.roll(host)
        let agreement = try await RollScene.end(host)
        agreement.check()
        let rolled = agreement.positions.filter { $0.status == .open }
        let flat = agreement.positions.filter { $0.status == .closed }
        #expect(rolled.count + flat.count == 2)
        #expect(rolled.allSatisfy { $0.rolloverCount == 1 })
        #expect(agreement.rolls.count == rolled.count)
        #expect(agreement.alerts.count { $0.code == "rollover_not_reopened" } == flat.count)
        #expect(rolled.count >= 1)
    }
}
