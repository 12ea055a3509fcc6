package import MunimKit

/// The calendars that instruments choose by name.
package enum CalendarName: String, CaseIterable, Hashable, Sendable {
    /// The derivatives segment of the National Stock Exchange of India.
    case nse
    /// The metals and energy segment of the Multi Commodity Exchange of India.
    case mcx
    /// Monday to Friday around the clock, without holidays; for instruments that bring their own.
    case weekdays

    /// The calendar; throws a sentence when the list of holidays that was brought along cannot be read.
    package func calendar() throws(PluginFault) -> TradingCalendar {
        switch self {
        case .nse: try Self.nseCalendar.get()
        case .mcx: try Self.mcxCalendar.get()
        case .weekdays:
            TradingCalendar(
                name: "weekdays", hours: DatedTable(.fixed([Session(open: .at(0), close: .at(24))])), eveningOpen: .at(17), exceptions: [])
        }
    }

    // Read once: a host may have hundreds of instruments with one calendar.
    private static let nseCalendar = Result { () throws(PluginFault) in
        TradingCalendar(
            name: "NSE", hours: nseHours, eveningOpen: .at(17),
            exceptions: try HolidayList.read(text(PackageResources.holidays_nse_csv), exchange: "NSE"))
    }

    private static let mcxCalendar = Result { () throws(PluginFault) in
        TradingCalendar(
            name: "MCX", hours: DatedTable(.closingWithNewYork(open: .at(9), summerClose: .at(23, 30), winterClose: .at(23, 55))),
            eveningOpen: .at(17), exceptions: try HolidayList.read(text(PackageResources.holidays_mcx_csv), exchange: "MCX"))
    }

    /// Longer hours from 4 January 2010, the call auction from 18 October 2010, the later close of derivatives from 3 August 2026.
    private static var nseHours: DatedTable<TradingHours> {
        let changes: [(String, TimeOfDay, TimeOfDay)] = [
            ("2010-01-04", .at(9), .at(15, 30)), ("2010-10-18", .at(9, 15), .at(15, 30)), ("2026-08-03", .at(9, 15), .at(15, 40)),
        ]
        return DatedTable(
            .fixed([Session(open: .at(9, 55), close: .at(15, 30))]),
            changes: changes.compactMap { from, open, close in
                TradingDay(from).map { .init(from: $0, .fixed([Session(open: open, close: close)])) }
            })
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension TimeOfDay {
    /// A time written in code.
    static func at(_ hour: Int, _ minute: Int = 0) -> TimeOfDay { TimeOfDay(secondsSinceMidnight: hour * 3_600 + minute * 60) }
}
