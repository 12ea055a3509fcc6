public import MunimKit

/// Silver Mini: a future on 5 kg, quoted per kg, that expires on the last trading day of five months of the year.
public struct SilverMini: InstrumentPlugin {
    /// What an entry may say; read once, with its default, range and meaning beside it.
    public struct Options: PluginOptions {
        let margin: Money

        public init(from reader: inout OptionReader) {
            margin = reader.value(
                "margin_per_lot", .money.above(.zero), default: Money(whole: 385_000), unit: "INR", summary: "Margin that one lot needs.")
        }
    }

    public static let manifest = PluginManifest(
        kind: .instruments, name: "silver-mini-example", version: "1.0.0", summary: "Silver Mini future: 5 kg, quoted per kg.")
    private static let months: Set<Int> = [2, 4, 6, 8, 11]
    private static let holidays: Set<TradingDay?> = [
        TradingDay("2026-01-26"), TradingDay("2026-04-03"), TradingDay("2026-10-02"), TradingDay("2026-12-25"),
    ]
    private let options: Options

    public init(options: Options, context: PluginContext) { self.options = options }

    public func terms(on day: TradingDay) -> InstrumentTerms {
        InstrumentTerms(
            pointValue: PointValue(whole: 5), unitsPerLot: 1, marginPerLot: options.margin, initialStopMultiple: Ratio(whole: 2),
            trailingStopMultiple: Ratio(whole: 3), maximumPyramids: 5, pyramidSpacing: Ratio(units: 500_000), barLength: .minutes(60))
    }

    public func schedule(on day: TradingDay) -> DaySchedule {
        guard !day.weekday.isWeekend else { return .closed("weekend") }
        guard !Self.holidays.contains(day) else { return .closed("holiday") }
        return .open([Session(open: TimeOfDay(secondsSinceMidnight: 9 * 3_600), close: TimeOfDay(secondsSinceMidnight: 84_600))])
    }

    public func knowsCalendar(of day: TradingDay) -> Bool { day.date.year == 2026 }

    public func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay] {
        var expiries: [TradingDay] = []
        var (year, month, _) = day.date
        while expiries.count < count, (1...9_999).contains(year) {
            if let expiry = expiry(year: year, month: month), expiry >= day { expiries.append(expiry) }
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
        }
        return expiries
    }

    public func structure(expiry: TradingDay, price: Price, on day: TradingDay) throws(InstrumentFault) -> Structure {
        let (year, month, _) = expiry.date
        guard expiry >= day, self.expiry(year: year, month: month) == expiry else { throw .noSuchExpiry(expiry) }
        let names = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        let contract = Contract(
            venue: "MCX", root: "SILVERM", kind: .future, expiry: expiry,
            symbol: "SILVERM\(expiry.description.dropFirst(2).prefix(2))\(names[month - 1])FUT",
            unitsPerLot: 1, tick: Tick(units: 10_000), freezeQuantity: Quantity(120))
        return Structure(
            legs: [StructureLeg(role: .future, contract: contract, openingSide: .buy)], expiry: expiry, pointValue: PointValue(whole: 5))
    }

    /// The last trading day of a contract month; nil for the other months.
    private func expiry(year: Int, month: Int) -> TradingDay? {
        guard Self.months.contains(month) else { return nil }
        var day = TradingDay(year: year, month: month, day: TradingDay.length(ofMonth: month, year: year))
        while let last = day, schedule(on: last).sessions.isEmpty { day = last.advanced(by: -1) }
        return day
    }
}
