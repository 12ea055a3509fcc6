import MunimKit
import Testing

@testable import munim

@Suite struct WebhookAdmissionTests {
    private static let secret = "k7Qm2vXw9LpR4tZn"
    private static let older = "a-secret-that-is-being-replaced"

    /// Serves `/webhook` and `/webhook/{secret}`, and answers 200 with the fingerprinted text of the signal.
    private static func routes(_ admission: WebhookAdmission) -> HTTPHandler {
        let webhook: Route.Handler = { request, _ in
            switch admission.admit(request) {
            case .success(let parsed): .text(parsed.signal.canonicalText)
            case .failure(let refusal): refusal.response(requestID: request.id)
            }
        }
        let routes = Routes([
            Route(.post, "/webhook", webhook), Route(.post, "/webhook/{secret}", webhook), Route(.get, "/health") { _, _ in .text("ok") },
        ])
        return { await routes.answer($0) }
    }

    private static let both = SharedSecrets([secret, older].compactMap { SharedSecret($0) })
    private static let believing = routes(WebhookAdmission(secrets: both))

    private static func body(_ secret: String?) -> String {
        SampleBodies.body(SampleBodies.base, secret.map { ["secret": JSONText.quoted($0)] } ?? [:])
    }

    @Test(
        "Without the right secret in the right place nobody is believed, and learns nothing",
        arguments: [
            ("/webhook", body(nil)), ("/webhook", body("")), ("/webhook", body("wrong-wrong-wrong-wrong")),
            ("/webhook", body("k7Qm2vXw9LpR4tZ")),
            ("/webhook", body(secret + "n")), ("/webhook", body(secret.lowercased())), ("/webhook", body(secret + " ")),
            ("/webhook/", body(nil)),
            ("/webhook/" + secret.uppercased(), body(nil)), ("/webhook/wrong", body(secret)), ("/webhook?secret=" + secret, body(nil)),
            ("/webhook", SampleBodies.body(SampleBodies.base, ["Secret": JSONText.quoted(secret)])),
            ("/webhook", SampleBodies.body(SampleBodies.base, ["note": "{\"secret\":\(JSONText.quoted(secret))}"])),
            ("/webhook", SampleBodies.body(SampleBodies.base, ["price": "-1"])), ("/webhook/wrong", "no JSON"),
        ])
    func unbelieved(_ path: String, _ body: String) async throws {
        try await withServer(handler: Self.believing) { port, _ in
            let answer = await exchange(port, post(path, body: body))
            #expect(answer?.status == (path == "/webhook/" ? 404 : 401))
            #expect(answer?.text.contains("price") == false && answer?.text.contains(Self.secret) == false)
            #expect(await exchange(port, post(body: Self.body(Self.secret)))?.status == 200)
        }
    }

    @Test(
        "The secret is accepted in the body and in the path, the one being replaced too, whatever the content type says",
        arguments: [
            ("/webhook", body(secret)), ("/webhook", body(older)), ("/webhook/" + secret, body(nil)),
            ("/webhook/%6B7Qm2vXw9LpR4tZn", body(nil)),
        ])
    func believed(_ path: String, _ body: String) async throws {
        try await withServer(handler: Self.believing) { port, _ in
            for type in ["application/json", "text/plain", "image/png; charset=utf-16"] {
                let answer = await exchange(port, post(path, body: body, headers: "Content-Type: \(type)\r\n"))
                #expect(answer?.text == "v1|BANK_NIFTY|BASE_ENTRY|Long_1|2025-11-28T05:00:00Z")
            }
        }
    }

    @Test(
        "A secret that could be guessed, or that no body can carry, cannot be made",
        arguments: [
            ("", false), ("short", false), (String(repeating: "s", count: 15), false), (String(repeating: "ß", count: 15), false),
            (secret, true), (String(repeating: "ß", count: 128), true), (String(repeating: "s", count: 256), true),
            (String(repeating: "s", count: 257), false), (String(repeating: "ß", count: 129), false),
        ])
    func strength(_ text: String, _ isStrong: Bool) throws {
        let secret = SharedSecret(text)
        #expect((secret != nil) == isStrong)
        guard let secret else { return }
        #expect(SharedSecrets([secret]).accepts(text))
        #expect(!SharedSecrets([secret]).accepts(nil) && !SharedSecrets([secret]).accepts(""))
        #expect(!"\(secret)".contains(text) && !String(reflecting: secret).contains(text))
    }

    @Test("Without any secret nobody is believed")
    func noSecrets() { #expect(!SharedSecrets([]).accepts("") && !SharedSecrets([]).accepts(nil)) }

    @Test("Ten thousand guesses near the secret are all wrong")
    func guesses() {
        let secrets = Self.both
        let bytes = Array(Self.secret.utf8)
        let accepted = (0..<10_000).count { guess in
            var copy = bytes
            copy[guess % bytes.count] = copy[guess % bytes.count] ^ UInt8(1 + guess / bytes.count % 127)
            return secrets.accepts(String(decoding: copy, as: UTF8.self))
        }
        #expect(accepted == 0)
    }

    @Test("Faults are told to those who know the secret, with every field, and with NaN named")
    func faultsAreTold() async throws {
        try await withServer(handler: Self.believing) { port, _ in
            let text = SampleBodies.body(SampleBodies.base, ["price": "NaN", "atr": "NaN", "secret": JSONText.quoted(Self.secret)])
            let answer = try #require(await exchange(port, post(body: text)))
            #expect(answer.status == 400)
            let members = try StrictJSON.object(answer.body).members
            #expect(members["error_type"] == .string("validation_error") && members["status"] == .string("error"))
            guard case .array(let details) = members["details"], case .string(let message) = members["message"] else {
                Issue.record("no details in \(answer.text)")
                return
            }
            #expect(details.count == 2 && message.contains("price: found the bare word NaN"))
            let meaning = SampleBodies.body(SampleBodies.base, ["stop": "60000", "secret": JSONText.quoted(Self.secret)])
            #expect(await exchange(port, post(body: meaning))?.status == 422)
        }
    }

    @Test("Only allowed addresses are let in, judged by the socket and by what trusted proxies forward")
    func addresses() async throws {
        let senders = ["52.89.214.238", "203.0.113.0/24", "2001:db8::/32"].compactMap { AddressRange($0) }
        let direct = WebhookAdmission(secrets: Self.both, senders: senders)
        try await withServer(handler: Self.routes(direct)) { port, _ in
            let forged = post(body: Self.body(Self.secret), headers: "X-Forwarded-For: 203.0.113.7\r\n")
            #expect(await exchange(port, forged)?.status == 403)
        }
        let behind = WebhookAdmission(
            secrets: Self.both, senders: senders, trustedProxies: ["127.0.0.0/8", "10.0.0.0/8"].compactMap { AddressRange($0) })
        try await withServer(handler: Self.routes(behind)) { port, _ in
            let rows: [(String, Int)] = [
                ("203.0.113.7", 200), ("2001:db8::1", 200), ("::ffff:203.0.113.7", 200), ("9.9.9.9, 203.0.113.7", 200),
                ("203.0.113.7, 9.9.9.9", 403),
                ("203.0.113.7,10.1.2.3", 200), ("junk, 203.0.113.7, 10.0.0.1", 200), ("203.0.113.7, junk", 403), ("203.0.113.7,", 403),
                ("203.0.113.7 x", 403), ("", 403),
            ]
            for (forwarded, status) in rows {
                let answer = await exchange(port, post(body: Self.body(Self.secret), headers: "X-Forwarded-For: \(forwarded)\r\n"))
                #expect(answer?.status == status, "\(forwarded)")
            }
            let twice = post(body: Self.body(Self.secret), headers: "X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-For: 203.0.113.7\r\n")
            #expect(await exchange(port, twice)?.status == 400)
        }
    }

    @Test("A path has its methods, and nothing else exists", arguments: HTTPMethod.allCases)
    func surface(_ method: HTTPMethod) async throws {
        try await withServer(handler: Self.believing) { port, _ in
            func status(_ path: String) async -> (Int, String) {
                let answer = await offPool { () -> RawClient.Answer? in
                    guard let client = RawClient(port: port) else { return nil }
                    client.send("\(method.rawValue) \(path) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                    return client.head()
                }
                return (answer?.status ?? 0, answer?.head ?? "")
            }
            let webhook = await status("/webhook")
            #expect(webhook.0 == (method == .post ? 400 : 405))
            #expect(method == .post || webhook.1.contains("Allow: POST\r\n"))
            let health = await status("/health")
            #expect(health.0 == (method == .get || method == .head ? 200 : 405))
            #expect(health.0 == 200 || health.1.contains("Allow: GET, HEAD\r\n"))
            for path in ["/", "/metrics", "/debug", "/health/", "//health", "/Health", "/webhook/a/b", "/.git/config"] {
                #expect(await status(path).0 == 404, "\(path)")
            }
        }
    }
}
