import MunimKit
import Testing

@testable import munim

extension InterfaceTests {
    /// Lists: parts, filters, and what is refused.
    @Suite(.timeLimit(.minutes(5))) struct ListTests {
        @Test("A walk along next gives each row once, newest first, although rows are added meanwhile", arguments: [1, 3, 7, 200])
        func walk(_ limit: Int) async throws {
            try await RunningHost.run { host async throws in
                let now = SystemClock().now()
                for age in 1...9 { #expect([200, 202].contains(try await host.post(.marketData(age: Int64(age), at: now)).status)) }
                var seen: [String] = []
                var path = "/signals?limit=\(limit)"
                var parts = 0
                while true {
                    let page = try await host.get(path).json
                    parts += 1
                    #expect(page["total"].number == 9)
                    seen += page["items"].list.compactMap { $0["fingerprint"].text }
                    // Something new between two parts.
                    if parts < 20 { #expect(try await host.post(.marketData(age: Int64(100 + parts), at: now)).json["duplicate"] == .null) }
                    guard let next = page["next"].text else { break }
                    path = "/signals?limit=\(limit)&cursor=\(next)"
                }
                #expect(seen.count == 9)
                #expect(Set(seen).count == 9)
                #expect(parts == (9 + limit - 1) / limit)
            }
        }

        @Test("An offset passes over so many rows, and the walk goes on from there")
        func offset() async throws {
            try await RunningHost.run { host async throws in
                let now = SystemClock().now()
                for age in 1...5 { #expect([200, 202].contains(try await host.post(.marketData(age: Int64(age), at: now)).status)) }
                let all = try await host.get("/signals").json["items"].list.map { $0["fingerprint"].text }
                let part = try await host.get("/signals?offset=1&limit=2").json
                #expect(part["items"].list.map { $0["fingerprint"].text } == Array(all.dropFirst().prefix(2)))
                let rest = try await host.get("/signals?limit=2&cursor=\(part["next"].text ?? "")").json
                #expect(rest["items"].list.map { $0["fingerprint"].text } == Array(all.dropFirst(3)))
                #expect(rest["next"] == .null)
            }
        }

        @Test("Filters select by column and time")
        func filters() async throws {
            try await RunningHost.run { host async throws in
                _ = try await host.verdict(of: .marketData(age: 3))
                let before = SystemClock().now()
                #expect(try await host.verdict(of: .baseEntry)["status"].text == "executed")
                func total(_ query: String) async throws -> Double? { try await host.get("/signals?\(query)").json["total"].number }
                #expect(try await total("") == 2)
                #expect(try await total("type=BASE_ENTRY") == 1)
                #expect(try await total("instrument=GOLD_MINI") == 0)
                #expect(try await total("status=executed&type=BASE_ENTRY&instrument=BANK_NIFTY") == 1)
                #expect(try await total("from=\(before)") == 1)
                #expect(try await total("to=\(before)") == 1)
                #expect(try await total("from=2001-01-01&to=2001-01-02T10:00:00%2B05:30") == 0)
                #expect(try await host.get("/orders?status=filled&instrument=BANK_NIFTY").json["total"].number == 2)
                #expect(try await host.get("/trades?side=SELL").json["total"].number == 1)
                #expect(try await host.get("/positions?status=open").json["total"].number == 1)
                #expect(try await host.get("/positions?status=closed").json["total"].number == 0)
                #expect(try await host.get("/capital?type=DEPOSIT").json["total"].number == 1)
                #expect(try await host.get("/audit?entity=signal").json["total"].number ?? 0 > 0)
            }
        }

        /// A query that is refused, and what the answer must contain.
        struct Refused: Sendable, CustomTestStringConvertible {
            let path: String
            let message: String
            var testDescription: String { path }
        }

        @Test(
            "An unknown name or a bad value is 400 and says what was meant",
            arguments: [
                Refused(path: "/signals?statuz=open", message: "did you mean \"status\"?"),
                Refused(path: "/signals?status=excuted", message: "did you mean \"executed\"?"),
                Refused(path: "/signals?instrument=BANK_NIFTI", message: "did you mean \"BANK_NIFTY\"?"),
                Refused(path: "/signals?limit=0", message: "expected a whole number from 1 to 200"),
                Refused(path: "/signals?limit=201", message: "expected a whole number from 1 to 200"),
                Refused(path: "/signals?limit=%2B5", message: "expected a whole number from 1 to 200"),
                Refused(path: "/signals?limit=99999999999999999999", message: "expected a whole number from 1 to 200"),
                Refused(path: "/signals?limit=", message: "expected a whole number from 1 to 200"),
                Refused(path: "/orders?offset=-1", message: "expected a whole number from 0"),
                Refused(path: "/orders?from=yesterday", message: "expected a day or an instant"),
                Refused(path: "/orders?from=2025-02-30", message: "expected a day or an instant"),
                Refused(path: "/trades?cursor=abc", message: "expected the value of next in an answer"),
                Refused(path: "/trades?cursor=1-2-3", message: "expected the value of next in an answer"),
                Refused(path: "/trades?cursor=1-2&offset=3", message: "found beside cursor"),
                Refused(path: "/trades?side=LONG", message: "known: BUY, SELL"),
                Refused(path: "/status?verbose=1", message: "unknown parameter"),
                Refused(path: "/signals/xyz", message: "at least the first 8"),
                Refused(path: "/signals/1234567", message: "at least the first 8"),
            ])
        func refused(_ row: Refused) async throws {
            try await RunningHost.run { host async throws in
                let reply = try await host.get(row.path)
                #expect(reply.status == 400)
                #expect(reply.json["error_type"].text == "validation_error")
                #expect(reply.json["message"].text?.contains(row.message) == true, "\(reply.text)")
            }
        }

        @Test("All faults of a query are named at once")
        func allFaults() async throws {
            try await RunningHost.run { host async throws in
                let reply = try await host.get("/orders?limit=0&side=X&from=z")
                #expect(reply.json["details"].list.count == 3)
            }
        }
    }
}
