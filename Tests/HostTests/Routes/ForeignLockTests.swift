import Foundation
import MunimKit
import MunimTesting
import Testing

@testable import munim

/// Another program that holds the lock of a database, as somebody's shell does that was left in a transaction.
final class ForeignLock: Sendable {
    private let child = Foundation.Process()
    private let input = Pipe()

    /// Takes the lock and returns when it is held; needs a thread of its own.
    init(_ path: String) throws {
        let output = Pipe()
        child.executableURL = URL(filePath: "/usr/bin/sqlite3")
        child.arguments = [path]
        child.standardInput = input
        child.standardOutput = output
        child.standardError = output
        try OpenFileCrowd.avoiding { try child.run() }
        input.fileHandleForWriting.write(Data(".timeout 60000\nBEGIN IMMEDIATE;\n.print held\n".utf8))
        var text = ""
        while !text.contains("held") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw PluginFault("no lock: \(text)") }
            text += String(decoding: more, as: UTF8.self)
        }
    }

    func release() {
        try? input.fileHandleForWriting.close()
        child.waitUntilExit()
    }

    /// Runs `body` while the lock of the host's database is held.
    static func whileHeld<Result>(
        of host: RunningHost, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        let path = host.folder.path + "/munim.db"
        let lock = try await offPool { Swift.Result { try ForeignLock(path) } }.get()
        do {
            let result = try await body()
            await offPool { lock.release() }
            return result
        } catch {
            await offPool { lock.release() }
            throw error
        }
    }
}

extension InterfaceTests {
    /// What a host answers while another program holds its database.
    @Suite(.timeLimit(.minutes(5))) struct ForeignLockTests {
        /// A host whose storage waits longer for a lock than any test lasts, so that an answer that comes waited for something else.
        private static var setup: RunningHost.Setup {
            var setup = RunningHost.Setup()
            setup.storage.append("busy_timeout: 60s")
            setup.operatorsWait = .milliseconds(50)
            return setup
        }

        @Test(
            "Webhooks and readiness are answered with 503 while the lock is held, and a signal that was told so is a duplicate afterwards")
        func answers() async throws {
            try await RunningHost.run(Self.setup) { host async throws in
                var entry = TestWebhook.baseEntry
                entry.at = host.application.clock.now()
                try await ForeignLock.whileHeld(of: host) { () async throws in
                    let reply = try await host.post(entry)
                    #expect(reply.status == 503 && reply.head.contains("Retry-After: 5\r\n"))
                    let ready = try await host.get("/ready")
                    #expect(ready.status == 503 && ready.json["storage"].flag == false && ready.json["reasons"].list.count == 1)
                    #expect(try await host.get("/health").status == 503)
                    #expect(try await host.get("/positions").status == 200)
                }
                #expect([200, 202].contains(try await host.post(entry).status))
                while try await host.get("/signals").json["items"][0]["status"].text != "executed" {}
                #expect(try await host.get("/signals").json["total"].number == 1)
                while try await host.get("/ready").status != 200 {}
            }
        }

        @Test("A capital request that was not answered in time books once, and its key is answered as soon as it is booked")
        func capital() async throws {
            try await RunningHost.run(Self.setup) { host async throws in
                let body = #"{"type":"DEPOSIT","amount":"5","by":"asha","key":"once"}"#
                try await ForeignLock.whileHeld(of: host) { () async throws in
                    for _ in 0..<2 { #expect(try await host.command("/capital", body).status == 503) }
                }
                while try await host.command("/capital", body).status == 503 {
                    try await host.application.clock.sleep(until: host.application.clock.now() + .milliseconds(5))
                }
                let answer = try await host.command("/capital", body)
                #expect(answer.status == 200 && answer.json["entry"]["equity_after"].text == "5000005")
                #expect(try await host.get("/capital").json["total"].number == 2)
            }
        }
    }
}
