import Foundation
import MunimKit
import Testing

@Suite("A host that is killed again and again", .serialized, .timeLimit(.minutes(10)))
struct KillLoopTests {
    /// `MUNIM_KILLS=2000` for a longer run.
    private static var kills: Int { ProcessInfo.processInfo.environment["MUNIM_KILLS"].flatMap(Int.init) ?? 200 }

    /// `MUNIM_SEED=7` for the same pauses and choices again; every run tells its own.
    private static var seed: UInt64 {
        ProcessInfo.processInfo.environment["MUNIM_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 1...UInt64(UInt32.max))
    }

    @Test("Kills under load leave sender, database and broker in exact agreement")
    func killsUnderLoad() async throws {
        let instruments = [("GOLD_A", "gold-mini"), ("GOLD_B", "gold-mini"), ("NIFTY_A", "bank-nifty"), ("NIFTY_B", "bank-nifty")]
        let host = try HostUnderTest(ChaosConfiguration(instruments: instruments.map { (name: $0.0, preset: $0.1) }))
        let sender = Sender(port: host.port, instruments: instruments.map(\.0))
        let seed = Self.seed
        print("kills under load: MUNIM_SEED=\(seed) MUNIM_KILLS=\(Self.kills) repeats them")
        var random = SplitMix64(state: seed)
        try await host.start()
        sender.start()
        for _ in 0..<Self.kills {
            try await Task.sleep(for: .milliseconds(Int.random(in: 20...400, using: &random)))
            host.kill()
            // Where everything is due to roll nothing is entered, so rules come and go.
            let isRolling = Bool.random(using: &random)
            try host.configure { $0.rollover = isRolling ? "use: days-before-expiry, days: 120" : "use: never" }
            try await host.start(waitingForReady: isRolling || Bool.random(using: &random))
            if isRolling { _ = try await host.run("rollover", "run", "--by", "tester") }
        }
        sender.stop()
        try await flatten(host, sender, instruments.map(\.0))
        #expect(try await host.stop() == 0)
        let agreement = try await Agreement(folder: host.records)
        agreement.check()
        #expect(sender.refused == [])
        let known = Set(agreement.signals.map(\.fingerprint.text))
        #expect(Set(sender.accepted.values).subtracting(known) == [], "an accepted signal is not stored")
        #expect(agreement.signals.contains { $0.signalType == "BASE_ENTRY" && $0.status == .executed }, "nothing was executed")
        // A broker that is honest gives no reason to freeze anything.
        let expected = ["order_absent", "rollover_not_reopened", "exit_during_roll", "no_next_contract", "one_legged", "exit_not_filled"]
        #expect(Set(agreement.alerts.map(\.code)).subtracting(expected) == [])
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

/// Waits for what a host says of itself.
enum Quiet {
    /// Until no signal is left to decide.
    static func wait(for host: HostUnderTest) async throws {
        try await wait(for: host, at: "/status") { answer in ["0,", "0}"].contains { answer.contains("\"waiting_signals\":\($0)") } }
    }

    /// Until the answer at a path is what is wanted, or the host is dead.
    static func wait(for host: HostUnderTest, at path: String, until isWanted: (String) -> Bool) async throws {
        while host.isRunning {
            let answer = try? Exchange(port: host.port).get(path)
            if let answer, isWanted(answer.body) { return }
            do { try await Task.sleep(for: .milliseconds(20)) } catch {
                Issue.record("\(path) stays \(answer?.body ?? "unanswered") after \(host.log)")
                throw error
            }
        }
    }
}
