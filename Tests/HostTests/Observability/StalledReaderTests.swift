import Foundation
import Glibc
import Synchronization
import Testing

@testable import munim

/// The program itself, with its standard error in a pipe.
private final class PipedHost: Sendable {
    let port: Int
    private let child: Mutex<Foundation.Process>
    private let pipe: Pipe

    /// Starts the shipped configuration and reads its log until it is ready, and no further; needs a thread of its own.
    init(in folder: TestFolder, _ line: [String] = []) throws {
        let shipped = try String(contentsOfFile: Repository.path + "/plugins.yaml", encoding: .utf8)
        _ = try folder.write(shipped.replacing("127.0.0.1:8080", with: "127.0.0.1:0"), to: "plugins.yaml")
        let child = Foundation.Process()
        let pipe = Pipe()
        child.executableURL = URL(filePath: Munim.program)
        child.arguments = ["serve", "plugins.yaml"] + line
        child.currentDirectoryURL = URL(filePath: folder.path)
        child.standardError = pipe
        child.standardOutput = FileHandle.nullDevice
        child.standardInput = FileHandle.nullDevice
        try OpenFileCrowd.avoiding { try child.run() }
        var log = ""
        while !log.contains("munim is ready") {
            let more = pipe.fileHandleForReading.availableData
            guard !more.isEmpty else { break }
            log += String(decoding: more, as: UTF8.self)
        }
        port = log.firstMatch(of: #/"listen":"127\.0\.0\.1:(\d+)/#).flatMap { Int($0.1) } ?? 0
        self.child = Mutex(child)
        self.pipe = pipe
    }

    deinit { child.withLock { if $0.isRunning { $0.terminate() } } }

    /// Sends the same refused webhook again and again on one connection; how many were answered.
    func refusals(_ count: Int) -> Int {
        guard let client = RawClient(port: port) else { return 0 }
        return (0..<count).prefix { _ in client.send(post(body: "{\"type\":\"x\"}")) && client.answer()?.status == 400 }.count
    }

    func leave() { try? pipe.fileHandleForReading.close() }

    func rest() -> String { String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }

    /// Asks the program to stop; its exit code, or -1 when a signal ended it.
    func stop() -> Int32 {
        child.withLock { child in
            kill(child.processIdentifier, SIGTERM)
            child.waitUntilExit()
            return child.terminationReason == .exit ? child.terminationStatus : -1
        }
    }
}

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
