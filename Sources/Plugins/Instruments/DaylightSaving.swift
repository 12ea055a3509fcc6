package import MunimKit

/// The days of daylight saving in New York, which move the evening close of the commodity exchange.
package enum DaylightSaving {
    /// Whether New York is on daylight saving time on `day`, the day of the change included.
    ///
    /// Energy Policy Act of 2005: from 2007 on from the second Sunday of March to the first Sunday of November; before, from the first Sunday of
    /// April (Uniform Time Act as amended in 1986) to the last Sunday of October.
    package static func holds(on day: TradingDay) -> Bool {
        let date = day.date
        let (start, end) =
            date.year >= 2007
            ? (sunday(2, month: 3, year: date.year), sunday(1, month: 11, year: date.year))
            : (sunday(1, month: 4, year: date.year), lastSunday(month: 10, year: date.year))
        guard let start, let end else { return false }
        return start <= day && day < end
    }

    private static func sunday(_ number: Int, month: Int, year: Int) -> TradingDay? {
        guard let first = TradingDay(year: year, month: month, day: 1) else { return nil }
        return first.nextOrSame(.sunday)?.advanced(by: (number - 1) * 7)
    }

    private static func lastSunday(month: Int, year: Int) -> TradingDay? {
        TradingDay(year: year, month: month, day: TradingDay.length(ofMonth: month, year: year))?.previousOrSame(.sunday)
    }
}

extension TradingDay {
    /// The first such day of the week on or after this day.
    package func nextOrSame(_ weekday: Weekday) -> TradingDay? { (0..<7).map(advanced(by:)).first { $0.weekday == weekday } }

    /// The last such day of the week on or before this day.
    package func previousOrSame(_ weekday: Weekday) -> TradingDay? { (0..<7).map { advanced(by: -$0) }.first { $0.weekday == weekday } }
}
