import MunimKit
import MunimTesting
import Testing

@testable import munim

extension InterfaceTests {
    /// Who may use which route.
    @Suite(.timeLimit(.minutes(5))) struct AccessTests {
        /// Every route that answers somebody who knows no secret, wherever the host listens.
        static let open: Set<String> = ["POST /webhook", "GET /health", "GET /ready", "GET /openapi.json"]
        /// What programs on the same machine may read besides.
        static let local: Set<String> = [
            "GET /metrics", "GET /signals", "GET /signals/{fingerprint}", "GET /positions", "GET /positions/{id}", "GET /orders",
            "GET /trades",
            "GET /portfolio", "GET /capital", "GET /rollover/status", "GET /config", "GET /status", "GET /audit", "GET /alerts",
            "GET /commands",
        ]

        /// What the routes of `table` answer without a token, by method and pattern.
        private static func unbelieved(_ host: RunningHost, _ table: [RouteDescription], port: Int, token: String? = nil) async throws
            -> [String: Int]
        {
            var statuses: [String: Int] = [:]
            for route in table {
                let path = route.pattern.split(separator: "/").map { $0.hasPrefix("{") ? "0123456789abcdef" : String($0) }.joined(
                    separator: "/")
                let body = route.method == .post ? "{}" : nil
                let reply = try await host.send(route.method.rawValue, "/" + path, body: body, token: token, port: port)
                statuses["\(route.method.rawValue) \(route.pattern)"] = reply.status
            }
            return statuses
        }

        @Test(
            "L-69: every route that is not on the list of public ones answers 401 without the token, and with a wrong one",
            arguments: [nil, "wrong-wrong-wrong-wrong"])
        func publicRoutes(_ token: String?) async throws {
            try await RunningHost.run { host async throws in
                let statuses = try await Self.unbelieved(host, host.interface.mainTable, port: host.port, token: token)
                let answering = Set(statuses.filter { $0.value != 401 }.keys)
                #expect(answering == Self.open.union(Self.local))
                #expect(statuses.count > answering.count)
            }
        }

        @Test("L-69: where other machines reach the listener, reading needs the token as well")
        func reachable() async throws {
            var setup = RunningHost.Setup()
            setup.listen = "0.0.0.0:0"
            setup.http.append("secret: a-secret-for-webhooks")
            try await RunningHost.run(setup) { host async throws in
                let statuses = try await Self.unbelieved(host, host.interface.mainTable, port: host.port)
                #expect(Set(statuses.filter { $0.value != 401 }.keys) == Self.open.subtracting(["POST /webhook"]))
                #expect(try await host.get("/status", token: RunningHost.token).status == 200)
                #expect(try await host.get("/health").status == 200)
            }
        }

        @Test("Without a configured token an operator route answers 403 with what to do, whatever it is sent")
        func noToken() async throws {
            var setup = RunningHost.Setup()
            setup.http = []
            try await RunningHost.run(setup) { host async throws in
                for token in [nil, "", "x", RunningHost.token] {
                    let reply = try await host.command("/emergency/stop", #"{"reason":"drill","by":"asha"}"#, token: token)
                    #expect(reply.status == 403)
                    #expect(reply.json["message"].text?.contains("http.operator_token") == true)
                }
                #expect(try await host.get("/status").json["trading"]["is_stopped"].flag == false)
            }
        }

        @Test("Operator routes stand on their own listener when one is configured, and nowhere else")
        func ownListener() async throws {
            var setup = RunningHost.Setup()
            setup.http.append("admin: 127.0.0.1:0")
            try await RunningHost.run(setup) { host async throws in
                #expect(try await host.command("/emergency/stop", #"{"reason":"drill","by":"asha"}"#).status == 404)
                #expect(try await host.send("POST", "/webhook", body: "{}").status == 400)
                let admin = try #require(host.adminPort)
                let body = #"{"reason":"drill","by":"asha"}"#
                #expect(try await host.send("POST", "/emergency/stop", body: body, port: admin).status == 401)
                #expect(try await host.send("POST", "/emergency/stop", body: body, token: RunningHost.token, port: admin).status == 200)
                #expect(try await host.send("POST", "/webhook", body: "{}", port: admin).status == 404)
                #expect(try await host.send("GET", "/status", port: admin).json["trading"]["is_stopped"].flag == true)
                #expect(Set(host.interface.adminTable.map(\.pattern)).contains("/emergency/stop"))
                #expect(!host.interface.adminTable.contains { $0.pattern.hasPrefix("/webhook") })
            }
        }

        @Test(
            "A page that resolves its own name to this machine reads nothing without the token",
            arguments: ["attacker.example", "attacker.example:8080", "127.evil.example", "[::1]evil.example", ""])
        func rebinding(_ name: String) async throws {
            try await RunningHost.run { host async throws in
                let reply = try await host.send("GET", "/positions", host: name)
                #expect(reply.status == 401 || reply.status == 400)
                #expect(try await host.send("GET", "/positions", host: "127.0.0.1:\(host.port)").status == 200)
            }
        }

        @Test("Each request without the right operator token is counted, and stands in the log with its sender and its route")
        func guesses() async throws {
            try await RunningHost.run { host async throws in
                for guess in ["wrong-wrong-wrong-wrong", nil] {
                    #expect(try await host.command("/emergency/stop", #"{"reason":"drill","by":"asha"}"#, token: guess).status == 401)
                }
                #expect(try await host.get("/metrics").text.contains("munim_operator_requests_refused_total{status=\"401\"} 2\n"))
                let lines = host.log.lines.filter { $0.message == "an operator's request was refused" }
                #expect(lines.count == 2 && lines.allSatisfy { $0.severity == .warning })
                #expect(lines.first?.value("route") == "/emergency/stop" && lines.first?.value("peer") == "127.0.0.1")
                #expect(!"\(lines)".contains("wrong-wrong"))
                // A guess locks nobody out.
                #expect(try await host.command("/emergency/stop", #"{"reason":"drill","by":"asha"}"#).status == 200)
            }
        }

        @Test("Only Authorization: Bearer with the whole token, once, is believed")
        func bearer() async throws {
            let options = try #require(HTTPConfigurationSample.read(["listen": "127.0.0.1:0", "operator_token": RunningHost.token]))
            let gate = AccessGate(options, listen: options.listen)
            func status(_ values: String...) -> Int? {
                let fields = values.map { HTTPField(name: "authorization", value: $0) }
                let request = HTTPRequest(id: "1", method: .post, path: [], headers: fields, body: [], peer: .loopback)
                return gate.refusal(of: request, .operators)?.status
            }
            #expect(status("Bearer \(RunningHost.token)") == nil)
            #expect(status("bearer  \(RunningHost.token)") == nil)
            for wrong in [
                "", "Bearer", "Bearer ", RunningHost.token, "Basic \(RunningHost.token)", "Bearer \(RunningHost.token)x", "Bearer a-token",
            ] {
                #expect(status(wrong) == 401)
            }
            #expect(status() == 401)
            #expect(status("Bearer \(RunningHost.token)", "Bearer \(RunningHost.token)") == 401)
        }
    }
}

/// The section `http` by itself.
enum HTTPConfigurationSample {
    static func read(_ options: [String: String]) -> HTTPConfiguration? {
        let text = options.map { "\($0.key): \"\($0.value)\"" }.joined(separator: "\n")
        guard let node = ConfigFile.parse(Array(text.utf8), file: "test").0 else { return nil }
        let (value, faults) = OptionReader.read(node, file: "test") { HTTPConfiguration(from: &$0) }
        return faults.isEmpty ? value : nil
    }
}
