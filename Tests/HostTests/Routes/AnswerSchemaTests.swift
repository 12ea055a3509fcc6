import Foundation
import MunimKit
import Testing

@testable import munim

extension InterfaceTests {
    /// What the description of the interface says of answers, against real answers.
    @Suite(.timeLimit(.minutes(5))) struct AnswerSchemaTests {
        private let book = AnswerBook()

        private func ask(
            _ askings: [Asking], of host: RunningHost, _ check: SchemaCheck, token: String? = RunningHost.token
        ) async throws {
            for asking in askings {
                let reply = try await host.send(asking.method, asking.path, body: asking.body, token: token)
                book.hold(reply, to: asking.method, asking.route, expecting: asking.status, check)
            }
        }

        private static let lists = ["/signals", "/positions", "/orders", "/trades", "/capital", "/audit", "/commands", "/alerts"]
        private static let pages = ["/portfolio", "/rollover/status", "/config", "/status"]
        private static let commands = [
            "/emergency/stop", "/emergency/resume", "/emergency/close-all", "/rollover/scan", "/rollover/execute",
            "/scopes/{instrument}/unfreeze", "/capital", "/manual-exit", "/faults",
        ]

        /// A route's pattern with words in place of its captures.
        private static func filled(_ route: String) -> String { route.replacing("{", with: "").replacing("}", with: "") }

        @Test("Every described answer of every route, errors among them, has exactly the form that the description gives")
        func everyAnswer() async throws {
            try await tradingHost()
            try await refusingHosts()
            try await brokenHost()
            try await slowHost()
            #expect(book.faults == [])
            #expect(book.unseen == [])
        }

        /// A host with a layer that rolled, one that was closed, an order that was refused, and a frozen instrument.
        private func tradingHost() async throws {
            var setup = RunningHost.Setup()
            setup.http += ["secret: a-secret-for-webhooks", "path_secret: true"]
            setup.risk += ["rollover: { entry_days: 0 }"]
            var rolling = setup
            rolling.instruments[0] =
                "BANK_NIFTY: { use: bank-nifty, \(RunningHost.Setup.knownYears), rollover: { use: days-before-expiry, days: 60 } }"
            setup.instruments[0] = "BANK_NIFTY: { use: bank-nifty, rollover: { use: never } }"
            try await RunningHost.run(setup) { host async throws in
                let check = try await book.open(host)
                try await ask(Self.lists.map { .get($0, 200) } + Self.pages.map { .get($0, 200) }, of: host, check)
                let entry = TestWebhook.baseEntry.body.replacing("}", with: #","secret":"a-secret-for-webhooks"}"#)
                try await webhooks(entry, host, check)
                try await host.freeze("SILVER_MINI", because: "a drill")
                try await host.restarted(rolling) { host async throws in try await operate(host, entry) }
            }
        }

        private func webhooks(_ entry: String, _ host: RunningHost, _ check: SchemaCheck) async throws {
            let unbelieved = TestWebhook.baseEntry.body
            for (route, path) in [("/webhook", "/webhook"), ("/webhook/{secret}", "/webhook/a-secret-for-webhooks")] {
                try await ask(
                    [
                        .post(route, entry, 200, path: path), .post(route, entry, 200, path: path),
                        .post(route, entry.replacing("52000", with: "52001"), 409, path: path),
                        .post(route, entry.replacing("52000", with: #""high""#), 400, path: path),
                        .post(route, entry.replacing("52000", with: "-1"), 422, path: path),
                        .post(route, entry.replacing("BANK_NIFTY", with: "SILK"), 422, path: path), .post(route, "{", 400, path: path),
                        .post(route, unbelieved, 401, path: path == "/webhook" ? path : "/webhook/wrong"),
                        .post(route, String(repeating: " ", count: 20_000), 413, path: path),
                    ], of: host, check, token: nil)
            }
            let gold = TestWebhook(type: "EXIT", instrument: "GOLD_MINI", position: "ALL", stop: "0", reason: "none is open")
            try await ask(
                [.post("/webhook", gold.body.replacing("}", with: #","secret":"a-secret-for-webhooks"}"#), 200)], of: host, check)
        }

        private func operate(_ host: RunningHost, _ entry: String) async throws {
            let check = try await book.open(host)
            let fingerprint = try #require(try await host.get("/signals").json["items"].list.last?["fingerprint"].text)
            let position = try #require(try await host.get("/positions").json["items"][0]["position_id"].text)
            let who = #""by":"asha""#
            let why = #"{"reason":"drill",\#(who)}"#
            try await ask(
                [
                    .post("/rollover/scan", "{\(who)}", 200), .post("/rollover/execute", "{\(who)}", 200),
                    .post("/rollover/execute", #"{\#(who),"dry_run":false}"#, 200),
                ], of: host, check)
            while try await host.get("/rollover/status").json["history"].list.isEmpty {
                try await host.application.clock.sleep(until: host.application.clock.now() + .milliseconds(5))
            }
            try await ask(Self.lists.map { .get($0, 200) } + Self.pages.map { .get($0, 200) }, of: host, check)
            #expect(try await host.get("/status").json["frozen"].list.count == 1)
            try await ask(Self.lists.map { .get($0, 400, path: "\($0)?nobody=1") }, of: host, check)
            try await ask(Self.pages.map { .get($0, 400, path: "\($0)?nobody=1") }, of: host, check)
            try await ask(Self.commands.map { .post($0, "[]", 400, path: $0.replacing("{instrument}", with: "SILK")) }, of: host, check)
            try await ask(
                [
                    .get("/signals/{fingerprint}", 200, path: "/signals/\(fingerprint)"),
                    .get("/signals/{fingerprint}", 404, path: "/signals/00000000"),
                    .get("/signals/{fingerprint}", 400, path: "/signals/zzz"),
                    .get("/positions/{id}", 200, path: "/positions/\(position)"), .get("/positions/{id}", 404, path: "/positions/nobody"),
                    .get("/positions/{id}", 400, path: "/positions/x?nobody=1"), .get("/health", 200), .get("/ready", 200),
                    .get("/metrics", 200), .get("/openapi.json", 200), .get("/openapi.json", 400, path: "/openapi.json?nobody=1"),
                    .post("/emergency/stop", why, 200), .post("/emergency/resume", why, 200), .post("/emergency/close-all", why, 200),
                    .post("/scopes/{instrument}/unfreeze", why, 200, path: "/scopes/SILVER_MINI/unfreeze"),
                    .post("/scopes/{instrument}/unfreeze", why, 404, path: "/scopes/SILK/unfreeze"),
                    .post("/faults", #"{"faults":"",\#(who)}"#, 200),
                    .post("/capital", #"{"type":"DEPOSIT","amount":"1000",\#(who),"key":"a"}"#, 200),
                    .post("/capital", #"{"type":"DEPOSIT","amount":"2000",\#(who),"key":"a"}"#, 409),
                    .post("/capital", #"{"type":"WITHDRAW","amount":"99999999",\#(who),"key":"b"}"#, 409),
                    .post("/manual-exit", #"{"position_id":"nobody","price":"1","reason":"drill",\#(who)}"#, 404),
                    .post("/manual-exit", #"{"position_id":"\#(position)","price":"52100","reason":"drill",\#(who)}"#, 200),
                    .post("/manual-exit", #"{"position_id":"\#(position)","price":"52100","reason":"drill",\#(who)}"#, 409),
                ], of: host, check)
            try await keys(of: host, check)
            try await host.twin(of: fingerprint)
            try await ask(
                [.get("/signals/{fingerprint}", 409, path: "/signals/\(fingerprint.prefix(8))")] + Self.lists.map { .get($0, 200) },
                of: host,
                check)
        }

        /// A key that was used for one request names no other.
        private func keys(of host: RunningHost, _ check: SchemaCheck) async throws {
            func body(_ reason: String) -> String { "{\"by\":\"asha\",\"key\":\"used\"\(reason)}" }
            let why = #","reason":"drill""#
            try await ask([.post("/emergency/stop", body(why), 200), .post("/emergency/stop", body(why), 200)], of: host, check)
            try await ask(
                [
                    .post("/emergency/stop", body(#","reason":"another drill""#), 409), .post("/emergency/resume", body(why), 409),
                    .post("/emergency/close-all", body(why + #","dry_run":false"#), 409),
                    .post("/scopes/{instrument}/unfreeze", body(why), 409, path: "/scopes/SILVER_MINI/unfreeze"),
                    .post("/rollover/scan", body(""), 409), .post("/rollover/execute", body(#","dry_run":false"#), 409),
                ], of: host, check)
            #expect(try await host.get("/commands?kind=stop&state=done").json["items"].list.count == 2)
        }

        /// Hosts that believe nobody: a wrong token, no token at all, a sender from elsewhere.
        private func refusingHosts() async throws {
            var setup = RunningHost.Setup()
            setup.http += ["trusted_proxies: [127.0.0.1]", "allow: [203.0.113.0/24]", "secret: a-secret-for-webhooks", "path_secret: true"]
            let captures = ["/signals/{fingerprint}", "/positions/{id}"]
            func everything(_ status: Int) -> [Asking] {
                (Self.lists + Self.pages + captures + ["/metrics"]).map { .get($0, status, path: Self.filled($0)) }
                    + Self.commands.map { .post($0, "{}", status, path: Self.filled($0)) }
            }
            try await RunningHost.run(setup) { host async throws in
                let check = try await book.open(host)
                try await ask(everything(401), of: host, check, token: "another-long-enough-token")
                try await ask(["/webhook", "/webhook/{secret}"].map { .post($0, "{}", 403, path: Self.filled($0)) }, of: host, check)
            }
            var open = RunningHost.Setup()
            open.http.append("path_secret: true")
            try await RunningHost.run(open) { host async throws in
                let check = try await book.open(host)
                for route in ["/webhook", "/webhook/{secret}"] {
                    let reply = try await host.send("POST", Self.filled(route), body: "{}", type: "text/plain")
                    book.hold(reply, to: "POST", route, expecting: 415, check)
                }
            }
            setup.http.removeFirst()
            try await RunningHost.run(setup) { host async throws in
                try await ask(everything(403), of: host, try await book.open(host))
            }
        }

        /// A host whose engine and then whose storage have gone.
        private func brokenHost() async throws {
            var setup = RunningHost.Setup()
            setup.http += ["secret: a-secret-for-webhooks", "path_secret: true"]
            try await RunningHost.run(setup) { host async throws in
                let check = try await book.open(host)
                try await host.endEngine()
                let body = #"{"by":"asha","reason":"drill","type":"DEPOSIT","amount":"1","key":"k","faults":""}"#
                let entry = TestWebhook.baseEntry.body
                let webhooks = [
                    Asking.post("/webhook", entry.replacing("}", with: #","secret":"a-secret-for-webhooks"}"#), 503),
                    .post("/webhook/{secret}", entry, 503, path: "/webhook/a-secret-for-webhooks"),
                ]
                try await ask(webhooks + [.get("/health", 503), .get("/ready", 503)], of: host, check)
                for (route, members) in [
                    ("/emergency/stop", ["by", "reason"]), ("/emergency/resume", ["by", "reason"]), ("/rollover/scan", ["by"]),
                    ("/rollover/execute", ["by"]), ("/scopes/{instrument}/unfreeze", ["by", "reason"]),
                    ("/capital", ["by", "type", "amount", "key"]),
                ] {
                    let chosen = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: String] ?? [:]
                    let text = "{" + members.map { "\"\($0)\":\"\(chosen[$0] ?? "")\"" }.joined(separator: ",") + "}"
                    try await ask(
                        [.post(route, text, 503, path: route.replacing("{instrument}", with: "GOLD_MINI"))], of: host, check)
                }
                await host.application.store.stop()
                try await ask((Self.lists + Self.pages.filter { $0 != "/config" }).map { .get($0, 503) }, of: host, check)
                try await ask(
                    [
                        .get("/signals/{fingerprint}", 503, path: "/signals/00000000"), .get("/positions/{id}", 503, path: "/positions/x"),
                        .post("/emergency/close-all", #"{"by":"asha","reason":"drill"}"#, 503),
                        .post("/manual-exit", #"{"position_id":"x","price":"1","reason":"drill","by":"asha"}"#, 503),
                    ], of: host, check)
            }
        }

        /// A host that answers before it has a verdict.
        private func slowHost() async throws {
            var setup = RunningHost.Setup()
            setup.http += ["secret: a-secret-for-webhooks", "path_secret: true", "reply_within: 1us"]
            try await RunningHost.run(setup) { host async throws in
                let check = try await book.open(host)
                for (route, instrument) in [("/webhook", "GOLD_MINI"), ("/webhook/{secret}", "SILVER_MINI")] {
                    var signal = TestWebhook.baseEntry
                    signal.instrument = instrument
                    let body = signal.body.replacing("}", with: #","secret":"a-secret-for-webhooks"}"#)
                    try await ask(
                        [.post(route, body, 202, path: route.replacing("{secret}", with: "a-secret-for-webhooks"))], of: host, check)
                }
            }
        }
    }
}
