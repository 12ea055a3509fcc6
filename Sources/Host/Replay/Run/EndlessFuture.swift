import MunimKit

/// A contract for replays: one future that never expires, trades at any hour and has no tick, so that fills stay at the listed prices.
///
/// Point value, margin, stops and pyramids are those of the instrument that it stands for, on each day.
struct EndlessFuture: InstrumentPlugin {
    static let manifest = PluginManifest(
        kind: .instruments, name: "replay-future", version: "1.0.0", summary: "One endless contract, for replays.")

    private let name: InstrumentName
    /// The instrument whose facts hold; nil when only a point value is known.
    private let model: (any InstrumentPlugin)?
    /// Holds on all days in place of the model's.
    private let pointValue: PointValue?

    /// A stand-in for `model`.
    init(name: InstrumentName, model: (any InstrumentPlugin)?, pointValue: PointValue?) {
        self.name = name
        self.model = model
        self.pointValue = pointValue
    }

    init(options: NoOptions, context: PluginContext) {
        self.init(name: InstrumentName(context.name), model: nil, pointValue: nil)
    }

    func terms(on day: TradingDay) -> InstrumentTerms {
        var terms = model?.terms(on: day) ?? Self.plain
        if let pointValue { terms.pointValue = pointValue }
        terms.unitsPerLot = 1
        return terms
    }

    func schedule(on day: TradingDay) -> DaySchedule { Self.always }

    /// The end of the month in name only: nothing happens on it, and the machine counts the trading days until it for each entry.
    func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay] { count > 0 ? [Self.endOfMonth(day)] : [] }

    func structure(expiry: TradingDay, price: Price, on day: TradingDay) throws(InstrumentFault) -> Structure {
        guard expiry == Self.endOfMonth(day) else { throw .noSuchExpiry(expiry) }
        let contract = Contract(
            venue: "REPLAY", root: name.text, kind: .future, expiry: expiry, symbol: name.text + "-REPLAY", unitsPerLot: 1,
            tick: Tick(units: 1))
        let leg = StructureLeg(role: .future, contract: contract, openingSide: .buy)
        return Structure(legs: [leg], expiry: expiry, pointValue: terms(on: day).pointValue)
    }

    private static func endOfMonth(_ day: TradingDay) -> TradingDay {
        let (year, month, number) = day.date
        return day.advanced(by: TradingDay.length(ofMonth: month, year: year) - number)
    }

    private static let always = DaySchedule.open([
        Session(open: TimeOfDay(secondsSinceMidnight: 0), close: TimeOfDay(secondsSinceMidnight: 86_400))
    ])
    private static let plain = InstrumentTerms(
        pointValue: PointValue(whole: 1), unitsPerLot: 1, marginPerLot: .zero, initialStopMultiple: Ratio(units: 1_500_000),
        trailingStopMultiple: Ratio(units: 2_500_000), maximumPyramids: 5, pyramidSpacing: Ratio(units: 500_000), barLength: .minutes(60))
}
