public import MunimKit
public import Testing

/// What every rollover rule must do, whoever wrote it; a plugin's own test makes one and calls ``check(_:sourceLocation:)``.
///
/// Faults are recorded as issues of the running test, at the line of the caller.
public enum RolloverConformance {
    /// Checks a rule from far before the expiry to after it, with and without figures of open interest, and as the guard of entries asks it.
    public static func check(_ rule: any RolloverPlugin, sourceLocation: SourceLocation = #_sourceLocation) {
        let recorder = ConformanceRecorder(place: sourceLocation)
        for expiry in expiries {
            // Two contracts are enough for figures of open interest, which make many questions of one.
            for interest in expiry == expiries[0] ? interests : [(nil, nil), (10_000, 10_001)] {
                checkCountdown(rule, to: expiry, interest, recorder)
            }
            for days in [0, 1, 2, 5, 10] { checkEntries(rule, into: expiry, avoidingDays: days, recorder) }
        }
        for daysLeft in [Int.min, -1, Int.max] {
            _ = rule.advice(on: view(on: expiries[0], of: expiries[0], daysLeft: daysLeft, interest: (nil, nil)))
        }
    }

    /// The answers on all days before an expiry.
    private static func checkCountdown(
        _ rule: any RolloverPlugin, to expiry: TradingDay, _ interest: (Int64?, Int64?), _ recorder: ConformanceRecorder
    ) {
        var wasDue = false
        for (index, day) in tradingDays(before: expiry).enumerated() {
            let view = view(on: day, of: expiry, daysLeft: countdown - index - 1, interest: interest)
            let advice = rule.advice(on: view)
            recorder.expect(!advice.reason.isEmpty, "advice has no sentence")
            recorder.expect(rule.advice(on: view) == advice, "the same view had two answers")
            recorder.expect(
                advice.isDue || !wasDue,
                "a roll that was due is not due on \(day), before the expiry on \(expiry), so that nobody makes up for it")
            wasDue = advice.isDue
        }
    }

    /// A contract that is entered, because the rule says on no day of the guard that it would roll, must not roll on these days.
    private static func checkEntries(
        _ rule: any RolloverPlugin, into expiry: TradingDay, avoidingDays days: Int, _ recorder: ConformanceRecorder
    ) {
        let traded = TradedInstrument(name: "CONFORMANCE", instrument: OneContract(expiry: expiry), sizing: NoLots(), rollover: rule)
        let calendar = tradingDays(before: expiry)
        for (index, day) in calendar.enumerated() where traded.entryExpiry(on: day, avoidingDays: days) == expiry {
            for (later, other) in calendar.enumerated().dropFirst(index).prefix(days + 1) {
                let advice = rule.advice(on: view(on: other, of: expiry, daysLeft: countdown - later - 1, interest: (nil, nil)))
                recorder.expect(
                    !advice.isDue,
                    "the contract of \(expiry) is entered on \(day) although the rule rolls it on \(other), \(later - index) trading days later, "
                        + "and entries avoid \(days): \(advice.reason)")
            }
        }
    }

    private static var interests: [(Int64?, Int64?)] {
        let figures: [Int64?] = [nil, Int64.min, -1, 0, 1, 10_000, 10_001, .max]
        return figures.flatMap { present in figures.map { (present, $0) } }
    }

    private static func view(on day: TradingDay, of expiry: TradingDay, daysLeft: Int, interest: (Int64?, Int64?)) -> RolloverView {
        RolloverView(
            day: day, expiry: expiry, nextExpiry: expiry.advanced(by: 30), tradingDaysLeft: daysLeft, openInterest: interest.0,
            nextOpenInterest: interest.1)
    }
}

extension RolloverConformance {
    /// How many trading days before an expiry are looked at.
    private static let countdown = 60

    /// Expiries at the end, at the beginning and in the middle of a month, over the end of a year too; all on weekdays.
    private static let expiries = [
        TradingDay(year: 2026, month: 1, day: 30), TradingDay(year: 2026, month: 1, day: 5), TradingDay(year: 2026, month: 6, day: 18),
        TradingDay(year: 2025, month: 12, day: 31), TradingDay(year: 2026, month: 3, day: 2),
    ].compactMap(\.self)

    /// The last weekdays before an expiry, earliest first; with the expiry itself none is left, the day before it has none strictly between.
    private static func tradingDays(before expiry: TradingDay) -> [TradingDay] {
        var days: [TradingDay] = []
        var day = expiry
        while days.count < countdown {
            day = day.advanced(by: -1)
            if !day.weekday.isWeekend { days.append(day) }
        }
        return days.reversed()
    }
}

/// An instrument with one contract, traded on weekdays.
private struct OneContract: InstrumentPlugin {
    static let manifest = PluginManifest(kind: .instruments, name: "one-contract", version: "1.0.0", summary: "For rules of rollover.")
    let expiry: TradingDay

    init(expiry: TradingDay) { self.expiry = expiry }
    init(options: NoOptions, context: PluginContext) throws { throw PluginFault("made by a suite only") }

    func terms(on day: TradingDay) -> InstrumentTerms {
        InstrumentTerms(
            pointValue: PointValue(whole: 1), unitsPerLot: 1, marginPerLot: Money(whole: 1), initialStopMultiple: Ratio(whole: 1),
            trailingStopMultiple: Ratio(whole: 1), maximumPyramids: 0, pyramidSpacing: Ratio(whole: 1), barLength: .minutes(60))
    }
    func schedule(on day: TradingDay) -> DaySchedule {
        guard !day.weekday.isWeekend else { return .closed("weekend") }
        return .open([Session(open: TimeOfDay(secondsSinceMidnight: 9 * 3_600), close: TimeOfDay(secondsSinceMidnight: 17 * 3_600))])
    }
    /// The next contracts expire thirty days apart, so that the rule knows one after it.
    func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay] {
        (0..<count).map { expiry.advanced(by: 30 * $0) }.filter { $0 >= day }
    }
    func structure(expiry: TradingDay, price: Price, on day: TradingDay) throws(InstrumentFault) -> Structure {
        throw .noSuchExpiry(expiry)
    }
}

/// A size that nobody asks for.
private struct NoLots: SizingPlugin {
    static let manifest = PluginManifest(kind: .sizing, name: "no-lots", version: "1.0.0", summary: "For rules of rollover.")

    init() {}
    init(options: NoOptions, context: PluginContext) {}

    func size(_ request: SizingRequest) throws(Overflow) -> SizingDecision {
        SizingDecision(rule: "no-lots", lots: .zero, limiter: "none", constraints: [])
    }
}
