import Instruments
import MunimKit
import Testing

@Suite("Trading calendars")
struct CalendarTests {
    private func hours(_ name: CalendarName, _ day: String) throws -> String {
        try name.calendar().schedule(on: .of(day)).sessions.map { "\($0.open)-\($0.close)" }.joined(separator: " ")
    }

    @Test(
        "L-71 The commodity exchange closes by the daylight saving of New York on each day",
        arguments: [
            ("2025-11-03", "23:55"), ("2025-10-31", "23:30"), ("2026-03-06", "23:55"), ("2026-03-09", "23:30"), ("2024-03-08", "23:55"),
            ("2024-03-11", "23:30"), ("2024-11-01", "19:00"), ("2024-11-04", "23:55"), ("2006-03-31", "23:55"), ("2006-04-03", "23:30"),
            ("2006-10-27", "23:30"), ("2006-10-30", "23:55"), ("2030-07-01", "23:30"), ("2030-12-02", "23:55"),
        ])
    func commodityClose(day: String, close: String) throws {
        let calendar = try CalendarName.mcx.calendar()
        #expect(try calendar.schedule(on: .of(day)).sessions.last?.close.description == close)
    }

    @Test("Daylight saving changes on Sundays, twice a year, and the day of the change has the new time", arguments: 1987...2060)
    func daylightSaving(year: Int) throws {
        let start = try #require(TradingDay(year: year, month: 1, day: 1))
        let changes = (1..<365).map(start.advanced(by:)).filter {
            DaylightSaving.holds(on: $0) != DaylightSaving.holds(on: $0.advanced(by: -1))
        }
        #expect(changes.count == 2)
        #expect(changes.allSatisfy { $0.weekday == .sunday })
        #expect(changes.map(\.date.month) == (year >= 2007 ? [3, 11] : [4, 10]))
    }

    @Test(
        "Hours change on known days",
        arguments: [
            (CalendarName.nse, "2009-06-01", "09:55-15:30"), (.nse, "2010-01-04", "09:00-15:30"), (.nse, "2010-10-15", "09:00-15:30"),
            (.nse, "2010-10-18", "09:15-15:30"), (.nse, "2026-07-31", "09:15-15:30"), (.nse, "2026-08-03", "09:15-15:40"),
            (.mcx, "2025-07-01", "09:00-23:30"),
        ])
    func datedHours(name: CalendarName, day: String, expected: String) throws { #expect(try hours(name, day) == expected) }

    @Test(
        "Holidays, half days and special sessions have their own hours",
        arguments: [
            (CalendarName.nse, "2025-12-25", ""), (.mcx, "2025-12-25", ""), (.mcx, "2026-01-01", "09:00-17:00"),
            (.mcx, "2025-11-05", "17:00-23:55"),
            (.mcx, "2025-05-01", "17:00-23:30"), (.nse, "2025-10-21", "13:45-14:45"), (.mcx, "2025-10-21", "13:45-14:45"),
            (.nse, "2024-03-02", "09:15-10:00 11:30-12:30"), (.nse, "2026-02-01", "09:15-15:30"), (.nse, "2025-11-29", ""),
            (.nse, "2025-11-30", ""),
        ])
    func exceptionalDays(name: CalendarName, day: String, expected: String) throws { #expect(try hours(name, day) == expected) }

    @Test("A closed day says why", arguments: [("2025-12-25", "Christmas"), ("2025-11-29", "weekend")])
    func reasons(day: String, reason: String) throws {
        #expect(try CalendarName.nse.calendar().schedule(on: .of(day)) == .closed(reason))
    }

    @Test(
        "A year without holidays in the list is not known, and only its weekends are closed",
        arguments: [
            ("2023-12-29", false), ("2024-01-01", true), ("2026-12-31", true), ("2027-01-01", false),
        ])
    func coverage(day: String, isKnown: Bool) throws {
        for instrument in [try BankNifty.read([:]) as any InstrumentPlugin, try GoldMini.read([:])] {
            #expect(try instrument.knowsCalendar(of: .of(day)) == isKnown)
        }
        #expect(try hours(.nse, "2023-12-25") == "09:15-15:30")
    }

    @Test("An entry's own holidays and years come on top of those brought along")
    func ownHolidays() throws {
        let gold = try GoldMini.read([
            "holidays": [["day": "2027-01-05", "description": "own", "open": "evening"], ["day": "2026-12-25", "open": "10:00-11:00"]]
        ])
        #expect(try gold.knowsCalendar(of: .of("2027-06-01")))
        #expect(try gold.schedule(on: .of("2027-01-05")).sessions.map(\.open.description) == ["17:00"])
        #expect(try gold.schedule(on: .of("2026-12-25")).sessions.map(\.close.description) == ["11:00"])
        #expect(try GoldMini.read(["known_years": [2_027]]).knowsCalendar(of: .of("2027-06-01")))
    }

    @Test("The lists of 2024 to 2026 close this many weekdays entirely", arguments: [(CalendarName.nse, 16 + 13 + 16), (.mcx, 5 + 4 + 4)])
    func lists(name: CalendarName, count: Int) throws {
        let calendar = try name.calendar()
        let days = try (0..<1_096).map { try TradingDay.of("2024-01-01").advanced(by: $0) }
        let closed = days.filter { !$0.weekday.isWeekend && calendar.schedule(on: $0).sessions.isEmpty }
        #expect(closed.count == count)
    }

    @Test(
        "A bad row of a list is refused with its line",
        arguments: [
            "date\n2026-13-01,NSE,x,closed", "date\n2026-01-01,NSE,x", "date\n2026-01-01,NSE,x,shut", "date\n2026-01-01,NSE,x,10:00-09:00",
            "date\n2026-01-01,NSE,x,09:00-10:00 09:30-11:00",
        ])
    func badRows(text: String) throws {
        let fault = #expect(throws: PluginFault.self) { try HolidayList.read(text, exchange: "NSE") }
        #expect(fault?.description.contains("line 2") ?? false)
    }

    @Test("Trading days strictly between a day and an expiry leave out weekends and holidays")
    func tradingDays() throws {
        let bank = try BankNifty.read([:])
        #expect(try bank.tradingDays(from: .of("2025-12-22"), to: .of("2025-12-30")) == 4)
        #expect(try bank.tradingDays(from: .of("2025-12-29"), to: .of("2025-12-30")) == 0)
        #expect(try bank.tradingDays(from: .of("2025-12-30"), to: .of("2025-12-30")) == 0)
        #expect(try bank.tradingDays(from: .of("2025-12-30"), to: .of("2035-12-30")) > 500, "a far expiry must not look near")
    }
}
