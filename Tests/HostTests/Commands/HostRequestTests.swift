import Foundation
import MunimKit
import Testing

@testable import munim

@Suite("Commands that ask the running host")
struct HostRequestTests {
    private static let token = "an-operators-token"

    /// Runs a host with all its routes; `body` gets a configuration that names its listener.
    private func serving(_ signals: [Signal] = [], _ body: @Sendable @escaping (String) async throws -> Void) async throws {
        let folder = try TestFolder()
        let file = try CommandHost.configuration(in: folder, http: "listen: 127.0.0.1:0, operator_token: \(Self.token)")
        try await CommandHost.run(file, signals: signals) { _, application in
            let servers = try Servers(application, recorder: nil)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            let reached = try folder.write(text.replacing("listen: 127.0.0.1:0", with: "listen: \(servers.addresses)"), to: "reached.yaml")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for server in servers.all { group.addTask { await server.run() } }
                try await body(reached)
                for server in servers.all { await server.stop(grace: .seconds(1)) }
                group.cancelAll()
            }
        }
    }

    @Test("A rollover is asked of the host with the operator's token, and its answer is told", arguments: ["scan", "run"])
    func rollover(_ word: String) async throws {
        try await serving([CommandHost.entry("GOLD_MINI", at: 125_000, stop: 124_400, atr: 300)]) { file in
            let result = await Munim.run("rollover", word, "--by", "asha", "--config", file)
            #expect(result.code == 0 && result.output.first?.isEmpty == false, "\(result.complaint)")
            let json = try await Munim.run("rollover", word, "--json", "--config", file).json() as? [String: Any]
            #expect(json?["status"] as? String == (word == "scan" ? "dry_run" : "done"))
            let text = try String(contentsOfFile: file, encoding: .utf8).replacing(Self.token, with: "another-token-1234")
            try Data(text.utf8).write(to: URL(filePath: file))
            let strange = await Munim.run("rollover", word, "--config", file)
            #expect(strange.code == 1 && strange.errors == ["munim: the host answers 401: the operator token is missing or wrong"])
        }
    }

    @Test("The status comes from the host that answers, and the doctor knows who holds the port")
    func status() async throws {
        try await serving { file in
            let result = await Munim.run("status", "--config", file)
            #expect(result.code == 0 && result.output.contains("host      ok"), "\(result.complaint)")
            #expect(
                await Munim.run("doctor", "--config", file).output.contains {
                    $0.hasPrefix("ok    port") && $0.contains("munim \(Version.current) answers at")
                })
        }
    }

    @Test(
        "Something else that answers at the port is no host to the doctor",
        arguments: [(200, "{}"), (404, "not found"), (200, #"{"status":"healthy"}"#), (503, "")])
    func stranger(_ status: Int, _ body: String) async throws {
        let folder = try TestFolder()
        let file = try CommandHost.configuration(in: folder, http: "listen: 127.0.0.1:0")
        var options = HTTPServerOptions()
        options.port = 0
        let server = HTTPServer(options: options) { _ in
            HTTPResponse(status: status, contentType: "application/json", body: Array(body.utf8))
        }
        let port = try server.start()
        let text = try String(contentsOfFile: file, encoding: .utf8).replacing("listen: 127.0.0.1:0", with: "listen: 127.0.0.1:\(port)")
        let taken = try folder.write(text, to: "taken.yaml")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            let result = await Munim.run("doctor", "--config", taken)
            await server.stop(grace: .seconds(1))
            #expect(result.code == 1)
            let line = result.output.first { $0.contains("port") }
            #expect(
                line == "fail  port            what answers at 127.0.0.1:\(port) is no munim: it says \(status) to /health",
                "\(result.text)")
            group.cancelAll()
        }
    }

    @Test("A host that does not listen, and a configuration without a token, are each a sentence")
    func refusals() async throws {
        let folder = try TestFolder()
        let silent = try CommandHost.configuration(in: folder, http: "listen: 127.0.0.1:0, operator_token: \(Self.token)")
        #expect(await Munim.run("rollover", "run", "--config", silent).complaint.hasPrefix("munim: no host listens at 127.0.0.1:0"))
        let open = try CommandHost.configuration(in: folder)
        let tokenless = await Munim.run("rollover", "run", "--config", open)
        #expect(tokenless.code == 2 && tokenless.complaint.contains("no http.operator_token"))
    }

    @Test(
        "An answer that is none, or broke off, is refused",
        arguments: [
            "", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", "HTTP/1.1\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n",
        ])
    func brokenAnswer(_ text: String) {
        #expect(throws: CommandFailure.self) { try HostConnection.answer(in: Array(text.utf8)) }
    }
}
