package import MunimKit

/// The hours of an ordinary day.
package enum TradingHours: Hashable, Sendable {
    /// The same on every day.
    case fixed([Session])
    /// One session whose end follows the daylight saving of New York.
    case closingWithNewYork(open: TimeOfDay, summerClose: TimeOfDay, winterClose: TimeOfDay)

    func sessions(on day: TradingDay) -> [Session] {
        switch self {
        case .fixed(let sessions): sessions
        case .closingWithNewYork(let open, let summerClose, let winterClose):
            [Session(open: open, close: DaylightSaving.holds(on: day) ? summerClose : winterClose)]
        }
    }
}

/// A day that is not ordinary.
package struct ExceptionalDay: Hashable, Sendable {
    /// What is open.
    package enum Hours: Hashable, Sendable {
        /// Nothing.
        case closed
        /// The ordinary hours up to the start of the evening.
        case morning
        /// The ordinary hours from the start of the evening.
        case evening
        /// These sessions and no others.
        case special([Session])
    }

    /// The day.
    package let day: TradingDay
    /// Why it is not ordinary.
    package let description: String
    /// What is open on it.
    package let hours: Hours

    /// An exceptional day.
    package init(day: TradingDay, description: String, hours: Hours) {
        self.day = day
        self.description = description
        self.hours = hours
    }
}

/// When one exchange trades: ordinary hours with dated changes, weekends, and exceptional days of the years that are known.
///
/// Outside the known years only weekends are closed; ``covers(_:)`` says so, because a missing year is something to alert about.
package struct TradingCalendar: Hashable, Sendable {
    /// The exchange.
    package let name: String
    /// Hours of ordinary days.
    package let hours: DatedTable<TradingHours>
    /// Where a day is cut on which only the morning or only the evening is open.
    package let eveningOpen: TimeOfDay
    private let exceptions: [TradingDay: ExceptionalDay]
    private let coveredYears: Set<Int>

    /// A calendar; of two entries for one day the later one holds, so that a user's entries override those that were brought along.
    package init(
        name: String, hours: DatedTable<TradingHours>, eveningOpen: TimeOfDay, exceptions: [ExceptionalDay], coveredYears: Set<Int> = []
    ) {
        self.name = name
        self.hours = hours
        self.eveningOpen = eveningOpen
        self.exceptions = Dictionary(exceptions.map { ($0.day, $0) }) { _, later in later }
        self.coveredYears = coveredYears.union(exceptions.map(\.day.date.year))
    }

    /// Whether the holidays of the year of `day` are known.
    package func covers(_ day: TradingDay) -> Bool { Self.isInRange(day) && coveredYears.contains(day.date.year) }

    /// When the exchange trades on `day`.
    package func schedule(on day: TradingDay) -> DaySchedule {
        guard Self.isInRange(day) else { return .closed("outside the calendar") }
        if let exception = exceptions[day] { return schedule(of: exception) }
        if day.weekday.isWeekend { return .closed("weekend") }
        return .open(hours.value(on: day).sessions(on: day))
    }

    /// Whether `day` is a working day of the exchange: no weekend, no holiday, no special session; half days count.
    ///
    /// Contracts expire on working days only.
    package func isWorkingDay(_ day: TradingDay) -> Bool {
        guard Self.isInRange(day), !day.weekday.isWeekend else { return false }
        switch exceptions[day]?.hours {
        case nil, .morning, .evening: return true
        case .closed, .special: return false
        }
    }

    /// The last working day on or before `day`; nil when there is none within 30 days.
    package func workingDay(onOrBefore day: TradingDay) -> TradingDay? {
        (0...30).lazy.map { day.advanced(by: -$0) }.first(where: isWorkingDay)
    }

    /// The calendar with further exceptional days and years.
    package func adding(_ days: [ExceptionalDay], coveredYears years: Set<Int>) -> TradingCalendar {
        TradingCalendar(
            name: name, hours: hours, eveningOpen: eveningOpen, exceptions: exceptions.values.sorted { $0.day < $1.day } + days,
            coveredYears: coveredYears.union(years))
    }

    /// The calendar with other hours on ordinary days.
    package func replacingHours(_ sessions: [Session]) -> TradingCalendar {
        TradingCalendar(
            name: name, hours: DatedTable(.fixed(sessions)), eveningOpen: eveningOpen, exceptions: Array(exceptions.values),
            coveredYears: coveredYears)
    }

    /// Days that a date can be computed for without leaving the range of numbers: the years 1 to 9999.
    static func isInRange(_ day: TradingDay) -> Bool { (-719_162...2_932_896).contains(day.daysSinceEpoch) }

    private func schedule(of exception: ExceptionalDay) -> DaySchedule {
        let ordinary = hours.value(on: exception.day).sessions(on: exception.day)
        let sessions: [Session] =
            switch exception.hours {
            case .closed: []
            case .morning: ordinary.compactMap { $0.clipped(from: $0.open, to: eveningOpen) }
            case .evening: ordinary.compactMap { $0.clipped(from: eveningOpen, to: $0.close) }
            case .special(let sessions): sessions
            }
        return sessions.isEmpty ? .closed(exception.description) : .open(sessions)
    }
}

extension Session {
    /// The part of this session between two times; nil when nothing is left.
    func clipped(from start: TimeOfDay, to end: TimeOfDay) -> Session? {
        let (open, close) = (max(open, start), min(close, end))
        return open < close ? Session(open: open, close: close) : nil
    }
}
