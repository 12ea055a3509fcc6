import Instruments
import MunimKit
import MunimTesting
import Testing

@Suite("Instruments described by options")
struct OptionTests {
    static let gold: ConfigNode = [
        "root": "GOLDM", "venue": "MCX", "symbol": "{root}{yy}{MON}FUT", "tick": 1, "units_per_lot": 1, "point_value": 10,
        "margin_per_lot": 105_000, "freeze_quantity": 100, "calendar": "mcx", "expiry": "day 5", "initial_stop": 1, "trailing_stop": 2,
        "maximum_pyramids": 3, "pyramid_spacing": "0.5", "bar_length": "60min",
    ]

    @Test("A future described by its options is the preset of the same numbers")
    func sameAsPreset() throws {
        let described = try Future.read(Self.gold)
        #expect(described.facts == (try GoldMini.read([:]).facts))
        InstrumentConformance.check(described, price: Price(whole: 78_500))
    }

    @Test("A synthetic described by its options keeps the contract of instruments")
    func synthetic() throws {
        let described = try SyntheticFuture.read([
            "root": "NIFTY", "venue": "NFO", "strike_step": 100, "tick": "0.05", "units_per_lot": 75, "margin_per_lot": 150_000,
            "calendar": "nse", "expiry": "last thursday", "initial_stop": 2, "trailing_stop": 3,
            "expiry_changes": [["from": "2025-09-01", "expiry": "last tuesday"]],
            "changes": [["from": "2026-01-01", "units_per_lot": 65]],
        ])
        InstrumentConformance.check(described, price: Price(whole: 24_000))
        let structure = try described.structure(expiry: .of("2026-01-27"), price: Price(whole: 24_049), on: .of("2026-01-02"))
        #expect(structure.legs.map(\.contract.symbol) == ["NIFTY26JAN24000CE", "NIFTY26JAN24000PE"])
        #expect(structure.pointValue == PointValue(whole: 65))
        let before = try described.terms(on: .of("2025-12-31"))
        #expect(before.unitsPerLot == 75 && before.pointValue == PointValue(whole: 75))
        let priced = try BankNifty.read(["point_value": 10, "changes": [["from": "2026-01-01", "point_value": 12, "units_per_lot": 1]]])
        #expect(try priced.terms(on: .of("2025-12-31")).pointValue == PointValue(whole: 10))
        #expect(try priced.terms(on: .of("2026-01-01")).pointValue == PointValue(whole: 12))
    }

    @Test("L-38 One option in one place changes terms, contracts and structures together")
    func oneRegistry() throws {
        let bank = try BankNifty.read(["units_per_lot": 25, "margin_per_lot": 200_000, "strike_step": 100])
        for text in ["2009-01-05", "2024-06-03", "2026-06-01"] {
            let day = try TradingDay.of(text)
            let terms = bank.terms(on: day)
            #expect(
                terms.unitsPerLot == 25 && terms.pointValue == PointValue(whole: 25)
                    && terms.marginPerLot == Money(whole: 200_000))
            let expiry = try #require(bank.expiries(onOrAfter: day, count: 1).first)
            let structure = try bank.structure(expiry: expiry, price: Price(whole: 52_149), on: day)
            #expect(structure.pointValue == terms.pointValue && structure.strike == Price(whole: 52_100))
            #expect(structure.legs.allSatisfy { $0.contract.unitsPerLot == terms.unitsPerLot })
        }
    }

    @Test(
        "Every option of a preset can be overridden",
        arguments: [
            ("root", "GOLD"), ("venue", "OTHER"), ("symbol", "{root}{dd}{MON}{yy}FUT"), ("tick", 5), ("units_per_lot", 2),
            ("point_value", 100),
            ("margin_per_lot", 1), ("freeze_quantity", 7), ("calendar", "nse"), ("expiry", "day 20"), ("initial_stop", 9),
            ("trailing_stop", 9),
            ("maximum_pyramids", 0), ("pyramid_spacing", 2), ("bar_length", "15min"), ("expiries", ["2026-02-04"]),
            ("sessions", ["10:00-17:00"]),
            ("holidays", [["day": "2026-02-04"]]), ("known_years", [2_030]), ("changes", [["from": "2026-02-04", "point_value": 5]]),
            ("expiry_changes", [["from": "2026-02-01", "expiry": "day 6"]]),
        ] as [(String, ConfigNode)])
    func overrides(option: String, value: ConfigNode) throws {
        let standard = try GoldMini.read([:]).facts
        let changed = try GoldMini.read(ConfigNode(dictionaryLiteral: (option, value))).facts
        #expect(changed != standard)
    }

    @Test(
        "The hours of an exceptional day are shown as they are written",
        arguments: ["closed", "morning", "evening", "18:00-19:00", "09:00-10:00 18:15:30-19:00"])
    func exceptionalHours(text: String) {
        let given: ConfigNode = ["holidays": [["day": "2026-02-04", "open": ConfigNode(stringLiteral: text)]]]
        let (prepared, faults) = OptionReader.read(given, file: "test") { GoldMini.prepare(from: &$0) }
        #expect(faults == [])
        guard case .list(let rows)? = prepared.options.first(where: { $0.key == "holidays" })?.value, case .section(let row)? = rows.first
        else { return #expect(Bool(false), "no holidays in \(prepared.options)") }
        #expect(row.first { $0.key == "open" }?.value == .text(text))
    }

    @Test("The gateway's spelling is a pattern as well")
    func gatewaySpelling() throws {
        let gold = try GoldMini.read(["symbol": "{root}{dd}{MON}{yy}FUT"])
        let structure = try gold.structure(expiry: .of("2026-01-05"), price: Price(whole: 78_500), on: .of("2026-01-01"))
        #expect(structure.legs.map(\.contract.symbol) == ["GOLDM05JAN26FUT"])
    }

    @Test("L-37 An instrument without its own numbers is refused; nobody else's take their place")
    func nothingIsAssumed() throws {
        let faults = try #require(throws: ConfigFaults.self) { try Future.read([:]) }
        let paths = Set(faults.faults.map(\.path))
        #expect(
            paths.isSuperset(of: [
                "root", "venue", "tick", "units_per_lot", "point_value", "margin_per_lot", "calendar", "expiry", "initial_stop",
                "trailing_stop",
            ]))
        let synthetic = try #require(throws: ConfigFaults.self) { try SyntheticFuture.read([:]) }
        #expect(synthetic.faults.contains { $0.path == "strike_step" })
    }

    @Test(
        "Options that make no sense are faults of that option",
        arguments: [
            ("tick", 0), ("units_per_lot", 0), ("point_value", 0), ("margin_per_lot", -1), ("symbol", "{root}{year}"), ("symbol", "{root"),
            ("symbol", "a}"), ("expiry", "next tuesday"), ("calendar", "bse"), ("initial_stop", 0), ("maximum_pyramids", 99),
            ("sessions", ["12:00-13:00", "09:00-10:00"]), ("sessions", ["13:00-12:00"]),
        ] as [(String, ConfigNode)])
    func badOptions(option: String, value: ConfigNode) throws {
        let faults = try #require(throws: ConfigFaults.self) { try GoldMini.read(ConfigNode(dictionaryLiteral: (option, value))) }
        #expect(faults.faults.allSatisfy { $0.path.hasPrefix(option) })
    }

    @Test("A synthetic whose symbols would not tell its legs apart is refused", arguments: ["{root}{yy}{MON}", "{root}{yy}{MON}{strike}"])
    func ambiguousSymbols(pattern: String) throws {
        let faults = try #require(throws: ConfigFaults.self) { try BankNifty.read(["symbol": ConfigNode(stringLiteral: pattern)]) }
        #expect(faults.faults.map(\.path) == ["symbol"])
    }

    @Test("All options are described with type and default")
    func descriptions() {
        let names = Future.Options.descriptions().map(\.path)
        #expect(names.contains("root") && names.contains("expiry") && names.contains("sessions") && !names.contains("strike_step"))
        #expect(BankNifty.Options.descriptions().map(\.path).contains("strike_step"))
    }
}
