import MunimKit
import Testing

@testable import munim

/// Who is believed where no secret is asked for.
@Suite(.timeLimit(.minutes(5))) struct LocalProgramTests {
    /// A request as some program makes it, and whether it is believed.
    struct Sender: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var type: String? = "application/json"
        var host = "127.0.0.1:8080"
        var headers = ""
        var status = 200
    }

    private static let senders: [Sender] = [
        Sender(testDescription: "curl"), Sender(testDescription: "a charset", type: "Application/JSON; charset=utf-8"),
        Sender(testDescription: "localhost", host: "LocalHost"), Sender(testDescription: "IPv6", host: "[::1]:8080"),
        Sender(testDescription: "typed into the address bar", headers: "Sec-Fetch-Site: none\r\n"),
        Sender(testDescription: "a form as text", type: "text/plain", status: 415),
        Sender(testDescription: "a form", type: "application/x-www-form-urlencoded", status: 415),
        Sender(testDescription: "no type", type: nil, status: 415),
        Sender(testDescription: "nearly JSON", type: "application/json5", status: 415),
        Sender(testDescription: "text that mentions JSON", type: "text/plain; application/json", status: 415),
        Sender(testDescription: "a page", headers: "Origin: https://shop.example\r\n", status: 403),
        Sender(testDescription: "a page in a file", headers: "Origin: null\r\n", status: 403),
        Sender(testDescription: "a page's fetch", headers: "Sec-Fetch-Site: cross-site\r\n", status: 403),
        Sender(testDescription: "a page on this machine", headers: "Sec-Fetch-Site: same-site\r\n", status: 403),
        Sender(testDescription: "a name that leads here", host: "shop.example", status: 403),
        Sender(testDescription: "a name that begins like this machine", host: "127.0.0.1.shop.example", status: 403),
        Sender(testDescription: "a name behind an address", host: "[::1]shop.example", status: 403),
        Sender(testDescription: "a port that is none", host: "localhost:80x", status: 403),
    ]

    @Test("Without a secret only a program of this machine trades, and no page that a person looks at", arguments: senders)
    func believed(_ sender: Sender) async throws {
        try await RunningHost.run { host async throws in
            let body = TestWebhook.marketData(age: 0).body
            let type = sender.type.map { "Content-Type: \($0)\r\n" } ?? ""
            let head =
                "POST /webhook HTTP/1.1\r\nHost: \(sender.host)\r\n\(type)\(sender.headers)Content-Length: \(body.utf8.count)\r\n\r\n"
            let answer = try #require(await exchange(host.port, Array((head + body).utf8)))
            #expect(answer.status == sender.status || sender.status == 200 && answer.status == 202, "\(answer.status) \(answer.text)")
            let stored = try await host.get("/signals").json["total"].number
            #expect(stored == (sender.status == 200 ? 1 : 0))
        }
    }

    @Test("With a secret the sender says where it comes from as it likes")
    func secret() async throws {
        var setup = RunningHost.Setup()
        setup.http.append("secret: a-secret-for-webhooks")
        try await RunningHost.run(setup) { host async throws in
            let body = TestWebhook.marketData(age: 0).body.replacing("}", with: #","secret":"a-secret-for-webhooks"}"#)
            let head = "POST /webhook HTTP/1.1\r\nHost: shop.example\r\nOrigin: null\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            let answer = await exchange(host.port, Array((head + body).utf8))
            #expect([200, 202].contains(answer?.status))
        }
    }

    @Test(
        "A Host field names this machine by its own names alone, with or without a port",
        arguments: [
            ("localhost", true), ("LOCALHOST:1", true), ("127.0.0.1", true), ("127.9.9.9:65535", true), ("[::1]", true),
            ("[::1]:8080", true),
            ("", false), ("localhost.", false), ("localhost:", false), ("localhost:123456", false), ("[::1", false), ("[::1]x", false),
            ("[::1]evil.example", false), ("[::1]:80evil", false), ("[::2]", false), ("::1", false), ("127.0.0.1.evil", false),
            ("128.0.0.1", false), ("127.1", false),
        ])
    func names(_ host: String, _ isThisMachine: Bool) {
        #expect(LocalProgram.namesThisMachine(host) == isThisMachine)
        #expect(!LocalProgram.namesThisMachine(nil))
    }
}
