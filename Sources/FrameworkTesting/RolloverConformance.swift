public import MunimKit
public import Testing

/// What every rollover rule must do, whoever wrote it; a plugin's own test makes one and calls ``check(_:sourceLocation:)``.
///
/// Faults are recorded as issues of the running test, at the line of the caller.
public enum RolloverConformance {
    /// Checks a rule from far before the expiry to after it, with and without figures of open interest.
    public static func check(_ rule: any RolloverPlugin, sourceLocation: SourceLocation = #_sourceLocation) {
        let recorder = ConformanceRecorder(place: sourceLocation)
        for interest in interests {
            var wasDue = false
            for daysLeft in (0...60).reversed() {
                let view = view(daysLeft: daysLeft, interest: interest)
                let advice = rule.advice(on: view)
                recorder.expect(!advice.reason.isEmpty, "advice has no sentence")
                recorder.expect(rule.advice(on: view) == advice, "the same view had two answers")
                recorder.expect(advice.isDue || !wasDue, "a roll that was due is not due \(daysLeft) trading days before the expiry")
                wasDue = advice.isDue
            }
        }
        for daysLeft in [Int.min, -1, Int.max] { _ = rule.advice(on: view(daysLeft: daysLeft, interest: (nil, nil))) }
    }

    private static var interests: [(Int64?, Int64?)] {
        let figures: [Int64?] = [nil, Int64.min, -1, 0, 1, 10_000, 10_001, .max]
        return figures.flatMap { present in figures.map { (present, $0) } }
    }

    private static func view(daysLeft: Int, interest: (Int64?, Int64?)) -> RolloverView {
        let expiry = TradingDay(daysSinceEpoch: 20_000)
        let calendarDays = min(max(daysLeft, -1), 60) * 7 / 5 + 1
        return RolloverView(
            day: expiry.advanced(by: -calendarDays), expiry: expiry, nextExpiry: expiry.advanced(by: 30), tradingDaysLeft: daysLeft,
            openInterest: interest.0, nextOpenInterest: interest.1)
    }
}
