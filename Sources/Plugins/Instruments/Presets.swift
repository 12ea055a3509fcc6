package import MunimKit

/// A future that its entry describes completely.
package enum FuturePreset: InstrumentPreset {
    package static let manifest = PluginManifest(
        kind: .instruments, name: "future", version: "1.0.0", summary: "A future, described completely by its options.")
    package static var basis: InstrumentBasis { InstrumentBasis(isSynthetic: false) }
}

/// A synthetic future, long call and short put, that its entry describes completely.
package enum SyntheticFuturePreset: InstrumentPreset {
    package static let manifest = PluginManifest(
        kind: .instruments, name: "synthetic-future", version: "1.0.0",
        summary: "A long call and a short put of one strike, described completely by its options.")
    package static var basis: InstrumentBasis { InstrumentBasis(isSynthetic: true) }
}

/// Gold Mini: 100 g quoted per 10 g; orders count lots.
package enum GoldMiniPreset: InstrumentPreset {
    package static let manifest = PluginManifest(
        kind: .instruments, name: "gold-mini", version: "1.0.0", summary: "Gold Mini future of MCX: 100 g, quoted per 10 g.")
    package static var basis: InstrumentBasis {
        InstrumentBasis(
            isSynthetic: false,
            facts: .metal(
                root: "GOLDM", pointValue: PointValue(whole: 10), margin: Money(whole: 105_000), freeze: Quantity(100),
                expiry: ExpiryRule(.day(5)), initialStop: Ratio(whole: 1), trailingStop: Ratio(whole: 2), maximumPyramids: 3))
    }
}

/// Silver Mini: 5 kg quoted per kg; orders count lots.
package enum SilverMiniPreset: InstrumentPreset {
    package static let manifest = PluginManifest(
        kind: .instruments, name: "silver-mini", version: "1.0.0", summary: "Silver Mini future of MCX: 5 kg, quoted per kg.")
    package static var basis: InstrumentBasis {
        InstrumentBasis(
            isSynthetic: false,
            facts: .metal(
                root: "SILVERM", pointValue: PointValue(whole: 5), margin: Money(whole: 385_000), freeze: Quantity(120),
                expiry: ExpiryRule(.lastDay, months: [2, 4, 6, 8, 11]), initialStop: Ratio(whole: 2), trailingStop: Ratio(whole: 3),
                maximumPyramids: 5))
    }
}

/// Bank Nifty held as a synthetic future: long call, short put, strikes at multiples of 500.
package enum BankNiftyPreset: InstrumentPreset {
    package static let manifest = PluginManifest(
        kind: .instruments, name: "bank-nifty", version: "1.0.0",
        summary: "Bank Nifty of NSE as a synthetic future of monthly options, lots and expiries by date.")
    package static var basis: InstrumentBasis { InstrumentBasis(isSynthetic: true, facts: .bankNifty) }
}

extension InstrumentFacts {
    /// What the mini metals have in common: MCX counts orders in lots, tick 1, bars of an hour.
    fileprivate static func metal(
        root: String, pointValue: PointValue, margin: Money, freeze: Quantity, expiry: ExpiryRule, initialStop: Ratio, trailingStop: Ratio,
        maximumPyramids: Int
    ) -> InstrumentFacts {
        InstrumentFacts(
            form: .future, venue: "MCX", root: root, symbol: .future, unitsPerLot: DatedTable(1),
            pointValue: DatedTable(pointValue), marginPerLot: DatedTable(margin), freezeQuantity: DatedTable(freeze),
            tick: Tick(units: 10_000),
            months: ContractMonths(rules: DatedTable(expiry), calendar: .named(.mcx)), initialStop: initialStop,
            trailingStop: trailingStop, maximumPyramids: maximumPyramids, pyramidSpacing: Ratio(units: 500_000), barLength: .minutes(60))
    }

    fileprivate static var bankNifty: InstrumentFacts {
        let lots = bankNiftyLots
        return InstrumentFacts(
            form: .synthetic(StrikeGrid(step: Price(whole: 500))), venue: "NFO", root: "BANKNIFTY", symbol: .option, unitsPerLot: lots,
            pointValue: lots.map { PointValue(whole: Int($0.count)) }, marginPerLot: DatedTable(Money(whole: 270_000)),
            freezeQuantity: DatedTable(nil, changes: .days([("2025-09-01", Quantity(900)), ("2025-12-01", Quantity(600))])),
            tick: Tick(units: 500), months: ContractMonths(rules: bankNiftyExpiries, calendar: .named(.nse)),
            initialStop: Ratio(units: 1_500_000), trailingStop: Ratio(units: 2_500_000), maximumPyramids: 5,
            pyramidSpacing: Ratio(units: 500_000), barLength: .minutes(75))
    }

    private static var bankNiftyLots: DatedTable<LotSize> {
        let changes: [(String, LotSize)] = [
            ("2005-06-13", 100), ("2007-02-23", 50), ("2010-04-30", 25), ("2015-08-28", 30), ("2016-04-29", 40), ("2018-10-26", 20),
            ("2020-05-04", 25), ("2023-07-01", 15), ("2024-11-20", 30), ("2025-04-25", 35), ("2025-12-30", 30),
        ]
        return DatedTable(25, changes: .days(changes))
    }

    /// Monthly contracts: Thursdays, Wednesdays from March 2024, Thursdays from January 2025, Tuesdays from September 2025.
    private static var bankNiftyExpiries: DatedTable<ExpiryRule> {
        DatedTable(
            ExpiryRule(.last(.thursday)),
            changes: .days([
                ("2024-03-01", ExpiryRule(.last(.wednesday))), ("2025-01-01", ExpiryRule(.last(.thursday))),
                ("2025-09-01", ExpiryRule(.last(.tuesday))),
            ]))
    }
}

extension TradingCalendar {
    /// A calendar that was brought along; without its holidays, and so without known years, when their list cannot be read.
    fileprivate static func named(_ name: CalendarName) -> TradingCalendar {
        (try? name.calendar())
            ?? TradingCalendar(name: name.rawValue, hours: DatedTable(.fixed([])), eveningOpen: .at(17), exceptions: [])
    }
}

extension Array {
    /// Changes written with the text of their day.
    fileprivate static func days<Value>(_ changes: [(String, Value)]) -> [Element] where Element == DatedTable<Value>.Change {
        changes.compactMap { day, value in TradingDay(day).map { .init(from: $0, value) } }
    }
}
