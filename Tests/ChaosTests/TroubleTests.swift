import Brokers
import Foundation
import MunimKit
import Testing

@Suite("A host in trouble", .fewAtATime, .timeLimit(.minutes(5)))
struct TroubleTests {
    @Test("C17 An alert that nobody was told of is delivered by the next process, with the same id")
    func alerts() async throws {
        let host = try HostUnderTest(.twoLegs)
        let body = Sender.body("NIFTY", isEntry: true, second: Int(Date().timeIntervalSince1970) - 2)
        let death = Death(row: "C17", point: "before-place", isExecuted: false, again: ["after-commit:order.absent"])
        try await host.die(death) { _ = try? Exchange(port: host.port).post("/webhook", body) }
        let left = try await Agreement(folder: host.records).alerts
        #expect(left.map(\.code) == ["order_absent"])
        #expect(left.allSatisfy { $0.deliveredAt == nil && !host.log.contains($0.id) })
        try await host.start()
        #expect(try await host.stop() == 0)
        let told = try await Agreement(folder: host.records).alerts
        #expect(told.map(\.id) == left.map(\.id))
        #expect(told.allSatisfy { $0.deliveredAt != nil && host.log.contains("\"alert\":\"\($0.id)\"") })
    }

    @Test("C38 A signal whose deciding ended three processes is set aside, one that ended two is traded", arguments: [2, 3])
    func poison(deaths: Int) async throws {
        let host = try HostUnderTest(.twoLegs)
        try host.configure { $0.attempts = 3 }
        let body = Sender.body("NIFTY", isEntry: true, second: Int(Date().timeIntervalSince1970) - 2)
        let point = "before-commit:intent.active"
        try await host.die(Death(row: "C38", point: point, isExecuted: nil, again: Array(repeating: point, count: deaths - 1))) {
            _ = try? Exchange(port: host.port).post("/webhook", body)
        }
        try await host.start()
        try await Quiet.wait(for: host)
        #expect(try await host.stop() == 0)
        let agreement = try await Agreement(folder: host.records)
        agreement.check()
        #expect(agreement.signals.map(\.status) == [deaths == 3 ? .quarantined : .executed])
        #expect(agreement.alerts.map(\.code) == (deaths == 3 ? ["signal_quarantined"] : []))
        #expect(agreement.brokerOrders.count == (deaths == 3 ? 0 : 2))
    }

    @Test("C39 A full disk takes no signal, and the resend is traded when there is space")
    func fullDisk() async throws {
        let host = try HostUnderTest(.twoLegs)
        let body = Sender.body("NIFTY", isEntry: true, second: Int(Date().timeIntervalSince1970) - 2)
        try await host.start()
        #expect(host.setDiskFull(true))
        for _ in 0..<3 { #expect(try Exchange(port: host.port).post("/webhook", body).status == 503) }
        #expect(host.setDiskFull(false))
        Sender(port: host.port, instruments: []).deliver(body)
        try await Quiet.wait(for: host)
        #expect(try await host.stop() == 0)
        let agreement = try await Agreement(folder: host.records)
        agreement.check()
        #expect(agreement.positions.map(\.status) == [.open])
        #expect(agreement.brokerOrders.count == 2)
    }

    @Test(
        "C39 A disk that is full while an order is sent loses nothing, even when the process dies meanwhile", arguments: [1, 3],
        [false, true])
    func fullDisk(order: Int, isKilled: Bool) async throws {
        let host = try await Self.rolling(pausedAt: "before-place#\(order)")
        #expect(host.setDiskFull(true))
        host.resume()
        try await Quiet.wait(for: host, at: "/ready") { $0.contains("\"storage\":false") }
        let bar = Sender.bar("NIFTY", second: Int(Date().timeIntervalSince1970), price: 52_500)
        #expect(try Exchange(port: host.port).post("/webhook", bar).status == 503)
        if isKilled {
            host.kill()
            try await host.start()
        } else {
            #expect(host.setDiskFull(false))
        }
        try await RollScene.roll(host)
        // The broker keeps its book on the same disk: the order died with both, and one that opens is never repeated.
        try await RollScene.expect(try await RollScene.end(host), isRolled: !isKilled || order == 1)
    }

    @Test(
        "C41 A host that is asked to stop stores what its calls bring, and the next one goes on",
        arguments: ["before-place#2", "after-place", "after-place#3", "before-commit:order.filled", "before-commit:order.filled#2"])
    func stop(point: String) async throws {
        let host = try await Self.rolling(pausedAt: point)
        #expect(try await host.stop() == 0)
        let left = try await Agreement(folder: host.records)
        let sent = left.orders.filter { $0.state != .planned && $0.state != .notSent }
        #expect(Set(sent.map(\.state)) == [.filled])
        #expect(Set(left.brokerOrders.compactMap(\.tag)) == Set(sent.map(\.tag)))
        try await host.start()
        try await RollScene.roll(host)
        try await RollScene.expect(try await RollScene.end(host), isRolled: true)
    }

    /// A host in the middle of a roll, all of it paused at one of its orders.
    private static func rolling(pausedAt point: String) async throws -> HostUnderTest {
        let host = try await RollScene.held()
        try host.configure { $0.faults = "lost-updates" }
        defer { try? host.configure { $0.faults = "" } }
        try await host.start(pauseAt: point)
        // A host that is paused at its first order may not have answered yet.
        _ = try await host.run("rollover", "run", "--by", "tester")
        try await host.waitForPause()
        return host
    }
}
