import MunimKit
import Testing

@testable import munim

extension InterfaceTests {
    /// What operators may do, seen in the records afterwards.
    @Suite(.timeLimit(.minutes(5))) struct OperatorTests {
        private static let who = #""reason":"drill","by":"asha""#

        @Test("L-05: a stop refuses entries and lets exits through; it outlives the process until a named person lifts it")
        func stop() async throws {
            try await RunningHost.run { host async throws in
                #expect(try await host.verdict(of: .baseEntry)["status"].text == "executed")
                let stopped = try await host.command("/emergency/stop", "{\(Self.who)}")
                #expect(stopped.status == 200)
                #expect(stopped.json["status"].text == "done")
                try await host.restarted { next async throws in
                    let trading = try await next.get("/status").json["trading"]
                    #expect(trading["is_stopped"].flag == true)
                    #expect(trading["changed_by"].text == "asha")
                    let gold = TestWebhook(type: "BASE_ENTRY", instrument: "GOLD_MINI", price: "72000", stop: "71500", atr: "500")
                    let entry = try await next.verdict(of: gold)
                    #expect(entry["status"].text == "refused")
                    #expect(entry["reason"].text == "trading_stopped")
                    var exit = TestWebhook.exit()
                    exit.at = Instant(seconds: SystemClock().now().seconds + 2)
                    #expect(try await next.verdict(of: exit)["status"].text == "executed")
                    #expect(try await next.get("/positions?status=open").json["total"].number == 0)
                    #expect(try await next.command("/emergency/resume", #"{"reason":"over","by":"asha"}"#).status == 200)
                    #expect(try await next.get("/status").json["trading"]["is_stopped"].flag == false)
                    let audit = try await next.get("/audit?entity=switch&id=trading").json
                    #expect(audit["items"].list.map { $0["to"].text } == ["running", "stopped"])
                    #expect(audit["items"][0]["cause"].text == "asha: over")
                    #expect(try await next.get("/alerts?code=trading_stopped").json["total"].number == 1)
                }
            }
        }

        @Test(
            "A stop and a resume need a named person and a reason",
            arguments: [
                "{}", #"{"reason":"x"}"#, #"{"by":"asha"}"#, #"{"reason":" ","by":"asha"}"#, #"{"reason":"x","by":""}"#,
                #"{"reason":"a\nb","by":"asha"}"#, "", "[]", #"{"reason":"x","by":7}"#, #"{"reason":"x","reason":"y","by":"asha"}"#,
            ])
        func named(_ body: String) async throws {
            try await RunningHost.run { host async throws in
                for path in ["/emergency/stop", "/emergency/resume"] { #expect(try await host.command(path, body).status == 400) }
                #expect(try await host.get("/status").json["trading"]["is_stopped"].flag == false)
                #expect(try await host.get("/audit?entity=switch").json["total"].number == 0)
            }
        }

        @Test("A movement of money is booked once for each key, exactly, and a repeated request gets the very same answer")
        func capital() async throws {
            try await RunningHost.run { host async throws in
                let body = #"{"type":"DEPOSIT","amount":"1000.0505","notes":"top up","by":"asha","key":"k-1"}"#
                let first = try await host.command("/capital", body)
                #expect(first.status == 200)
                #expect(first.json["entry"]["amount"].text == "1000.0505")
                #expect(first.json["entry"]["equity_after"].text == "5001000.0505")
                let again = try await host.command("/capital", body.replacing("\"1000.0505\"", with: "1000.0505"))
                #expect(again.text == first.text)
                let other = try await host.command("/capital", body.replacing("DEPOSIT", with: "WITHDRAW"))
                #expect(other.status == 409)
                let out = try await host.command("/capital", #"{"type":"WITHDRAW","amount":1000.0505,"by":"asha","key":"k-2"}"#)
                #expect(out.json["entry"]["amount"].text == "-1000.0505")
                #expect(out.json["entry"]["equity_after"].text == "5000000")
                let rows = try await host.get("/capital").json["items"].list
                #expect(rows.map { $0["id"].number } == [3, 2, 1])
                #expect(zip(rows, rows.dropFirst()).allSatisfy { $0["equity_before"] == $1["equity_after"] })
                try await host.restarted { next async throws in
                    #expect(try await next.command("/capital", body).text == first.text)
                    #expect(try await next.get("/portfolio").json["closed_equity"].text == "5000000")
                }
            }
        }

        @Test("A request with a key is obeyed once, however often it is sent and whichever process answers")
        func keyed() async throws {
            try await RunningHost.run { host async throws in
                _ = try await host.verdict(of: .baseEntry)
                let body = #"{"reason":"drill","by":"asha","dry_run":false,"key":"close-1"}"#
                let first = try await host.command("/emergency/close-all", body)
                #expect(first.status == 200 && first.json["details"].list.count == 1)
                #expect(try await host.command("/emergency/close-all", body).text == first.text)
                try await host.restarted { next async throws in
                    #expect(try await next.command("/emergency/close-all", body).text == first.text)
                    let command = try await next.get("/commands").json["items"][0]
                    #expect(
                        command["command_id"].text == "close-1" && command["principal"].text == "asha" && command["state"].text == "done")
                }
            }
        }

        @Test("Many requests with one key at the same time book once, and the host goes on")
        func capitalAtOnce() async throws {
            try await RunningHost.run { host async throws in
                let body = #"{"type":"DEPOSIT","amount":"5","by":"asha","key":"same"}"#
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<12 { group.addTask { try await host.command("/capital", body).status } }
                    return try await group.reduce(into: [Int]()) { $0.append($1) }
                }
                #expect(statuses.contains(200))
                #expect(statuses.allSatisfy { $0 == 200 || $0 == 503 })
                #expect(try await host.get("/portfolio").json["closed_equity"].text == "5000005")
                #expect(try await host.get("/health").status == 200)
                #expect(try await host.verdict(of: .baseEntry)["status"].text == "executed")
            }
        }

        @Test(
            "Money that is not exact, not positive or more than there is moves nothing",
            arguments: [
                (#""amount":"0""#, 400), (#""amount":"-5""#, 400), (#""amount":"1.00001""#, 400), (#""amount":"1e30""#, 400),
                (#""amount":"NaN""#, 400), (#""amount":NaN"#, 400), (#""amount":"""#, 400), (#""amount":true"#, 400),
                (#""amount":"5000000.0001""#, 409),
            ])
        func badMoney(_ amount: String, _ status: Int) async throws {
            try await RunningHost.run { host async throws in
                let body = "{\"type\":\"WITHDRAW\",\(amount),\"by\":\"asha\",\"key\":\"k\"}"
                #expect(try await host.command("/capital", body).status == status)
                #expect(try await host.get("/capital").json["total"].number == 1)
                // The key is free again for a movement that is possible.
                #expect(try await host.command("/capital", #"{"type":"WITHDRAW","amount":"1","by":"asha","key":"k"}"#).status == 200)
            }
        }

        @Test("Closing everything shows what it would do first, and does it when told so")
        func closeAll() async throws {
            try await RunningHost.run { host async throws in
                _ = try await host.verdict(of: .baseEntry)
                let rehearsal = try await host.command("/emergency/close-all", "{\(Self.who)}")
                #expect(rehearsal.json["status"].text == "dry_run")
                #expect(rehearsal.json["details"].list.count == 1)
                #expect(try await host.get("/orders").json["total"].number == 2)
                let done = try await host.command("/emergency/close-all", "{\(Self.who),\"dry_run\":false}")
                #expect(done.json["status"].text == "done")
                try await host.settled()
                #expect(try await host.get("/positions?status=closed").json["total"].number == 1)
                #expect(try await host.get("/positions").json["items"][0]["exit_reason"].text?.contains("drill") == true)
                #expect(try await host.get("/orders").json["total"].number == 4)
            }
        }

        @Test("An exit made by hand is booked at its price without an order; the same again is declined")
        func bookedByHand() async throws {
            try await RunningHost.run { host async throws in
                _ = try await host.verdict(of: .baseEntry)
                let id = try #require(try await host.get("/positions").json["items"][0]["position_id"].text)
                let body = "{\"position_id\":\"\(id)\",\"price\":\"52100\",\(Self.who)}"
                let booked = try await host.command("/manual-exit", body)
                #expect(booked.json["status"].text == "done", "\(booked.text)")
                let position = try await host.get("/positions/\(id)").json
                #expect(position["status"].text == "closed")
                #expect(position["exit_price"].text == "52100")
                #expect(try await host.get("/portfolio").json["closed_equity"].text == "5006000")
                #expect(try await host.get("/orders").json["total"].number == 2)
                #expect([404, 409].contains(try await host.command("/manual-exit", body).status))
                #expect(try await host.get("/portfolio").json["closed_equity"].text == "5006000")
            }
        }

        @Test("A manual exit with execute sends orders; price and execute exclude each other; an unknown position is 404")
        func executedByHand() async throws {
            try await RunningHost.run { host async throws in
                _ = try await host.verdict(of: .baseEntry)
                let id = try #require(try await host.get("/positions").json["items"][0]["position_id"].text)
                let both = "{\"position_id\":\"\(id)\",\"price\":\"1\",\"execute\":true,\(Self.who)}"
                #expect(try await host.command("/manual-exit", both).status == 400)
                #expect(try await host.command("/manual-exit", "{\"position_id\":\"\(id)\",\(Self.who)}").status == 400)
                #expect(try await host.command("/manual-exit", "{\"position_id\":\"nobody\",\"execute\":true,\(Self.who)}").status == 404)
                #expect(try await host.get("/orders").json["total"].number == 2)
                #expect(try await host.command("/manual-exit", "{\"position_id\":\"\(id)\",\"execute\":true,\(Self.who)}").status == 200)
                try await host.settled()
                #expect(try await host.get("/positions/\(id)").json["status"].text == "closed")
                #expect(try await host.get("/orders").json["total"].number == 4)
            }
        }

        @Test("A scan and a rehearsed roll change nothing; an unknown instrument cannot be unfrozen")
        func rollover() async throws {
            try await RunningHost.run { host async throws in
                _ = try await host.verdict(of: .baseEntry)
                for path in ["/rollover/scan", "/rollover/execute"] {
                    let reply = try await host.command(path, #"{"by":"asha"}"#)
                    #expect(reply.json["status"].text == "dry_run")
                    #expect(reply.json["details"].list.count == 1)
                }
                #expect(try await host.command("/rollover/execute", #"{"by":"asha","dry_run":false}"#).json["status"].text == "done")
                #expect(try await host.get("/orders").json["total"].number == 2)
                let unknown = try await host.command("/scopes/BANK_NIFTI/unfreeze", "{\(Self.who)}")
                #expect(unknown.status == 404)
                #expect(unknown.json["message"].text?.contains("did you mean \"BANK_NIFTY\"?") == true)
                #expect(try await host.command("/scopes/BANK_NIFTY/unfreeze", "{\(Self.who)}").status == 200)
                #expect(try await host.get("/audit?entity=scope&id=BANK_NIFTY").json["items"][0]["cause"].text == "asha: drill")
            }
        }

        @Test("Faults can be ordered of the paper broker, and an unknown one is named with its nearest")
        func faults() async throws {
            try await RunningHost.run { host async throws in
                let wrong = try await host.command("/faults", #"{"faults":"rejct=1","by":"asha"}"#)
                #expect(wrong.status == 400)
                #expect(wrong.json["message"].text?.contains("reject") == true)
                #expect(try await host.command("/faults", #"{"faults":"reject=1","by":"asha"}"#).status == 200)
                #expect(try await host.verdict(of: .baseEntry)["status"].text == "failed")
                #expect(try await host.command("/faults", #"{"faults":"","by":"asha"}"#).status == 200)
                let gold = TestWebhook(type: "BASE_ENTRY", instrument: "GOLD_MINI", price: "72000", stop: "71500", atr: "500")
                #expect(try await host.verdict(of: gold)["status"].text == "executed")
            }
        }
    }
}

extension RunningHost {
    /// Waits until no intent is under way.
    func settled() async throws {
        let open = Query<IntentRecord>(.isIn("state", IntentState.allCases.filter(\.isOpen)))
        while try await application.store.count(open) > 0 {
            try await application.clock.sleep(until: application.clock.now() + .milliseconds(2))
        }
    }
}
