import Foundation
import MunimKit
import Testing

@Suite("A host that is killed again and again", .serialized, .timeLimit(.minutes(10)))
struct KillLoopTests {
    /// `MUNIM_KILLS=200` for the long run.
    private static var kills: Int { ProcessInfo.processInfo.environment["MUNIM_KILLS"].flatMap(Int.init) ?? 60 }

    @Test("Kills under load leave sender, database and broker in exact agreement")
    func killsUnderLoad() async throws {
        let instruments = [("GOLD_A", "gold-mini"), ("GOLD_B", "gold-mini"), ("NIFTY_A", "bank-nifty"), ("NIFTY_B", "bank-nifty")]
        let host = try HostUnderTest { ChaosConfiguration.text(port: $0, instruments: instruments.map { (name: $0.0, preset: $0.1) }) }
        let sender = Sender(port: host.port, instruments: instruments.map(\.0))
        var random = SystemRandomNumberGenerator()
        try host.start()
        sender.start()
        for _ in 0..<Self.kills {
            usleep(UInt32.random(in: 20_000...400_000, using: &random))
            host.kill()
            try host.start(waitingForReady: Bool.random(using: &random))
        }
        sender.stop()
        try await flatten(host, sender, instruments.map(\.0))
        #expect(host.stop() == 0)
        let agreement = try await Agreement(folder: host.records)
        agreement.check()
        #expect(sender.refused == [])
        let known = Set(agreement.signals.map(\.fingerprint.text))
        #expect(Set(sender.accepted.values).subtracting(known) == [], "an accepted signal is not stored")
        #expect(agreement.signals.contains { $0.signalType == "BASE_ENTRY" && $0.status == .executed }, "nothing was executed")
        #expect(agreement.positions.allSatisfy { !$0.status.isLive })
    }

    /// Waits until nothing is under way, and closes what is open.
    private func flatten(_ host: HostUnderTest, _ sender: Sender, _ instruments: [String]) async throws {
        for instrument in instruments {
            sender.deliver(Sender.body(instrument, isEntry: false, second: Int(Date().timeIntervalSince1970) + 1, target: "ALL"))
        }
        try await Quiet.wait(for: host)
    }
}

/// Waits for a host that has nothing left to decide.
enum Quiet {
    static func wait(for host: HostUnderTest) async throws {
        while host.isRunning {
            if let status = try? Exchange(port: host.port).get("/status"),
                ["0,", "0}"].contains(where: { status.body.contains("\"waiting_signals\":\($0)") })
            {
                return
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
