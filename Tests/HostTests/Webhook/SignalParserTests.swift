import MunimKit
import Testing

@testable import munim

@Suite struct SignalParserTests {
    @Test(
        "One bad field is one fault with its name, what was found and what was expected",
        arguments: BadSignal.numbers + BadSignal.values + BadSignal.meanings)
    func refused(_ row: BadSignal) throws {
        let faults = try #require(SampleBodies.faults(SampleBodies.body(row.fields, row.changes)))
        #expect(faults.status == row.status, "\(faults.faults)")
        #expect(faults.faults.count == 1, "\(faults.faults)")
        let message = faults.faults[0].description
        #expect(message.contains(row.says), "\(message)")
        #expect(message.utf8.count < 400 && message.unicodeScalars.allSatisfy(Excerpt.isPrintable))
    }

    @Test("The documented samples become the signals that they describe")
    func samples() throws {
        let base = try SampleBodies.parse(SampleBodies.body(SampleBodies.base)).get().signal
        let expected = Signal(
            kind: .baseEntry, instrument: "BANK_NIFTY", target: .layer(.base), price: try Price("52000"), stop: try Price("51650"),
            lots: Lots(5),
            atr: try Price("350"), efficiencyRatio: try Ratio("0.82"), supertrend: try Price("51650"), rateOfChange: try Ratio("2.5"),
            timestamp: try #require(Instant("2025-11-28T05:00:00Z", defaultOffset: nil)), timestampText: "2025-11-28T10:30:00+05:30")
        #expect(base == expected)
        let pyramid = try SampleBodies.parse(SampleBodies.body(SampleBodies.pyramid)).get().signal
        #expect(pyramid.kind == .pyramid && pyramid.target.description == "Long_2")
        let exit = try SampleBodies.parse(SampleBodies.body(SampleBodies.exit, ["position": #""ALL""#, "entry_price": "51000.123456"]))
            .get().signal
        #expect(exit.target == .all && exit.reason == "SuperTrend" && exit.stop == .zero && exit.entryPrice?.description == "51000.1235")
        let data = try SampleBodies.parse(SampleBodies.body(SampleBodies.marketData)).get().signal
        #expect(data.target == .none && data.timestamp.description == "2025-12-02T09:30:00Z" && data.atr.description == "500.25")
    }

    @Test(
        "Good values are taken as they are meant",
        arguments: [
            ("price", "52000.0500", "52000.05"), ("price", #""52000.05""#, "52000.05"), ("price", "5.2e4", "52000"),
            ("price", "999999999.9999", "999999999.9999"), ("stop", "51650.123456789", "51650.1235"), ("stop", "51650.00005", "51650.0001"),
            ("atr", "350.00004999999999", "350"), ("atr", "349.99995", "350"), ("er", "0.8234567", "0.823457"), ("er", "1", "1"),
            ("er", "0", "0"),
            ("er", "1e-400", "0"), ("er", "-0.0", "0"), ("supertrend", "51650.33333333333333", "51650.3333"), ("lots", #""7""#, "7"),
            ("roc", "-1.23456789", "-1.234568"), ("roc", "null", "null"),
            ("note", #"{"b":1,"a":[true,null]}"#, #"{"a":[true,null],"b":1}"#),
            ("type", #""base_entry""#, #""BASE_ENTRY""#), ("timestamp", #""2025-11-28T10:30:00""#, #""2025-11-28T05:00:00Z""#),
            ("timestamp", #""2025-11-28T05:00:00Z""#, #""2025-11-28T05:00:00Z""#),
            ("timestamp", #""2024-02-29 10:30:00.250""#, #""2024-02-29T05:00:00.25Z""#),
        ])
    func taken(_ row: (field: String, value: String, stored: String)) throws {
        // A price that is tested at its largest must stay above its stop, so only the field itself is looked at.
        let parsed = try SampleBodies.parse(SampleBodies.body(SampleBodies.base, [row.field: row.value])).get()
        #expect(parsed.payload.contains("\"\(row.field)\":\(row.stored)"), "\(parsed.payload)")
    }

    @Test(
        "A reason is opaque: quotes, formulas and statements are text",
        arguments: ["=1+1", "'; DROP TABLE x;--", #"\"<b>"#, "निकास", "TSL Long_2 🙂"])
    func reasons(_ reason: String) throws {
        let text = SampleBodies.body(SampleBodies.exit, ["reason": JSONText.quoted(reason)])
        #expect(try SampleBodies.parse(text).get().signal.reason == reason)
    }

    @Test("All faults are reported at once, and the status is the sender's worst")
    func allAtOnce() throws {
        let text = SampleBodies.body(
            SampleBodies.base,
            ["type": #""BASE""#, "price": "NaN", "stop": "-1", "instrument": "", "Instrument": #""X""#, "er": "2", "timestamp": "0"])
        let faults = try #require(SampleBodies.faults(text))
        #expect(faults.faults.map(\.field) == ["type", "instrument", "price", "stop", "er", "timestamp"])
        #expect(faults.status == 400)
        #expect(faults.faults[1].description.hasSuffix(#"did you mean "Instrument", written as instrument?"#))
    }

    @Test("A field that was written otherwise is suggested beside a few strangers; beside many nothing is compared")
    func suggestions() throws {
        func faults(_ strangers: Int) throws -> [WebhookFault] {
            var changes = Dictionary(uniqueKeysWithValues: (1..<strangers).map { ("stranger\($0)", "1") })
            changes.merge(["price": "", "prise": "52000"]) { $1 }
            return try #require(SampleBodies.faults(SampleBodies.body(SampleBodies.base, changes))).faults
        }
        #expect(try faults(8).map(\.nearest) == [#""prise", written as price"#])
        #expect(try faults(9).map(\.nearest) == [nil])
        let long = SampleBodies.body(SampleBodies.base, ["price": "", "price" + String(repeating: "e", count: 20): "1"])
        #expect(try #require(SampleBodies.faults(long)).faults.map(\.nearest) == [nil])
    }

    @Test("A body of nothing but faults tells the first fifteen, and a long text beyond ASCII is one of them like any other")
    func mostFaults() throws {
        let strangers = Dictionary(uniqueKeysWithValues: (0..<100).map { ("k\($0)", "NaN") })
        #expect(try #require(SampleBodies.faults(SampleBodies.body(SampleBodies.base, strangers))).faults.count == 15)
        let long = "\"" + String(repeating: "\u{301}\u{323}", count: 2_500) + "\""
        for field in SampleBodies.exit.keys {
            let faults = try #require(SampleBodies.faults(SampleBodies.body(SampleBodies.exit, [field: long]))).faults
            #expect(faults.map(\.field) == [field] && faults[0].description.utf8.count < 700, "\(field)")
        }
    }

    @Test("White space, key order and spelling of a value do not change the payload; the secret is in neither copy")
    func canonical() throws {
        let secret = "correct horse battery staple"
        let plain = try SampleBodies.parse(SampleBodies.body(SampleBodies.base, ["secret": JSONText.quoted(secret)])).get()
        let members = SampleBodies.base.merging(["price": #""52000.00""#, "type": #""base_Entry""#, "timestamp": #""2025-11-28T10:30:00""#])
        { $1 }
        let shuffled = "{ " + members.sorted { $0.key > $1.key }.map { "\"\($0.key)\" :\t\($0.value)" }.joined(separator: "\r\n, ") + " } "
        let other = try SampleBodies.parse(shuffled).get()
        #expect(plain.payload == other.payload && plain.secret == secret && other.secret == nil)
        let stored = plain.payload + String(decoding: plain.body, as: UTF8.self)
        #expect(!stored.contains("secret\":\"c") && !stored.contains("horse") && stored.contains("<redacted>"))
        #expect(try StrictJSON.object(Array(plain.payload.utf8)).members.count == SampleBodies.base.count)
    }

    @Test(
        "A secret is masked also where the body is no JSON",
        arguments: [
            #"{"secret":"hunter2hunter2","price":}"#, #"{"price":1,, "secret" : "hunter2hunter2"}"#, #"{"secret":"hunter2hunter2"#,
            #"{"secret":"hunter2\"hunter2","secret":"hunter2"}"#, #"{"secret":hunter2hunter2}"#, #"{"secret":"\xhunter2"}"#,
            #"{"a":1 "secret":"hunter2"}"#,
        ])
    func masked(_ text: String) throws {
        let faults = try #require(SampleBodies.faults(text))
        #expect(!String(decoding: Redaction.masked(Array(text.utf8)), as: UTF8.self).contains("hunter2"))
        #expect(!faults.faults.map(\.description).joined().contains("hunter2"))
    }

    @Test("Twenty thousand mutated bodies end in a signal or in faults, and a taken one keeps its promises")
    func mutations() async throws {
        var random = SplitMix64(state: 20_251_128)
        let seeds = SampleBodies.all.map { Array(SampleBodies.body($0, ["note": #"{"a":[1,"\u00e9"]}"#]).utf8) }
        var taken = 0
        for round in 0..<20_000 {
            if round.isMultiple(of: 16) { await Task.yield() }
            var bytes = seeds[Int(random.next() % UInt64(seeds.count))]
            for _ in 0...random.next() % 4 { random.mutate(&bytes) }
            switch WebhookParse.parse(bytes) {
            case .success(let parsed):
                taken += 1
                let signal = parsed.signal
                #expect(signal.price > .zero && signal.stop >= .zero && (!signal.kind.isEntry || signal.stop < signal.price))
                #expect(try StrictJSON.object(Array(parsed.payload.utf8)).members["type"] == .string(signal.kind.rawValue))
                #expect(SampleBodies.faults(parsed.payload) == nil)
            case .failure(let faults):
                #expect(!faults.faults.isEmpty && [400, 422].contains(faults.status))
                #expect(faults.faults.allSatisfy { $0.description.unicodeScalars.allSatisfy(Excerpt.isPrintable) })
            }
        }
        #expect(taken > 500 && taken < 19_000)
    }
}

extension SplitMix64 {
    fileprivate mutating func mutate(_ bytes: inout [UInt8]) {
        let interesting = Array("\"\\{}[],:-+.eE019NaInfinityu\0\r\n \u{7F}".utf8) + [0xFF, 0xC3, 0xED, 0xA0]
        let index = Int(next() % UInt64(bytes.count + 1))
        switch next() % 5 {
        case 0: bytes.insert(interesting[Int(next() % UInt64(interesting.count))], at: index)
        case 1 where index < bytes.count: bytes.remove(at: index)
        case 2 where index < bytes.count: bytes[index] = UInt8(truncatingIfNeeded: next())
        case 3 where index < bytes.count: bytes[index] = interesting[Int(next() % UInt64(interesting.count))]
        default:
            let end = min(bytes.count, index + Int(next() % 24))
            bytes.insert(contentsOf: bytes[index..<end], at: Int(next() % UInt64(bytes.count + 1)))
        }
    }
}
