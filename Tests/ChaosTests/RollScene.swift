import Brokers
import Foundation
import MunimKit
import Testing

/// A position that is due to roll, the roll, and what must come of it.
enum RollScene {
    /// What comes of the roll when nobody dies.
    static let undisturbed = Task {
        let host = try await held()
        try await host.start()
        try await roll(host)
        return try await end(host)
    }

    /// A host that does not run and has a position that is due, and will not be due in the contracts after.
    static func held(_ names: [String] = ["NIFTY"]) async throws -> HostUnderTest {
        let host = try HostUnderTest(ChaosConfiguration(instruments: names.map { (name: $0, preset: "bank-nifty") }))
        try await host.start()
        let second = Int(Date().timeIntervalSince1970) - 5
        let sender = Sender(port: host.port, instruments: [])
        for name in names {
            sender.deliver(Sender.body(name, isEntry: true, second: second, price: 52_000))
            try await Quiet.wait(for: host)
            sender.deliver(Sender.bar(name, second: second + 2, price: 52_400))
        }
        try await Quiet.wait(for: host)
        let status = try Exchange(port: host.port).get("/rollover/status").body
        let days = try #require(status.firstMatch(of: #/"trading_days_left":(\d+)/#).flatMap { Int($0.1) })
        #expect(try await host.stop() == 0)
        try host.configure { $0.rollover = "use: days-before-expiry, days: \(days)" }
        return host
    }

    /// Asks for the roll and waits until nothing is due any more; asking again is harmless.
    static func roll(_ host: HostUnderTest) async throws {
        #expect(try await host.run("rollover", "run", "--by", "tester") == 0)
        try await Quiet.wait(for: host, at: "/rollover/status") { !$0.contains("\"is_due\":true") }
        #expect(try await host.run("rollover", "run", "--by", "tester") == 0)
    }

    static func end(_ host: HostUnderTest) async throws -> Agreement {
        #expect(try await host.stop() == 0)
        return try await Agreement(folder: host.records)
    }

    /// Holds what came of a roll against what comes of one that nobody disturbs.
    static func expect(_ agreement: Agreement, isRolled: Bool, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        agreement.check(sourceLocation: sourceLocation)
        let undisturbed = try await undisturbed.value
        #expect(agreement.positions.count == 1, sourceLocation: sourceLocation)
        #expect(agreement.intents.allSatisfy { !$0.state.isOpen }, sourceLocation: sourceLocation)
        guard isRolled else {
            #expect(agreement.positions.map(\.status) == [.closed], sourceLocation: sourceLocation)
            #expect(agreement.rolls.isEmpty, sourceLocation: sourceLocation)
            #expect(agreement.alerts.contains { $0.code == "rollover_not_reopened" }, sourceLocation: sourceLocation)
            return
        }
        #expect(agreement.positions.map(\.rolloverCount) == [1], sourceLocation: sourceLocation)
        #expect(agreement.positions.map(\.rolloverStatus) == [.rolled], sourceLocation: sourceLocation)
        #expect(agreement.rolls.count == 1, sourceLocation: sourceLocation)
        #expect(agreement.rolls.allSatisfy { $0.profit > .zero && $0.charges > .zero && $0.basis > .zero }, sourceLocation: sourceLocation)
        #expect(RollOutcome(agreement) == RollOutcome(undisturbed), sourceLocation: sourceLocation)
    }
}

/// What a roll leads to, exactly.
struct RollOutcome: Hashable {
    let contracts: [String]
    let prices: [Price?]
    let quantity: Quantity?
    let movements: [Money]
    let orders: Int

    init(_ agreement: Agreement) {
        let position = agreement.positions.first { $0.status.isLive }
        contracts = position?.structure.content.legs.map(\.contract.symbol) ?? []
        prices = [position?.entryPrice, position?.currentStop, position?.initialStop, position?.highestClose, position?.originalEntryPrice]
        quantity = position?.quantity
        movements = agreement.ledger.map(\.amount)
        orders = agreement.brokerOrders.count { $0.state == BrokerOrderState.filled.rawValue }
    }
}
