import Foundation
import Glibc
import Testing

@testable import munim

@Suite("A host whose records are taken away", .timeLimit(.minutes(5)))
struct LostRecordsTests {
    /// What became of a host.
    private struct Ending: Sendable {
        var statuses: [Int?]
        var code: Int32
        var log: String
    }

    @Test(
        "It acknowledges nothing more, tells every channel, keeps what it acknowledged, and ends; nobody starts until a person has decided",
        arguments: ["munim.db", "paper.db"])
    func taken(_ name: String) async throws {
        let folder = try TestFolder()
        let file = folder.path + "/var/" + name
        let ending = try await offPool { () -> Result<Ending, any Error> in
            Result {
                _ = try PipedHost(in: folder).stop()
                try FileManager.default.copyItem(atPath: file, toPath: folder.path + "/copy")
                let host = try PipedHost(in: folder)
                var statuses = [host.send(TestWebhook.baseEntry.body)]
                rename(folder.path + "/copy", file)
                for age in 1...5 { statuses.append(host.send(TestWebhook.marketData(age: Int64(age)).body)) }
                let code = host.end()
                return Ending(statuses: statuses, code: code, log: host.rest())
            }
        }.get()
        #expect([200, 202].contains(ending.statuses[0] ?? 0) && ending.code == 1, "\(ending.statuses) \(ending.code)")
        if name == "munim.db" { #expect(ending.statuses.dropFirst().allSatisfy { $0 == nil || $0 == 503 }, "\(ending.statuses)") }
        #expect(
            ending.log.contains(#""code":"records_lost""#) && ending.log.contains("var/\(name) was replaced by another file"),
            "\(ending.log)")
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/var").filter { $0.hasPrefix(name + ".rescued-") }
        #expect(kept.count == 1, "\(kept)")

        let again = try await Munim.program("serve", in: folder.path)
        #expect(again.code == 1 && again.complaint.contains(kept.first ?? "nothing was kept"), "\(again.complaint)")
        if name == "munim.db" {
            let doctor = try await Munim.program("doctor", in: folder.path)
            #expect(doctor.code == 1 && doctor.text.contains(kept.first ?? "nothing was kept"), "\(doctor.text)")
        }
        // The person decides for what the host had acknowledged.
        rename(folder.path + "/var/" + (kept.first ?? ""), file)
        let (code, log) = try await offPool { [path = folder.path] in Result { try ProgramTests.serveOnce(in: path) } }.get()
        #expect(code == 0, "\(log)")
        let signals = try await Munim.program("signals", "--json", in: folder.path)
        #expect(signals.text.contains("BASE_ENTRY"))
    }
}
