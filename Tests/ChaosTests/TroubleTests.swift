import Brokers
import Foundation
import MunimKit
import Testing

@Suite("A host in trouble", .fewAtATime, .timeLimit(.minutes(2)))
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
}
