import Foundation
import Glibc
import Synchronization

@testable import munim

/// The program itself, with its standard error in a pipe.
final class PipedHost: Sendable {
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
        return (0..<count).prefix { _ in client.send(Self.webhook("{\"type\":\"x\"}")) && client.answer()?.status == 400 }.count
    }

    /// Sends one webhook; the status of its answer, nil when there is none.
    func send(_ body: String) -> Int? {
        guard let client = RawClient(port: port), client.send(Self.webhook(body)) else { return nil }
        return client.answer()?.status
    }

    /// A webhook as a program of this machine sends it, which is believed without a secret.
    private static func webhook(_ body: String) -> [UInt8] { post(body: body, headers: "Content-Type: application/json\r\n") }

    /// Stops reading for good.
    func leave() { try? pipe.fileHandleForReading.close() }

    /// What the log says until the program ends.
    func rest() -> String { String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }

    /// Asks the program to stop; its exit code, or -1 when a signal ended it.
    func stop() -> Int32 {
        kill(child.withLock(\.processIdentifier), SIGTERM)
        return end()
    }

    /// Waits until the program ends by itself; its exit code, or -1 when a signal ended it.
    func end() -> Int32 {
        child.withLock { child in
            child.waitUntilExit()
            return child.terminationReason == .exit ? child.terminationStatus : -1
        }
    }
}
