import Instruments
import MunimKit
import MunimTesting
import Testing

@Suite("Instruments that are brought along")
struct PresetTests {
    @Test("Every preset keeps the contract of instruments")
    func conformance() throws {
        InstrumentConformance.check(try BankNifty.read([:]), price: Price(whole: 52_000))
        InstrumentConformance.check(try GoldMini.read([:]), price: Price(whole: 78_500))
        InstrumentConformance.check(try SilverMini.read([:]), price: Price(whole: 95_000))
    }

    @Test(
        "Bank Nifty has the lot of the day, and its point value is the lot",
        arguments: [
            ("2004-01-01", 25), ("2005-06-12", 25), ("2005-06-13", 100), ("2007-02-22", 100), ("2007-02-23", 50), ("2010-04-30", 25),
            ("2015-08-28", 30), ("2016-04-29", 40), ("2018-10-26", 20), ("2020-05-03", 20), ("2020-05-04", 25), ("2023-07-01", 15),
            ("2024-11-19", 15), ("2024-11-20", 30), ("2025-04-25", 35), ("2025-12-29", 35), ("2025-12-30", 30), ("2030-01-01", 30),
        ])
    func bankNiftyLots(text: String, lot: Int) throws {
        let terms = try BankNifty.read([:]).terms(on: .of(text))
        #expect(terms.unitsPerLot.count == Int64(lot))
        #expect(terms.pointValue == PointValue(whole: lot))
    }

    @Test("The terms are those of the table of instruments")
    func terms() throws {
        let day = try TradingDay.of("2026-01-05")
        let bank = try BankNifty.read([:]).terms(on: day)
        #expect(bank.marginPerLot == Money(whole: 270_000))
        #expect(bank.initialStopMultiple == (try Ratio("1.5")))
        #expect(bank.trailingStopMultiple == (try Ratio("2.5")))
        #expect(bank.maximumPyramids == 5)
        #expect(bank.barLength == .minutes(75))
        let gold = try GoldMini.read([:]).terms(on: day)
        #expect(
            gold
                == InstrumentTerms(
                    pointValue: PointValue(whole: 10), unitsPerLot: 1, marginPerLot: Money(whole: 105_000),
                    initialStopMultiple: Ratio(whole: 1), trailingStopMultiple: Ratio(whole: 2), maximumPyramids: 3,
                    pyramidSpacing: try Ratio("0.5"), barLength: .minutes(60)))
        let silver = try SilverMini.read([:]).terms(on: day)
        #expect(silver.pointValue == PointValue(whole: 5))
        #expect(silver.marginPerLot == Money(whole: 385_000))
        #expect(silver.initialStopMultiple == Ratio(whole: 2))
        #expect(silver.trailingStopMultiple == Ratio(whole: 3))
        #expect(silver.maximumPyramids == 5)
    }

    @Test("A synthetic buys the call first and sells the put, and closes the put first")
    func synthetic() throws {
        let structure = try BankNifty.read([:])
            .structure(expiry: .of("2025-12-30"), price: Price("52090"), on: .of("2025-12-01"))
        #expect(structure.strike == Price(whole: 52_000))
        #expect(structure.legs.map(\.role) == [.call, .put])
        #expect(structure.legs.map(\.openingSide) == [.buy, .sell])
        #expect(structure.legs.map(\.contract.symbol) == ["BANKNIFTY25DEC52000CE", "BANKNIFTY25DEC52000PE"])
        #expect(structure.closingOrder.map { $0.side(for: .close) } == [.buy, .sell])
        #expect(structure.legs.allSatisfy { $0.contract.venue == "NFO" && $0.contract.unitsPerLot == 35 })
        #expect(structure.legs.allSatisfy { $0.contract.freezeQuantity == Quantity(600) && $0.contract.tick == Tick(units: 500) })
    }

    @Test(
        "A metal is one future in the broker's spelling",
        arguments: [
            ("gold-mini", "2026-01-05", "GOLDM26JANFUT"), ("gold-mini", "2025-12-05", "GOLDM25DECFUT"),
            ("silver-mini", "2026-02-27", "SILVERM26FEBFUT"),
        ])
    func metals(name: String, expiry: String, symbol: String) throws {
        let instrument: any InstrumentPlugin =
            name == "gold-mini" ? try GoldMini.read([:]) : try SilverMini.read([:])
        let structure = try instrument.structure(expiry: .of(expiry), price: Price(whole: 78_500), on: .of("2025-12-01"))
        #expect(structure.legs.map(\.contract.symbol) == [symbol])
        #expect(structure.legs.map(\.contract.venue) == ["MCX"])
        #expect(structure.strike == nil)
        #expect(structure.legs.map(\.openingSide) == [.buy])
    }

    @Test(
        "L-12 A position is sold in the quantity in which it was bought: metals in lots, the index in units",
        arguments: [
            ("gold", Int64(3)), ("bank", 105),
        ])
    func quantity(name: String, quantity: Int64) throws {
        let day = try TradingDay.of("2025-12-01")
        let instrument: any InstrumentPlugin = name == "gold" ? try GoldMini.read([:]) : try BankNifty.read([:])
        let expiry = try #require(instrument.expiries(onOrAfter: day, count: 1).first)
        let next = try #require(instrument.expiries(onOrAfter: expiry.advanced(by: 1), count: 1).first)
        for expiry in [expiry, next] {
            for leg in try instrument.structure(expiry: expiry, price: Price(whole: 52_000), on: day).legs {
                #expect(try Lots(3).quantity(unitsPerLot: leg.contract.unitsPerLot) == Quantity(quantity))
                #expect(Quantity(quantity).lots(unitsPerLot: leg.contract.unitsPerLot) == Lots(3))
            }
        }
    }

    @Test("The list of built-in instruments has each name once")
    func list() {
        let names = BuiltInInstruments.all.map { $0.manifest.name }
        #expect(names == ["future", "synthetic-future", "bank-nifty", "gold-mini", "silver-mini"])
        #expect(BuiltInInstruments.all.allSatisfy { $0.manifest.kind == .instruments && !$0.manifest.summary.isEmpty })
    }
}

typealias BankNifty = DescribedInstrument<BankNiftyPreset>
typealias GoldMini = DescribedInstrument<GoldMiniPreset>
typealias SilverMini = DescribedInstrument<SilverMiniPreset>
typealias Future = DescribedInstrument<FuturePreset>
typealias SyntheticFuture = DescribedInstrument<SyntheticFuturePreset>

extension DescribedInstrument {
    /// The instrument of an entry with these options.
    static func read(_ options: ConfigNode) throws -> Self {
        try Self(options: Options.read(options), context: PluginContext(name: "TEST", clock: SystemClock()))
    }
}

extension TradingDay {
    /// A day written in a test.
    static func of(_ text: String) throws -> TradingDay { try #require(TradingDay(text)) }
}
