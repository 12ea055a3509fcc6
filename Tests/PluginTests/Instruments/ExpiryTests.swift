import Instruments
import MunimKit
import Testing

@Suite("Expiries")
struct ExpiryTests {
    static func instrument(_ name: String) throws -> any InstrumentPlugin {
        switch name {
        case "bank": try BankNifty.read([:])
        case "gold": try GoldMini.read([:])
        default: try SilverMini.read([:])
        }
    }

    @Test("L-23 Bank Nifty expires on the known days of 2024 to 2026, one in each month")
    func bankNifty() throws {
        let days = try BankNifty.read([:]).expiries(onOrAfter: .of("2024-01-01"), count: 26)
        #expect(
            days.map(\.description) == [
                "2024-01-25", "2024-02-29", "2024-03-27", "2024-04-24", "2024-05-29", "2024-06-26", "2024-07-31", "2024-08-28",
                "2024-09-25",
                "2024-10-30", "2024-11-27", "2024-12-24", "2025-01-30", "2025-02-27", "2025-03-27", "2025-04-24", "2025-05-29",
                "2025-06-26",
                "2025-07-31", "2025-08-28", "2025-09-30", "2025-10-28", "2025-11-25", "2025-12-30", "2026-01-27", "2026-02-24",
            ])
    }

    @Test(
        "A metal expires on its day or the working day before",
        arguments: [
            ("gold", "2026-01-01", "2026-01-05"), ("gold", "2026-02-01", "2026-02-05"), ("gold", "2026-07-01", "2026-07-03"),
            ("gold", "2026-04-01", "2026-04-02"), ("gold", "2026-09-01", "2026-09-04"), ("gold", "2026-12-01", "2026-12-04"),
            ("silver", "2025-12-01", "2026-02-27"), ("silver", "2026-03-01", "2026-04-30"), ("silver", "2026-05-01", "2026-06-30"),
            ("silver", "2026-07-01", "2026-08-31"), ("silver", "2026-09-01", "2026-11-30"),
        ])
    func metals(name: String, from: String, expiry: String) throws {
        #expect(try Self.instrument(name).expiries(onOrAfter: .of(from), count: 1) == [.of(expiry)])
    }

    @Test(
        "The last day of the month moves before a weekend",
        arguments: [
            ("2025-12-01", "2025-12-31"), ("2026-01-01", "2026-01-30"), ("2026-02-01", "2026-02-27"),
        ])
    func lastDay(from: String, expiry: String) throws {
        let copper = try Future.read([
            "root": "COPPER", "venue": "MCX", "tick": "0.05", "units_per_lot": 1, "point_value": 2_500, "margin_per_lot": 300_000,
            "calendar": "mcx", "expiry": "last day", "initial_stop": 3, "trailing_stop": 5,
        ])
        #expect(try copper.expiries(onOrAfter: .of(from), count: 1) == [.of(expiry)])
    }

    @Test("L-23 A list of expiries overrides the rule inside its months and nowhere else")
    func listed() throws {
        let gold = try GoldMini.read(["expiries": ["2026-02-04", "2026-04-01"]])
        #expect(
            try gold.expiries(onOrAfter: .of("2026-01-01"), count: 4).map(\.description)
                == ["2026-01-05", "2026-02-04", "2026-04-01", "2026-05-05"])
    }

    @Test(
        "L-23 A list with two expiries in one month or one on a holiday is refused",
        arguments: [
            (["2025-01-29", "2025-01-30"], "one expiry in each month"), (["2025-12-25"], "working days"), (["2025-10-21"], "working days"),
            (["2025-11-29"], "working days"),
        ] as [(ConfigNode, String)])
    func badList(days: ConfigNode, words: String) throws {
        let faults = #expect(throws: ConfigFaults.self) {
            try BankNifty.read(["expiries": days])
        }
        #expect(faults?.faults.contains { $0.path == "expiries" && $0.message.contains(words) } ?? false)
    }

    @Test("L-11 An expiry survives the round trip through its symbol and its text", arguments: ["bank", "gold", "silver"])
    func roundTrip(name: String) throws {
        let instrument = try Self.instrument(name)
        var expiries: [String: TradingDay] = [:]
        for expiry in instrument.expiries(onOrAfter: try .of("2024-01-01"), count: 120) {
            #expect(TradingDay(expiry.description) == expiry)
            for leg in try instrument.structure(expiry: expiry, price: Price(whole: 52_000), on: .of("2024-01-01")).legs {
                #expect(leg.contract.expiry == expiry)
                #expect(expiries.updateValue(expiry, forKey: leg.contract.symbol) == nil, "\(leg.contract.symbol) names two expiries")
                let (year, month) = (expiry.date.year % 100, expiry.date.month)
                let names = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
                #expect(leg.contract.symbol.hasPrefix("\(leg.contract.root)\(year)\(names[month - 1])"))
            }
        }
        #expect(expiries.values.allSatisfy { $0 >= TradingDay(daysSinceEpoch: 19_723) })
    }

    @Test("A contract is not found on a day on which nothing expires, and not after its end")
    func noSuchExpiry() throws {
        let gold = try GoldMini.read([:])
        #expect(throws: InstrumentFault.noSuchExpiry(try .of("2026-01-06"))) {
            try gold.structure(expiry: .of("2026-01-06"), price: Price(whole: 78_500), on: .of("2026-01-01"))
        }
        #expect(throws: InstrumentFault.noSuchExpiry(try .of("2026-01-05"))) {
            try gold.structure(expiry: .of("2026-01-05"), price: Price(whole: 78_500), on: .of("2026-01-06"))
        }
    }

    @Test(
        "Rules are read from their text and written back",
        arguments: [
            "last tuesday", "last friday", "day 5", "day 31", "last day", "last day of feb apr jun aug nov",
            "last thursday of mar jun sep dec", "first monday", "second tuesday", "third thursday", "fourth friday of mar jun",
        ])
    func ruleText(text: String) throws { #expect(try #require(ExpiryRule(text)).description == text) }

    @Test(
        "Other text is no rule",
        arguments: [
            "", "last", "day 0", "day 32", "fifth monday", "first day", "0 monday", "last day of", "last day of x", "day 5 feb", "of feb",
        ])
    func noRule(text: String) { #expect(ExpiryRule(text) == nil) }

    @Test(
        "The first to fourth weekday of a month is counted from its beginning",
        arguments: [
            ("first thursday", 2026, 1, "2026-01-01"), ("third thursday", 2026, 1, "2026-01-15"), ("third thursday", 2026, 2, "2026-02-19"),
            ("fourth thursday", 2026, 2, "2026-02-26"), ("first monday", 2026, 6, "2026-06-01"), ("second sunday", 2026, 2, "2026-02-08"),
            ("third friday", 2026, 5, "2026-05-15"), ("fourth wednesday", 2024, 2, "2024-02-28"),
        ])
    func ordinal(_ text: String, _ year: Int, _ month: Int, _ day: String) throws {
        #expect(try #require(ExpiryRule(text)).day(year: year, month: month) == .of(day))
    }

    @Test("A misspelled rule is answered with the nearest one")
    func nearest() throws {
        let error = #expect(throws: ConfigFaults.self) { try GoldMini.read(["expiry": "thrid thurdsay of mrz"]) }
        let expected = #"expected a rule of expiry, found "thrid thurdsay of mrz" (did you mean "third thursday of mar"?)"#
        #expect(error?.faults.map(\.message) == [expected])
    }
}
