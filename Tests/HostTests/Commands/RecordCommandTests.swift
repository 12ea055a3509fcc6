import Foundation
import MunimKit
import MunimTesting
import Testing

@testable import munim

/// Commands that read the records, first while a host holds them, then after it has gone.
@Suite("Commands that read the records")
struct RecordCommandTests {
    private let folder: TestFolder
    private let file: String

    init() throws {
        folder = try TestFolder()
        file = try CommandHost.configuration(in: folder)
    }

    private var signals: [Signal] {
        let entry = CommandHost.entry("GOLD_MINI", at: 125_000, stop: 124_400, atr: 300)
        var second = entry
        second.timestamp = entry.timestamp + .seconds(120)
        return [entry, second]
    }

    private func run(_ line: String...) async -> CommandResult {
        await Munim.run(line + ["--config", file], clock: ShiftedClock(startingAt: CommandHost.morning))
    }

    @Test("They work beside the host that holds the lock, and say the same after it stopped")
    func besideTheHost() async throws {
        let lines = [
            ["signals"], ["positions"], ["orders"], ["status", "--json"], ["rollover", "status"], ["migrate", "status"],
            ["migrate", "check"],
            ["reconcile"],
        ]
        let during = try await CommandHost.run(file, signals: [signals[0]]) { _, _ in
            var results: [[String]: CommandResult] = [:]
            for line in lines { results[line] = await Munim.run(line + ["--config", file]) }
            return results
        }
        for line in lines {
            let after = await Munim.run(line + ["--config", file])
            #expect(during[line]?.code == 0 && after.code == 0, "\(line): \(during[line]?.complaint ?? "") \(after.complaint)")
            if line != ["status", "--json"] { #expect(during[line]?.output == after.output, "\(line)") }
        }
    }

    @Test("Signals, positions and orders are listed with their filters, newest first")
    func listings() async throws {
        let records = try await CommandHost.run(file, signals: signals) { records, _ in records }
        #expect(records.map(\.status) == [.executed, .refused])
        let all = await run("signals").output
        #expect(all.count == 3 && all[0].hasPrefix("RECEIVED") && all[1].contains("refused") && all[2].contains("executed"))
        #expect(await run("signals", "--status", "executed").output.count == 2)
        let newest = await run("signals", "--limit", "1").output
        #expect(newest.count == 2 && newest[1].contains(records[1].fingerprint.text.prefix(16)))
        let positions = await run("positions").output
        #expect(positions.count == 2 && positions[1].split(separator: " ").prefix(3) == ["GOLD_MINI", "Long_1", "open"])
        #expect(positions[1].contains("GOLDM26"))
        #expect(await run("orders", "--state", "rejected").output == ["No orders."])
        let orders = try #require(try await run("orders", "--json").json() as? [[String: Any]])
        // A machine that is busy may have closed the gate of an attempt, which then has a row as well.
        let filled = orders.filter { $0["state"] as? String == "filled" }
        #expect(filled.count == 1 && filled[0]["side"] as? String == "BUY")
        #expect(await run("positions", "--instrument", "SILVER").complaint.contains("unknown instrument \"SILVER\" (known: GOLD_MINI"))
    }

    @Test("A verdict is explained with every constraint and gate, by any unique beginning of its fingerprint")
    func explain() async throws {
        let records = try await CommandHost.run(file, signals: signals) { records, _ in records }
        let fingerprint = records[0].fingerprint.text
        let text = await run("explain", String(fingerprint.prefix(10)))
        #expect(text.code == 0 && text.output.contains("fingerprint \(fingerprint)"))
        let explanation = try #require(records[0].explanation?.content)
        let sizing = try #require(explanation.sizing)
        #expect(text.text.contains("size: \(sizing.lots) lots by three-constraint, limited by \(sizing.limiter)"))
        for constraint in sizing.constraints {
            let quotient = constraint.quotient.description
            #expect(text.output.contains { $0.hasPrefix("  \(constraint.name) ") && $0.contains(quotient) }, "\(constraint)")
        }
        #expect(!explanation.gates.isEmpty)
        for gate in explanation.gates {
            #expect(text.output.contains { $0.contains(gate.name) && $0.contains(gate.value) && $0.contains(gate.limit) }, "\(gate)")
        }
        for counterfactual in explanation.counterfactuals { #expect(text.output.contains("  " + counterfactual.sentence)) }
        #expect(text.text.contains("BUY") && text.text.contains("filled"))
        let json = try #require(try await run("explain", fingerprint, "--json").json() as? [String: Any])
        #expect(json["fingerprint"] as? String == fingerprint && json["explanation"] != nil && (json["orders"] as? [Any])?.isEmpty == false)
        let refused = await run("explain", records[1].fingerprint.text)
        #expect(refused.text.contains("refused (\(records[1].reason?.rawValue ?? "none"))"))
        let absent = await run("explain", "00000000")
        #expect(absent.code == 1 && absent.errors == ["munim: no signal has a fingerprint that begins with 00000000"])
    }

    @Test("The status page shows money, positions and the last signals, read from the records when no host answers")
    func status() async throws {
        _ = try await CommandHost.run(file, signals: signals) { _, _ in 0 }
        let page = await run("status")
        #expect(page.code == 0)
        #expect(page.output.first?.hasPrefix("bench  paper, broker paper, storage sqlite") == true)
        #expect(page.text.contains("not reached") && page.text.contains("closed equity") && page.text.contains("GOLD_MINI"))
        #expect(page.text.contains("sessions are ignored") && page.text.contains("0 signals wait for a verdict"))
        #expect(!page.text.contains("holidays"))
        let later = await Munim.run(["status", "--config", file], clock: ShiftedClock(startingAt: CommandHost.morning + .days(600)))
        #expect(later.text.contains("not known\n  GOLD_MINI does not know the holidays of 2027"), "\(later.text)")
        let json = try #require(try await run("status", "--json").json() as? [String: Any])
        #expect(json["condition"] == nil && (json["positions"] as? [Any])?.count == 1)
    }

    @Test("Watching shows the page again every second until it is stopped")
    func watch() async throws {
        _ = try await CommandHost.run(file, signals: []) { _, _ in 0 }
        let clock = ManualClock()
        let line = ["status", "--watch", "--config", file]
        let watching = Task { await Munim.run(line, clock: clock) }
        for _ in 1...2 {
            await clock.waitForSleepers()
            clock.advance(by: .seconds(1))
        }
        await clock.waitForSleepers()
        watching.cancel()
        let result = await watching.value
        #expect(result.code == 0 && result.output.count { $0.hasPrefix("closed equity") } == 3, "\(result.text) \(result.complaint)")
    }

    @Test("Records and broker agree after a trade; without the broker's book they differ, and the choices are shown")
    func reconcile() async throws {
        _ = try await CommandHost.run(file, signals: [signals[0]]) { _, _ in 0 }
        let agreed = await run("reconcile")
        #expect(agreed.code == 0 && agreed.output.last == "records and broker agree" && agreed.output.count == 3)
        let book = folder.path + "/var/paper.db"
        let before = try Data(contentsOf: URL(filePath: book))
        #expect(await run("reconcile", "--json").code == 0)
        #expect(try Data(contentsOf: URL(filePath: book)) == before)
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: book + suffix) }
        let differing = await run("reconcile")
        #expect(differing.code == 1 && differing.text.contains("differs") && differing.text.contains("when the broker is right"))
        #expect(!FileManager.default.fileExists(atPath: book))
        let json = try #require(try await run("reconcile", "--json").json() as? [String: Any])
        #expect(json["agrees"] as? Bool == false && (json["contracts"] as? [[String: Any]])?.first?["broker"] as? Int == 0)
    }

    @Test("A trace reads as a story in the order of events")
    func trace() async throws {
        let path = folder.path + "/run.trace"
        let records = try await CommandHost.run(file, signals: [signals[0]], trace: path) { records, _ in records }
        let story = await Munim.run("trace", path)
        #expect(story.code == 0)
        let told = [
            "the host starts with its records", "signal \(records[0].fingerprint.text.prefix(12)): BASE_ENTRY GOLD_MINI Long_1 at 125000",
            "    send ", "accepted, order", "    verdict on \(records[0].fingerprint.text.prefix(12)): executed", "the host stops",
        ]
        var rest = story.output[...]
        for phrase in told {
            let index = try #require(rest.firstIndex { $0.contains(phrase) }, "\(phrase) is not told in its place")
            rest = rest[(index + 1)...]
        }
        let cut = try folder.write("{\"stimulus\":", to: "cut.trace")
        #expect(
            await Munim.run("trace", cut).errors == ["munim: \(cut):1: the line is no part of a trace, or was cut off when the host ended"])
        #expect(await Munim.run("trace", path + "x").code == 1)
    }
}
