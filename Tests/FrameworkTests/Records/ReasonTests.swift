import MunimKit
import Simulation
import Testing

@Suite("Reasons")
struct ReasonTests {
    @Test("A code is read as the reason that wrote it, and what is none of ours as a sizing rule's word")
    func codes() {
        for reason in Reason.all { #expect(Reason(rawValue: reason.rawValue) == reason && Reason(reason.column) == reason) }
        #expect(Set(Reason.all.map(\.rawValue)).count == Reason.all.count)
        #expect(Reason(rawValue: "moon_phase") == .limited(by: "moon_phase") && Reason(rawValue: "moon_phase").rawValue == "moon_phase")
    }

    @Test("Every reason leads to a verdict, and says something that a full stop can follow")
    func verdicts() {
        for reason in Reason.all {
            #expect(reason.status.isVerdict, "\(reason)")
            #expect(reason.words.first?.isUppercase == true && !reason.words.hasSuffix("."), "\(reason)")
        }
        #expect(Set(Reason.all.map(\.status)) == [.executed, .refused, .expired, .superseded, .quarantined, .failed])
    }

    @Test(
        "A broker's words are no reason of ours, however they begin", arguments: ["order_rate: too many", "trading_stopped: by the venue"])
    func wordsOfOthers(_ words: String) throws {
        let world = Fixture.world()
        world.broker { $0.script = [.unknownWithoutOrder] }
        let entry = world.send(Fixture.base())
        let order = try #require(world.orders.first)
        world.push(
            OrderReport(
                orderID: "L1", tag: order.tag, symbol: order.symbol, side: order.side, quantity: order.quantity, state: .rejected,
                fills: [],
                message: words, updatedAt: world.now))
        #expect(world.orders.first?.message == words && world.orders.first?.reason == nil)
        #expect(world.signal(entry)?.status == .failed && world.signal(entry)?.reason == .orderFailed)
        #expect(world.signal(entry)?.explanation?.content.summary.contains(words) == true)
    }
}
