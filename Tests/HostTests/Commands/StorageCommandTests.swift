import Foundation
import MunimKit
import Testing

@testable import munim

@Suite("munim migrate, backup and doctor")
struct StorageCommandTests {
    private let folder: TestFolder
    private let file: String

    init() throws {
        folder = try TestFolder()
        file = try CommandHost.configuration(in: folder)
    }

    private func run(_ line: String...) async -> CommandResult { await Munim.run(line + ["--config", file]) }

    @Test("Migrations go up and down again, and are checked")
    func roundTrip() async throws {
        let first = await run("migrate", "status")
        #expect(first.code == 0 && first.output.count > 1 && first.output[1].contains("not applied"))
        let newest = first.output.count - 1
        #expect(try folder.contents == ["bench.yaml"], "looking makes nothing")
        let missing = await run("migrate", "check")
        #expect(missing.code == 1 && missing.complaint.contains("is not applied: run munim migrate up"))
        #expect(await run("migrate", "up").output == ["the schema stood at 0 and stands at \(newest)"])
        #expect(await run("migrate", "check").output == ["the schema is complete: \(newest) applied"])
        #expect(await run("migrate", "status").output[1].contains("applied 2"))
        let json = try #require(try await run("migrate", "status", "--json").json() as? [[String: Any]])
        #expect(json.count == newest && json[0]["number"] as? Int == 1 && json[0]["applied_at"] != nil)
        #expect(await run("migrate", "up", "--to", "0").complaint.contains("munim migrate down --to 0"))
        #expect(await run("migrate", "down", "--to", "5", "--discard").code == 2)
        #expect(await run("migrate", "down", "--discard").output == ["the schema stood at \(newest) and stands at \(newest - 1)"])
        #expect(await run("migrate", "down", "--to", "0", "--discard").output == ["the schema stood at \(newest - 1) and stands at 0"])
        #expect(await run("migrate", "down", "--discard").complaint == "munim: no migration is applied")
        #expect(await run("signals").complaint.contains("munim migrate up"))
        #expect(await run("migrate", "up", "--to", "1").output == ["the schema stood at 0 and stands at 1"])
        #expect(await run("migrate", "up").code == 0)
        #expect(await run("signals").output == ["No signals."])
    }

    @Test("The schema is not touched while a host holds it")
    func locked() async throws {
        let result = try await CommandHost.run(file, signals: []) { _, _ in
            await Munim.run("migrate", "down", "--discard", "--config", file)
        }
        #expect(result.code == 1 && result.complaint.contains("is in use by process"))
    }

    @Test("The tables of a book are dropped only beside a copy, or when a person says that none is wanted")
    func bookIsKept() async throws {
        let entry = CommandHost.entry("GOLD_MINI", at: 125_000, stop: 124_400, atr: 300)
        _ = try await CommandHost.run(file, signals: [entry]) { _, _ in 0 }
        let signals = await run("signals").output
        #expect(signals.count == 2)
        let copy = folder.path + "/copy.db"
        for flags in [[], ["--discard", "--copy", copy]] {
            let refused = await Munim.run(["migrate", "down", "--to", "0", "--config", file] + flags)
            #expect(refused.code == 2 && refused.complaint.contains("expected either --copy FILE or --discard"), "\(refused.complaint)")
        }
        #expect(await run("signals").output == signals)
        let nowhere = await run("migrate", "down", "--to", "0", "--copy", folder.path + "/none/copy.db")
        #expect(nowhere.code == 1)
        #expect(await run("signals").output == signals, "no copy, no change")
        let down = await run("migrate", "down", "--to", "0", "--copy", copy)
        #expect(down.output == ["the records are copied to \(copy)", "the schema stood at 4 and stands at 0"])
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let other = try folder.write(text.replacing("path: bench.db", with: "path: \(copy)"), to: "copy.yaml")
        #expect(await Munim.run("signals", "--config", other).output == signals)
    }

    @Test("A backup made beside a running host is a database with the same records, and is never overwritten")
    func backup() async throws {
        let copy = folder.path + "/var/copy.db"
        let entry = CommandHost.entry("GOLD_MINI", at: 125_000, stop: 124_400, atr: 300)
        let made = try await CommandHost.run(file, signals: [entry]) { _, _ in await Munim.run("backup", copy, "--config", file) }
        #expect(made.code == 0 && made.output == ["the records are copied to \(copy)"])
        #expect(try Data(contentsOf: URL(filePath: copy)).starts(with: Data("SQLite format 3\0".utf8)))
        let again = await run("backup", copy)
        #expect(again.code == 1 && again.complaint.contains("exists already and is not overwritten"))
        let text = try String(contentsOfFile: file, encoding: .utf8).replacing("bench.db", with: "copy.db")
        let other = try folder.write(text, to: "copy.yaml")
        #expect(await Munim.run("signals", "--config", other).output == (await run("signals")).output)
        #expect(await Munim.run("doctor", "--config", other).output.contains { $0.hasPrefix("ok    integrity") })
    }

    @Test("The doctor looks at everything and says what to do", arguments: [false, true])
    func doctor(_ hasRun: Bool) async throws {
        if hasRun { _ = try await CommandHost.run(file, signals: []) { _, _ in 0 } }
        let result = await run("doctor")
        #expect(result.code == 0, "\(result.text)")
        let subjects = ["configuration", "folder", "disk space", "disk speed", "clock", "port", "open files", "calendar", "secret"]
        for subject in subjects + (hasRun ? ["schema", "integrity"] : ["records"]) {
            #expect(result.output.contains { $0.hasPrefix("ok    \(subject) ") || $0.hasPrefix("warn  \(subject) ") }, "\(subject)")
        }
        #expect(result.output.contains("      set http.operator_token"))
        let json = try #require(try await run("doctor", "--json").json() as? [[String: Any]])
        #expect(json.contains { $0["subject"] as? String == "operator token" && $0["state"] as? String == "warn" })
    }

    @Test("The doctor fails a faulty configuration, a folder that is none and a damaged database")
    func illness() async throws {
        let broken = try folder.write("broker: { use: papr }\n", to: "broken.yaml")
        let faulty = await Munim.run("doctor", "--config", broken)
        #expect(faulty.code == 1 && faulty.output.contains { $0.hasPrefix("fail  configuration") && $0.contains("papr") })
        _ = try folder.write("not a database at all, but long enough to be looked at\n", to: "var/bench.db")
        let damaged = await run("doctor")
        #expect(damaged.code == 1 && damaged.output.contains { $0.hasPrefix("fail  records") }, "\(damaged.text)")
        let text = try String(contentsOfFile: file, encoding: .utf8).replacing("\(folder.path)/var", with: "\(file)/var")
        let nowhere = await Munim.run("doctor", "--config", try folder.write(text, to: "nowhere.yaml"))
        #expect(nowhere.code == 1 && nowhere.output.contains { $0.hasPrefix("fail  folder") }, "\(nowhere.text)")
    }

    @Test("Records that only the host can read are a sentence")
    func memory() async throws {
        let text = try String(contentsOfFile: file, encoding: .utf8).replacing("use: sqlite, path: bench.db", with: "use: memory")
        let memory = try folder.write(text, to: "memory.yaml")
        let result = await Munim.run("signals", "--config", memory)
        #expect(result.code == 1)
        #expect(result.errors == ["munim: the records of storage memory can only be asked for at the host that keeps them"])
    }
}
