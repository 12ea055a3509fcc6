import Foundation
import Glibc
import MunimKit
import Testing

@testable import munim

/// The shipped site in a real nginx, before a real host.
@Suite(
    .serialized, .timeLimit(.minutes(5)),
    .enabled(if: Nginx.program != nil, "no nginx is installed, and none was unpacked to .build/nginx: make test fetches it"))
struct NginxTests {
    private static let secret = "a-secret-for-webhooks"

    /// The `http` section that the site's head asks for.
    private static var setup: RunningHost.Setup {
        var setup = RunningHost.Setup()
        setup.http += ["secret: \(secret)", "trusted_proxies: [127.0.0.1]", "path_secret: true"]
        return setup
    }

    private static var entry: String { TestWebhook.baseEntry.body.replacing("}", with: #","secret":"\#(secret)"}"#) }

    private static func json(_ answer: RawClient.Answer?) -> TestJSON {
        (try? JSONDecoder().decode(TestJSON.self, from: Data(answer?.body ?? []))) ?? .null
    }

    /// `body` in pieces, as a sender without a length sends it.
    private static func chunked(_ body: String, piece: Int = 100) -> [UInt8] {
        let head = "POST /webhook HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        let bytes = Array(body.utf8)
        return stride(from: 0, to: bytes.count, by: piece).reduce(into: Array(head.utf8)) { sent, start in
            let part = bytes[start..<min(bytes.count, start + piece)]
            sent += Array("\(String(part.count, radix: 16))\r\n".utf8) + part + Array("\r\n".utf8)
        } + Array("0\r\n\r\n".utf8)
    }

    /// Runs `body` with the site before a whole host.
    private func behind(_ setup: RunningHost.Setup = Self.setup, _ body: (Nginx, RunningHost) async throws -> Void) async throws {
        try await RunningHost.run(setup) { host async throws in
            try await Nginx.run(before: host.port) { nginx async throws in try await body(nginx, host) }
        }
    }

    /// Sends a webhook as a sender does that is told to send it again, and answers what became of it, however busy the machine is.
    private func verdict(of request: [UInt8], through nginx: Nginx, at host: RunningHost) async throws -> TestJSON {
        var answer = await exchange(nginx.port, request)
        while answer?.status == 503 { answer = await exchange(nginx.port, request) }
        #expect(answer?.status == 200 || answer?.status == 202, "\(answer?.text ?? "") \(nginx.log)")
        let fingerprint = try #require(Self.json(answer)["fingerprint"].text)
        while true {
            let known = try await host.get("/signals/\(fingerprint)", token: RunningHost.token).json
            if known["status"].text.flatMap(SignalStatus.init(rawValue:))?.isVerdict == true { return known }
            try await host.application.clock.sleep(until: host.application.clock.now() + .milliseconds(2))
        }
    }

    @Test("A webhook is executed, its resend is a duplicate, and the secret may stand in the path")
    func executed() async throws {
        try await behind { nginx, host async throws in
            let entry = Self.entry
            #expect(try await verdict(of: post(body: entry), through: nginx, at: host)["status"].text == "executed")
            let again = await exchange(nginx.port, post(body: entry))
            #expect(again?.status == 200 && Self.json(again)["duplicate"].flag == true)
            var gold = TestWebhook.baseEntry
            gold.instrument = "GOLD_MINI"
            _ = try await verdict(of: post("/webhook/\(Self.secret)", body: gold.body), through: nginx, at: host)
            #expect(try await host.get("/signals", token: RunningHost.token).json["total"].number == 2)
        }
    }

    @Test("A body sent in chunks arrives whole, with its length")
    func chunkedBody() async throws {
        try await behind { nginx, host async throws in
            #expect(try await verdict(of: Self.chunked(Self.entry), through: nginx, at: host)["status"].text == "executed")
        }
    }

    @Test("A body over the limit is refused with 413 and does not reach the host, by its length and in chunks; one below it does")
    func tooLarge() async throws {
        try await behind { nginx, host async throws in
            let large = String(repeating: " ", count: 10_241)
            for request in [post(body: large), Self.chunked(large, piece: 4_096)] {
                let answer = await exchange(nginx.port, request)
                #expect(answer?.status == 413 && answer?.text.contains("<center>nginx</center>") == true, "\(answer?.text ?? "")")
            }
            #expect(try await received(host) == 0)
            let padded = Self.entry + String(repeating: " ", count: 10_240 - Self.entry.utf8.count)
            _ = try await verdict(of: post(body: padded), through: nginx, at: host)
            #expect(try await received(host) > 0)
        }
    }

    private func received(_ host: RunningHost) async throws -> Int {
        let page = try await host.get("/metrics", token: RunningHost.token).text
        let line = page.split(separator: "\n").first { $0.hasPrefix("munim_signals_received_total ") }
        return try #require(line.flatMap { Int($0.split(separator: " ")[1]) })
    }

    @Test("Nothing but the webhook is offered, by no other method, and the host's own answers pass unchanged")
    func surface() async throws {
        try await behind { nginx, host async throws in
            for path in ["/", "/health", "/config", "/openapi.json", "/emergency/stop", "/metrics"] {
                #expect(await exchange(nginx.port, post(path))?.status == 404, "\(path)")
            }
            #expect(await exchange(nginx.port, Array("GET /webhook HTTP/1.1\r\nHost: h\r\n\r\n".utf8))?.status == 403)
            let unbelieved = await exchange(nginx.port, post(body: TestWebhook.baseEntry.body))
            #expect(unbelieved?.status == 401 && Self.json(unbelieved)["error_type"].text == "unauthorized")
            #expect(await exchange(nginx.port, post(body: "{"))?.status == 400)
        }
    }

    @Test("Nobody outside says who sent a signal")
    func forgedSender() async throws {
        var setup = Self.setup
        setup.http.append("allow: [203.0.113.7]")
        try await behind(setup) { nginx, _ async throws in
            for header in ["X-Forwarded-For: 203.0.113.7\r\n", "Forwarded: for=203.0.113.7\r\n", ""] {
                #expect(await exchange(nginx.port, post(body: Self.entry, headers: header))?.status == 403, "\(header)")
            }
        }
    }

    @Test("Two hundred requests that wait for their verdicts, and slow senders beside them, hold up nobody")
    func suspended() async throws {
        let gate = Gate()
        let handler: HTTPHandler = { request in
            if request.body == Array("wait".utf8) { await gate.pass() }
            return HTTPResponse(status: 200, contentType: "text/plain", body: request.body)
        }
        try await withServer(handler: handler) { port, server in
            try await Nginx.run(before: port) { nginx async throws in
                let slow = await offPool { (0..<200).compactMap { _ in RawClient(port: nginx.port) } }
                await offPool { for client in slow { client.send("POST /webhook HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf") } }
                let waiting = await offPool {
                    let clients = (0..<200).compactMap { _ in RawClient(port: nginx.port) }
                    for client in clients { client.send(post(body: "wait")) }
                    gate.waitForArrivals(200)
                    return clients
                }
                for round in 0..<50 { #expect(await exchange(nginx.port, post(body: "\(round)"))?.text == "\(round)") }
                #expect(server.connectionCount < 300, "slow senders hold connections of nginx, not of the host")
                gate.open()
                let statuses = await offPool { waiting.map { $0.answer()?.status } }
                // On a machine so busy that 3 s have passed, the sender is told to send it again.
                #expect(statuses.allSatisfy { $0 == 200 || $0 == 503 }, "\(statuses)")
                let late = await offPool {
                    for client in slow { client.send(" done") }
                    return slow.count { [200, nil, 408].contains($0.answer()?.status) }
                }
                #expect(late == 200)
            }
        }
    }

    @Test("No log holds a secret that stands in the path, whatever becomes of the request", arguments: [nil, "unix:/there-is-none"])
    func pathSecret(upstream: String?) async throws {
        try await RunningHost.run(Self.setup) { host async throws in
            try await Nginx.run(before: host.port, at: upstream) { nginx async throws in
                let path = "/webhook/\(Self.secret)"
                let requests = [
                    post(path, body: Self.entry), post(path, body: String(repeating: "x", count: 20_000)),
                    post(path + "/more", body: Self.entry), post("/" + path, body: Self.entry),
                    post("/hook/\(Self.secret)", body: Self.entry),
                    Array("GET \(path) HTTP/1.1\r\nHost: h\r\nReferer: \(path)\r\nConnection: close\r\n\r\n".utf8),
                    Array("POST \(path)%zz HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n".utf8),
                    Array("POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\nContent-Length: 8\r\n\r\n".utf8),
                ]
                for request in requests { #expect(await exchange(nginx.port, request) != nil) }
                await offPool {
                    // One that leaves in the middle of its body.
                    RawClient(port: nginx.port)?.send("POST \(path) HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n{")
                    while nginx.accesses.split(separator: "\n").count < requests.count + 1 { usleep(2_000) }
                }
                #expect(nginx.accesses.contains(" upstream=\(upstream == nil ? "20" : "50")"), "\(nginx.accesses)")
                for log in [nginx.log, nginx.accesses] { #expect(!log.contains(Self.secret), "\(log)") }
            }
        }
    }

    @Test("An address that floods is told to send it again, in the language that the host speaks, once its burst is spent")
    func flood() async throws {
        try await withServer { port, _ in
            try await Nginx.run(before: port) { nginx async throws in
                var answers = 0
                var refusal: RawClient.Answer?
                while refusal == nil, answers < 5_000 {
                    let answer = await exchange(nginx.port, post(body: "\(answers)"))
                    if answer?.status == 503 { refusal = answer } else { answers += 1 }
                }
                #expect(answers >= 500 && refusal?.head.contains("Retry-After: 5\r\n") == true, "\(answers)")
                let failure = try InterfaceCoding.decode(Failure.self, from: refusal?.body ?? [])
                #expect(failure.errorType == .unavailable && failure.message.contains("send it again"))
            }
        }
    }

    @Test("Without a host the sender is told to send it again, in the language that the host speaks")
    func noHost() async throws {
        let port = try await RunningHost.run(Self.setup) { $0.port }
        try await Nginx.run(before: port) { nginx async throws in
            let answer = await exchange(nginx.port, post(body: Self.entry))
            #expect(answer?.status == 503 && answer?.head.contains("Retry-After: 5\r\n") == true, "\(answer?.head ?? "")")
            let failure = try InterfaceCoding.decode(Failure.self, from: answer?.body ?? [])
            #expect(failure.errorType == .unavailable && failure.message.contains("send it again"))
        }
    }
}
