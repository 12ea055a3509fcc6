import MunimKit
import Testing

@testable import munim

extension InterfaceTests {
    /// The account and the host as a whole.
    @Suite(.timeLimit(.minutes(5))) struct AccountTests {
        @Test("The portfolio shows equity, profit at the last price, and each stake with its share and its light")
        func portfolio() async throws {
            try await RunningHost.run { host async throws in
                #expect(try await host.verdict(of: .baseEntry)["status"].text == "executed")
                var market = TestWebhook.marketData(age: 0)
                market.price = "52100"
                market.at = Instant(seconds: SystemClock().now().seconds + 1)
                #expect(try await host.verdict(of: market)["status"].text == "executed")
                let portfolio = try await host.get("/portfolio").json
                let position = try await host.get("/positions").json["items"][0]
                #expect(portfolio["closed_equity"].text == "5000000")
                #expect(portfolio["positions"].number == 1)
                #expect(portfolio["risk"]["amount"] == position["risk_amount"])
                #expect(portfolio["margin"]["amount"] == position["margin_amount"])
                // 2 lots at 30 a point, 100 points.
                #expect(position["lots"].number == 2)
                #expect(portfolio["unrealized_pnl"].text == "6000")
                #expect(portfolio["open_equity"].text == "5006000")
                #expect(portfolio["margin"]["percent"].text == "10.8")
                #expect(portfolio["traffic_light"].text == "green")
                let id = try #require(position["position_id"].text)
                #expect(try await host.get("/positions/\(id)").json == position)
                #expect(try await host.get("/positions/nobody").status == 404)
            }
        }

        @Test(
            "A stake is green up to its first number, and red above its last, exactly",
            arguments: [
                ("500000", PortfolioView.Light.green), ("500000.0001", .yellow), ("600000", .yellow), ("600000.0001", .orange),
                ("750000", .orange), ("750000.0001", .red),
            ])
        func lights(_ amount: String, _ light: PortfolioView.Light) throws {
            let steps = [Ratio(units: 100_000), Ratio(units: 120_000), Ratio(units: 150_000)]
            #expect(PortfolioView.Stake(try Money(amount), of: Money(whole: 5_000_000), steps).light == light)
        }

        @Test("Anything at stake without equity is red, and has no share")
        func noEquity() {
            let stake = PortfolioView.Stake(
                Money(units: 1), of: .zero, [Ratio(units: 100_000), Ratio(units: 120_000), Ratio(units: 150_000)])
            #expect(stake.light == .red)
            #expect(stake.percent == nil)
            #expect(Percent.text(Money(whole: 74_250), of: Money(whole: 5_000_000)) == "1.485")
        }

        @Test("The configuration shows every option of the host, and no secret")
        func configuration() async throws {
            var setup = RunningHost.Setup()
            setup.http += ["secret: a-secret-for-webhooks", "previous_secret: an-older-webhook-secret"]
            try await RunningHost.run(setup) { host async throws in
                let reply = try await host.get("/config")
                for secret in [RunningHost.token, "a-secret-for-webhooks", "an-older-webhook-secret"] {
                    #expect(!reply.text.contains(secret))
                }
                for name in ["secret", "previous_secret", "operator_token"] { #expect(reply.json["http"][name].text == Secret.redacted) }
                let described = HostConfiguration.descriptions().map(\.path).filter {
                    !$0.contains("[]") && !$0.contains("NAME") && !["load", "alerts"].contains($0)
                }
                #expect(described.count > 50)
                for path in described {
                    let parts = path.split(separator: ".").map(String.init)
                    let parent = parts.dropLast().reduce(reply.json) { $0[$1] }
                    #expect(parent.members[parts.last ?? ""] != nil, "\(path) is missing")
                }
                #expect(Set(reply.json["instruments"].members.keys) == Set(RunningHost.instruments))
                #expect(reply.json["instruments"]["BANK_NIFTY"]["terms"]["lot_size"].number == 30)
                #expect(reply.json["risk"]["initial_capital"].text == "5000000")
                #expect(reply.json["broker"]["options"]["funds"].text == "10000000")
                #expect(reply.json["storage"]["options"]["path"].text == "munim.db")
                let sizing = reply.json["instruments"]["BANK_NIFTY"]["sizing"]
                #expect(sizing["use"].text == "three-constraint" && sizing["options"]["risk"].text == "1%")
                #expect(reply.json["instruments"]["BANK_NIFTY"]["rollover"]["options"]["days"].number == 5)
                #expect(reply.json["instruments"]["GOLD_MINI"]["rollover"]["options"]["tender_days"].number == 5)
                #expect(reply.json["instruments"]["GOLD_MINI"]["options"]["initial_stop"].text == "1")
            }
        }

        @Test("L-07: protection that is switched off shows in health, status and configuration; protection that is on does not")
        func guards() async throws {
            var setup = RunningHost.Setup()
            setup.risk = ["signals: { sessions: ignored }", "limits: { enforced: false }", "divergence: { enforced: false }"]
            try await RunningHost.run(setup) { host async throws in
                for path in ["/health", "/status", "/config"] {
                    let words = try await host.get(path).json["disabled_guards"].list.compactMap { $0.text?.split(separator: " ").first }
                    #expect(words == ["sessions", "limits", "divergence"])
                }
            }
            setup.risk = []
            try await RunningHost.run(setup) { host async throws in
                #expect(try await host.get("/health").json["disabled_guards"].list.isEmpty)
            }
        }

        @Test("Holidays that are not known show in health and status, and as an alert, and the host is healthy all the same")
        func calendarGaps() async throws {
            let year = TradingDay(of: SystemClock().now()).date.year
            var setup = RunningHost.Setup()
            setup.instruments = [
                "GOLD_MINI: { use: gold-mini, calendar: weekdays, known_years: [\(year + 1)], rollover: { use: never } }",
                "SILVER_MINI: { use: silver-mini, known_years: [\(year), \(year + 1)], rollover: { use: never } }",
            ]
            try await RunningHost.run(setup) { host async throws in
                for path in ["/health", "/status"] {
                    let reply = try await host.get(path)
                    let gaps = reply.json["calendar_gaps"].list.compactMap(\.text)
                    #expect(reply.status == 200 && gaps.count == 1, "\(path) \(gaps)")
                    #expect(gaps.first?.hasPrefix("GOLD_MINI does not know the holidays of \(year): only weekends") == true)
                }
                #expect(try await host.get("/health").json["status"].text == "healthy")
                let alerts = try await host.get("/alerts?code=calendar_unknown").json["items"].list
                #expect(alerts.map { $0["instrument"].text } == ["GOLD_MINI"])
                #expect(alerts.first?["severity"].text == "error")
            }
        }

        @Test(
            "A machine whose clock was set while the host runs makes it degraded, in words; what a time service does, does not",
            arguments: [
                (Span.minutes(60), "3600 s ahead"), (Span.minutes(-60), "3600 s back"), (.milliseconds(2_001), "2.001 s ahead"),
                (.seconds(2), "ok"), (.seconds(-2), "ok"), (.zero, "ok"),
            ])
        func clockWasSet(by span: Span, says: String) async throws {
            var setup = RunningHost.Setup()
            setup.clock = SetClock(ahead: span)
            try await RunningHost.run(setup) { host async throws in
                let reply = try await host.get("/health")
                #expect(reply.json["components"]["clock"].text?.contains(says) == true, "\(reply.json)")
                #expect(reply.json["status"].text == (says == "ok" ? "healthy" : "degraded") && reply.status == 200)
            }
        }

        @Test("L-68: a host that cannot work answers 503 at health and ready, and says which part fails")
        func unhealthy() async throws {
            try await RunningHost.run { host async throws in
                #expect(try await host.get("/health").status == 200)
                #expect(try await host.get("/health").json["status"].text == "healthy")
                let ready = try await host.get("/ready")
                #expect(ready.status == 200)
                for part in ["ready", "storage", "broker", "engine"] { #expect(ready.json[part].flag == true) }
                try await host.endEngine()
                let health = try await host.get("/health")
                #expect(health.status == 503)
                #expect(health.json["components"]["engine"].text == "ended")
                #expect(try await host.get("/ready").status == 503)
                #expect(try await host.get("/ready").json["engine"].flag == false)
                #expect(try await host.command("/emergency/stop", #"{"reason":"drill","by":"asha"}"#).status == 503)
            }
        }

        @Test("When records cannot be read, lists are 503, ready is 503, and the account and the counters are still shown")
        func noStorage() async throws {
            try await RunningHost.run { host async throws in
                _ = try await host.verdict(of: .baseEntry)
                await host.application.store.stop()
                for path in ["/signals", "/positions", "/ready"] { #expect(try await host.get(path).status == 503, "\(path)") }
                for path in ["/portfolio", "/status"] { #expect(try await host.get(path).status == 200, "\(path)") }
                let open = try await host.get("/positions?status=open&instrument=BANK_NIFTY").json
                #expect(open["total"].number == 1 && open["items"][0]["last_price"].text != nil)
                #expect(try await host.get("/status").json["latest_signals"][0]["status"].text == "executed")
                #expect(try await host.get("/ready").json["storage"].flag == false)
                #expect(try await host.get("/signals").head.contains("Retry-After"))
                #expect(try await host.get("/metrics").text.contains("munim_signals_received_total 1"))
            }
        }

        @Test("The status page holds mode, switch, equity, positions, waiting signals and what is frozen")
        func status() async throws {
            try await RunningHost.run { host async throws in
                _ = try await host.verdict(of: .baseEntry)
                let status = try await host.get("/status").json
                #expect(status["mode"].text == "paper")
                #expect(status["condition"].text == "ok")
                #expect(status["trading"]["is_stopped"].flag == false)
                #expect(status["portfolio"]["closed_equity"].text == "5000000")
                #expect(status["positions"].list.count == 1)
                #expect(status["waiting_signals"].number == 0)
                #expect(status["frozen"].list.isEmpty)
                #expect(status["since"].text.flatMap { Instant($0, defaultOffset: nil) } != nil)
                #expect(status["latest_signals"].list.count == 1)
            }
        }

        @Test("Rollover status counts the trading days of each open position")
        func rollover() async throws {
            try await RunningHost.run { host async throws in
                _ = try await host.verdict(of: .baseEntry)
                let position = try await host.get("/rollover/status").json["positions"][0]
                #expect(position["instrument"].text == "BANK_NIFTY")
                #expect(position["trading_days_left"].number ?? 0 > 5)
                #expect(position["is_due"].flag == false)
                #expect(position["next_expiry"].text ?? "" > position["expiry"].text ?? "~")
            }
        }
    }
}
