import MunimKit
import Testing

@testable import munim

extension InterfaceTests {
    /// What is said of a signal, and what a resend does.
    @Suite(.timeLimit(.minutes(5))) struct SignalRouteTests {
        @Test("A signal is found by its fingerprint and by a unique beginning of it, with explanation, intent, orders and trades")
        func detail() async throws {
            try await RunningHost.run { host async throws in
                let verdict = try await host.verdict(of: .baseEntry)
                let fingerprint = try #require(verdict["fingerprint"].text)
                for text in [fingerprint, String(fingerprint.prefix(8)), fingerprint.uppercased()] {
                    let reply = try await host.get("/signals/\(text)")
                    #expect(reply.status == 200)
                    let signal = reply.json
                    #expect(signal["fingerprint"].text == fingerprint)
                    #expect(signal["status"].text == "executed")
                    #expect(signal["content"]["stop"].text == "51650")
                    #expect(signal["explanation"] == verdict["explanation"])
                    #expect(signal["explanation"]["sizing"]["constraints"].list.count == 3)
                    #expect(signal["intents"].list.map { $0["state"].text } == ["settled"])
                    #expect(signal["orders"].list.count == 2)
                    #expect(signal["orders"].list.allSatisfy { $0["state"].text == "filled" && $0["average_price"].text != nil })
                    #expect(signal["trades"].list.count == 2)
                }
                #expect(try await host.get("/signals/ffffffff").status == (fingerprint.hasPrefix("ffffffff") ? 200 : 404))
                let page = try await host.get("/signals").json
                #expect(page["items"][0]["explanation"] == .null)
                #expect(page["items"][0]["summary"].text != nil)
            }
        }

        @Test("A beginning that several fingerprints share is 409 and names them")
        func ambiguous() async throws {
            try await RunningHost.run { host async throws in
                let signal = Signal(
                    kind: .marketData, instrument: "BANK_NIFTY", target: .none, price: Price(whole: 1), stop: .zero, lots: .zero,
                    atr: .zero,
                    efficiencyRatio: .zero, supertrend: .zero, rateOfChange: nil, timestamp: Instant(seconds: 1), timestampText: "",
                    reason: nil,
                    entryPrice: nil)
                var transaction = Transaction()
                for last in ["a", "b"] {
                    let fingerprint = Fingerprint(String(repeating: "0", count: 63) + last)
                    var record = SignalRecord(
                        fingerprint: fingerprint, signal: signal, digest: "", rawBody: "", receivedAt: Instant(seconds: 1))
                    record.status = .executed
                    transaction.insert(record)
                }
                _ = try await host.application.store.commit(transaction)
                let reply = try await host.get("/signals/00000000")
                #expect(reply.status == 409)
                #expect(reply.json["details"].list.count == 2)
                #expect(try await host.get("/signals/\(String(repeating: "0", count: 63))b").status == 200)
            }
        }

        @Test("L-01: no accepted signal is answered with a 5xx, whatever becomes of it, and its resend trades nothing")
        func everyOutcome() async throws {
            try await RunningHost.run { host async throws in
                var late = TestWebhook(type: "BASE_ENTRY", instrument: "GOLD_MINI", price: "72000", stop: "71500", atr: "500")
                late.age = 3_600
                let webhooks: [TestWebhook] = [
                    .marketData(age: 60), late, TestWebhook(type: "PYRAMID", position: "Long_2", age: 50),
                    .exit("Long_3"), .exit(), .baseEntry, TestWebhook(type: "BASE_ENTRY", age: 2),
                    TestWebhook(type: "PYRAMID", position: "Long_2"),
                ]
                for var webhook in webhooks {
                    webhook.at = SystemClock().now()
                    let first = try await host.post(webhook)
                    #expect([200, 202].contains(first.status), "\(first.text)")
                    try await host.settled()
                    let known = try await host.get("/signals/\(first.json["fingerprint"].text ?? "")").json
                    let orders = try await host.get("/orders").json["total"].number
                    let again = try await host.post(webhook)
                    #expect(again.status == 200)
                    #expect(again.json["duplicate"].flag == true)
                    #expect(again.json["status"] == known["status"])
                    #expect(try await host.get("/orders").json["total"].number == orders)
                }
            }
        }

        @Test("I3 The identity of a signal with other content is answered 409, kept with an alert, and never traded")
        func conflict() async throws {
            try await RunningHost.run { host async throws in
                let webhook = TestWebhook(type: "BASE_ENTRY", at: SystemClock().now())
                var forged = webhook
                forged.price = "52001"
                #expect(try await host.verdict(of: webhook)["status"].text == "executed")
                for _ in 0..<2 { #expect(try await host.post(forged).status == 409) }
                try await host.restarted { next async throws in
                    #expect(try await next.post(forged).status == 409)
                    #expect(try await next.post(webhook).json["duplicate"].flag == true)
                    let alerts = try await next.get("/alerts").json
                    #expect(alerts["items"].list.map { $0["code"].text } == ["signal_conflict"])
                    #expect(alerts["items"][0]["delivered_at"].text != nil)
                    #expect(try await next.get("/orders").json["total"].number == 2)
                    #expect(try await next.get("/signals").json["total"].number == 1)
                }
            }
        }

        @Test("L-02: blocked, expired and rejected signals are answers and not errors")
        func businessOutcomes() async throws {
            try await RunningHost.run { host async throws in
                let blocked = TestWebhook(type: "PYRAMID", position: "Long_2")
                #expect([200, 202].contains(try await host.post(blocked).status))
                let refused = try await host.verdict(of: TestWebhook(type: "PYRAMID", position: "Long_3"))
                #expect(refused["status"].text == "refused")
                #expect(refused["reason"].text == "no_base_position_found")
                var old = TestWebhook(type: "BASE_ENTRY", instrument: "SILVER_MINI", price: "90500", stop: "88700", atr: "900")
                old.age = 3_600
                #expect(try await host.verdict(of: old)["status"].text == "expired")
                #expect(try await host.command("/faults", #"{"faults":"reject=1","by":"asha"}"#).status == 200)
                let entry = TestWebhook(type: "BASE_ENTRY", at: SystemClock().now())
                #expect(try await host.verdict(of: entry)["status"].text == "failed")
                let known = try await host.post(entry)
                #expect(known.status == 200)
                #expect(known.json["status"].text == "failed")
            }
        }

        @Test("What was stored is answered by the next process on the same folder")
        func restart() async throws {
            try await RunningHost.run { host async throws in
                let webhook = TestWebhook(type: "BASE_ENTRY", at: SystemClock().now())
                let fingerprint = try #require(try await host.verdict(of: webhook)["fingerprint"].text)
                let positions = try await host.get("/positions").json
                try await host.restarted { next async throws in
                    #expect(try await next.get("/positions").json == positions)
                    #expect(try await next.get("/signals/\(fingerprint)").json["status"].text == "executed")
                    #expect(try await next.post(webhook).json["duplicate"].flag == true)
                    #expect(try await next.get("/orders").json["total"].number == 2)
                }
            }
        }
    }
}
