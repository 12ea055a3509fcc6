/// An instrument that trades, or soon will, in a year whose holidays it does not know: only weekends are closed then, and an expiry may lie on
/// a day without trading.
public struct CalendarGap: Hashable, Sendable, CustomStringConvertible {
    /// The instrument.
    public let instrument: InstrumentName
    /// The year.
    public let year: Int
    /// Whether the year is the present one.
    public let isPresent: Bool

    /// What is not known, in a sentence without its full stop.
    public var description: String {
        "\(instrument) does not know \(unknown)"
    }

    /// What is not known and what follows from it, without who does not know it.
    fileprivate var unknown: String { "the holidays of \(year): only weekends are closed, and days to an expiry may be counted wrong" }

    /// What to do about it, to follow the name of an entry.
    public static let advice = "add them under holidays, and the year under known_years"
}

extension TradedInstrument {
    /// How many days ahead holidays must be known: entries and rolls reach two monthly contracts ahead.
    private static let horizon = 60

    /// The years of `day` and of the 60 days after it whose holidays the instrument does not know, the present one first.
    public func calendarGaps(on day: TradingDay) -> [CalendarGap] {
        let ahead = day.advanced(by: Self.horizon)
        let days = day.date.year == ahead.date.year ? [day] : [day, ahead]
        return days.filter { !instrument.knowsCalendar(of: $0) }.map {
            CalendarGap(instrument: name, year: $0.date.year, isPresent: $0 == day)
        }
    }
}

extension Core {
    /// Tells people of every year that instruments do not know; at the start and once on each day, because nobody notices that a holiday is
    /// missing before it comes.
    mutating func alertCalendarGaps(_ transition: inout Transition) {
        let day = TradingDay(of: transition.at)
        let gaps = Dictionary(grouping: scopes.values.flatMap { $0.traded.calendarGaps(on: day) }, by: \.year)
        for (_, gaps) in gaps.sorted(by: { $0.key < $1.key }) {
            let isOne = gaps.count == 1
            alert(
                gaps[0].isPresent ? .error : .warning, "calendar_unknown", isOne ? gaps[0].instrument : nil,
                isOne ? "\(gaps[0])." : Self.sentence(gaps), &transition)
        }
    }

    /// One sentence for many instruments that miss the same year, most often because they follow one calendar.
    private static func sentence(_ gaps: [CalendarGap]) -> String {
        let named = gaps.map(\.instrument).sorted().prefix(3).map(\.text)
        let others = gaps.count - named.count
        let list = others > 0 ? named + ["\(others) more"] : named
        return "\(list.dropLast().joined(separator: ", ")) and \(list[list.count - 1]) do not know \(gaps[0].unknown)."
    }
}
