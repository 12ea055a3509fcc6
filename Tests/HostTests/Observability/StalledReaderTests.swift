import Foundation
import Testing

@testable import munim

@Suite("A host and who reads its log", .serialized, .timeLimit(.minutes(5)))
struct StalledReaderTests {
    @Test("A reader of the log that stalls keeps no answer back, and does not keep the host from stopping")
    func stalled() async throws {
        let folder = try TestFolder()
        let (answered, code) = try await offPool {
            Result {
                let host = try PipedHost(in: folder)
                return (host.refusals(5_000), host.stop())
            }
        }.get()
        #expect(answered == 5_000 && code == 0)
    }

    @Test("A reader of the log that leaves does not end the host")
    func gone() async throws {
        let folder = try TestFolder()
        let (answered, code) = try await offPool {
            Result {
                let host = try PipedHost(in: folder)
                host.leave()
                return (host.refusals(100), host.stop())
            }
        }.get()
        #expect(answered == 100 && code == 0)
    }

    @Test("A flood of refusals becomes few lines that say how many they stand for, and the last word is written before the end")
    func flood() async throws {
        let folder = try TestFolder()
        let log = try await offPool {
            Result {
                let host = try PipedHost(in: folder)
                _ = host.refusals(3_000)
                _ = host.stop()
                return host.rest()
            }
        }.get()
        let lines = log.split(separator: "\n")
        let refusals = lines.filter { $0.contains("a webhook was refused") }
        let counts = refusals.map { line in line.firstMatch(of: #/"count":"(\d+)"/#).flatMap { Int($0.1) } ?? 1 }
        #expect(counts.reduce(0, +) == 3_000 && refusals.count < 300, "\(refusals.count) lines for \(counts.reduce(0, +))")
        #expect(lines.contains { $0.contains("the host has stopped") })
    }

    @Test("A command whose reader leaves ends quietly")
    func command() async throws {
        let folder = try TestFolder()
        let line = "\"\(Munim.program)\" simulate --seeds 1..40 --signals 20; echo code $? >&2"
        let result = try await Child.run("/bin/bash", ["-c", "(\(line)) | true"], in: folder.path)
        #expect(result.complaint.hasPrefix("code "), "\(result.complaint)")
        #expect(!result.complaint.contains("code 0"), "it noticed: \(result.complaint)")
    }
}
