import Foundation
import MunimKit
import Testing

@testable import munim

@Suite("Commands that ask the running host")
struct HostRequestTests {
    private static let token = "an-operators-token"

    /// Serves `routes` while `body` runs with a configuration that names the listener.
    private func serving(_ routes: [Route], _ body: (TestFolder, String) async throws -> Void) async throws {
        let folder = try TestFolder()
        let listen = try #require(ListenAddress("127.0.0.1:0"))
        let table = Routes(routes)
        let server = HTTPServer(options: HTTPServerOptions().listening(at: listen)) { await table.answer($0) }
        let port = try server.start()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            let http = "listen: 127.0.0.1:\(port), operator_token: \(Self.token)"
            try await body(folder, try CommandHost.configuration(in: folder, http: http))
            await server.stop(grace: .seconds(1))
            group.cancelAll()
        }
    }

    @Test("A rollover is asked of the host with the operator's token, and its answer is told", arguments: ["scan", "run"])
    func rollover(_ word: String) async throws {
        let path = word == "scan" ? "/rollover/scan" : "/rollover/execute"
        let route = Route(.post, path) { request, _ in
            guard request.header("authorization") == "Bearer \(Self.token)" else { return .text("who are you", status: 401) }
            return .encoded(OperatorAnswer(id: "1", isDone: true, message: "nothing is due", details: ["GOLD_MINI waits"]))
        }
        try await serving([route]) { _, file in
            let result = await Munim.run("rollover", word, "--config", file)
            #expect(result.code == 0 && result.output == ["nothing is due", "  GOLD_MINI waits"], "\(result.complaint)")
        }
    }

    @Test("The status comes from the host that answers")
    func status() async throws {
        let folder = try TestFolder()
        let file = try CommandHost.configuration(in: folder)
        let view = try await CommandHost.run(file, signals: []) { _, application in
            try await StatusView.read(
                from: application.store, configuration: application.configuration, condition: application.engine.condition,
                at: application.clock.now())
        }
        try await serving([Route(.get, "/status") { _, _ in .encoded(view) }]) { _, other in
            let result = await Munim.run("status", "--config", other)
            #expect(result.code == 0 && result.output.contains("host      ok"), "\(result.complaint)")
        }
    }

    @Test("A host that refuses, none that listens, and a configuration without a token are each a sentence")
    func refusals() async throws {
        try await serving([Route(.post, "/rollover/scan") { _, _ in .text("no", status: 403) }]) { folder, file in
            let refused = await Munim.run("rollover", "scan", "--config", file)
            #expect(refused.code == 1 && refused.errors == ["munim: the host answers 403: no"])
        }
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
