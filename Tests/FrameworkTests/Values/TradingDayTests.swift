import FoundationEssentials
import MunimKit
import Testing

@Suite("Days and times of the exchange")
struct TradingDayTests {
    @Test(
        "Every day from 1900 to 2100 survives its date and its text, in the order of the calendar",
        arguments: [1900, 1940, 1980, 2020, 2060])
    func everyDay(from year: Int) throws {
        var day = try #require(TradingDay(year: year, month: 1, day: 1))
        let end = try #require(TradingDay(year: year + 41, month: 1, day: 1))
        while day < end {
            let date = day.date
            #expect(TradingDay(year: date.year, month: date.month, day: date.day) == day)
            #expect(TradingDay(day.description) == day)
            let next = day.advanced(by: 1)
            let follows =
                date.day < TradingDay.length(ofMonth: date.month, year: date.year)
                ? next.date == (date.year, date.month, date.day + 1)
                : next.date == (date.month == 12 ? (date.year + 1, 1, 1) : (date.year, date.month + 1, 1))
            #expect(follows, "\(day) is followed by \(next)")
            let names = Weekday.allCases
            #expect(names.firstIndex(of: next.weekday) == ((names.firstIndex(of: day.weekday) ?? 0) + 1) % 7)
            day = next
        }
    }

    @Test("Days beyond every instant saturate instead of trapping", arguments: [Int.min, .min + 1, .max - 1, .max])
    func far(count: Int) {
        let day = TradingDay(daysSinceEpoch: count)
        #expect(day == TradingDay(daysSinceEpoch: 0).advanced(by: count))
        #expect(day.advanced(by: count) == day)
        #expect(day.weekday.rawValue.hasSuffix("day"))
        #expect(day.description.hasSuffix("-\(day.description.suffix(2))"))
        let edge = Instant(microseconds: count < 0 ? .min : .max)
        #expect(day.instant(at: TimeOfDay(secondsSinceMidnight: 43_200)) == edge)
        #expect((TradingDay(of: edge).daysSinceEpoch - day.daysSinceEpoch).magnitude <= 1)
    }

    @Test(
        "Known days have their day of the week",
        arguments: [
            ("1970-01-01", Weekday.thursday), ("1900-01-01", .monday), ("2000-02-29", .tuesday), ("2025-11-28", .friday),
            ("2026-01-05", .monday),
        ])
    func weekdays(text: String, weekday: Weekday) { #expect(TradingDay(text)?.weekday == weekday) }

    @Test(
        "Text of no day is refused",
        arguments: [
            "", "2025-02-29", "1900-02-29", "2025-13-01", "2025-00-10", "2025-04-31", "2025-1-01", "25-01-01", "2025-01-01T", "2025/01/01",
            "0000-01-01",
            "2025-01--1", "05JAN26", " 2025-01-01", "２０２５-01-01",
        ])
    func noDay(text: String) { #expect(TradingDay(text) == nil) }

    @Test(
        "Midnight of the exchange parts the days",
        arguments: [
            ("2025-12-11T18:29:59Z", "2025-12-11", "23:59:59"), ("2025-12-11T18:30:00Z", "2025-12-12", "00:00"),
            ("1969-12-31T18:30:00Z", "1970-01-01", "00:00"),
            ("1969-12-31T18:29:59Z", "1969-12-31", "23:59:59"),
        ])
    func midnight(instant: String, day: String, time: String) throws {
        let instant = try #require(Instant(instant, defaultOffset: nil))
        #expect(TradingDay(of: instant).description == day)
        #expect(TimeOfDay(of: instant).description == time)
        #expect(TradingDay(of: instant).instant(at: TimeOfDay(of: instant)) == instant)
    }

    @Test("Every second of a day survives its text")
    func times() {
        for second in stride(from: 0, to: 86_400, by: 7) {
            let time = TimeOfDay(secondsSinceMidnight: second)
            #expect(TimeOfDay(time.description) == time)
            #expect(TimeOfDay(time.text) == time)
        }
    }

    @Test("Text of no time is refused", arguments: ["", "24:00", "23:60", "9:15", "09:15:60", "09-15", "09:15:00:00", "+9:15"])
    func noTime(text: String) { #expect(TimeOfDay(text) == nil) }

    @Test(
        "A session is open from its first second until before its last",
        arguments: [
            ("09:14:59", false), ("09:15", true), ("15:29:59", true), ("15:30", false),
        ])
    func session(text: String, isOpen: Bool) throws {
        let session = Session(open: try #require(TimeOfDay("09:15")), close: try #require(TimeOfDay("15:30")))
        #expect(session.contains(try #require(TimeOfDay(text))) == isOpen)
    }

    @Test("Days and times are JSON texts, and other JSON is refused")
    func json() throws {
        let day = try #require(TradingDay("2026-01-05"))
        let time = try #require(TimeOfDay("09:15:30"))
        #expect(String(decoding: try JSONEncoder().encode([day]), as: UTF8.self) == "[\"2026-01-05\"]")
        #expect(try JSONDecoder().decode([TimeOfDay].self, from: JSONEncoder().encode([time])) == [time])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([TradingDay].self, from: Data("[\"2026-02-30\"]".utf8)) }
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([TimeOfDay].self, from: Data("[\"25:00\"]".utf8)) }
    }
}
