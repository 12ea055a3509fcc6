import MunimKit

extension TradingCalendar {
    /// Reads which calendar is meant, and the entry's own hours, holidays and years.
    init(from reader: inout OptionReader, preset: TradingCalendar?) {
        let name = reader.value(
            "calendar", .choice(CalendarName.self), default: preset.flatMap { CalendarName(rawValue: $0.name.lowercased()) },
            summary: "Whose hours and holidays hold; `weekdays` knows none and is open around the clock.")
        var calendar = TradingCalendar(name: name.rawValue, hours: DatedTable(.fixed([])), eveningOpen: .at(17), exceptions: [])
        do { calendar = try name.calendar() } catch { reader.fail("calendar", error.description) }
        let sessions = reader.list(
            "sessions", of: .session, default: [], count: 0...10, summary: "Hours of ordinary days, in place of the calendar's.")
        if zip(sessions, sessions.dropFirst()).contains(where: { $0.close > $1.open }) {
            reader.fail("sessions", "expected sessions in order and without overlap")
        } else if !sessions.isEmpty {
            calendar = calendar.replacingHours(sessions)
        }
        let holidays = reader.rows("holidays", summary: "Days that are not ordinary, in addition to the calendar's or in their place.") {
            row in
            ExceptionalDay(
                day: row.value("day", .day, summary: "The day."),
                description: row.value("description", .text, default: "holiday", summary: "Why it is not ordinary."),
                hours: row.value(
                    "open", .exceptionalHours, default: .closed, summary: "What is open: closed, morning, evening or sessions."))
        }
        let years = reader.list(
            "known_years", of: .integer.within(1...9_999), default: [], count: 0...200,
            summary: "Years whose holidays are complete, besides those that have any.")
        self = calendar.adding(holidays, coveredYears: Set(years))
    }
}

extension ContractMonths {
    /// Reads the rule of expiries, its changes, and the list that overrides it.
    init(from reader: inout OptionReader, preset: ContractMonths?, calendar: TradingCalendar) {
        let rule = reader.value(
            "expiry", .expiryRule, default: preset?.rules.values.last,
            summary: "Day of the month on which contracts expire; a holiday moves it to the working day before.")
        let rules = preset.flatMap { reader.isGiven("expiry") ? nil : $0.rules } ?? DatedTable(rule)
        let changes = reader.rows("expiry_changes", summary: "Changes of the rule, for contract months that begin on or after a day.") {
            row in
            DatedTable<ExpiryRule>.Change(
                from: row.value("from", .day, summary: "First day on which the change holds."),
                row.value("expiry", .expiryRule, summary: "The rule from then on."))
        }
        let listed = reader.list(
            "expiries", of: .day, default: [], count: 0...1_000,
            summary: "Known expiries; from the month of the first to the month of the last there are no others.")
        self.init(rules: rules.adding(changes), listed: listed, calendar: calendar)
    }
}

extension DatedTable {
    /// The table with further changes; on the same day they hold instead of the earlier ones.
    func adding(_ further: [Change]) -> DatedTable { DatedTable(initial, changes: changes + further) }
}

extension OptionKind where Value == ExpiryRule {
    static var expiryRule: OptionKind {
        OptionKind(
            "expiry rule", noun: "a rule of expiry", form: "such as `last tuesday`, `third thursday`, `day 5` or `last day of feb apr`",
            placeholder: ExpiryRule(.lastDay), text: \.description
        ) { text throws(OptionMismatch) in
            guard let rule = ExpiryRule(text) else {
                guard let nearest = ExpiryRule.nearest(to: text) else { throw .malformed }
                throw .remarked(" (did you mean \"\(nearest)\"?)")
            }
            return rule
        }
    }
}

extension OptionKind where Value == SymbolPattern {
    static var symbolPattern: OptionKind {
        let fields = SymbolPattern.Field.allCases.map { "{\($0.rawValue)}" }.joined(separator: " ")
        return OptionKind(
            "symbol pattern", noun: "a symbol pattern", form: "text with \(fields)", placeholder: .future, text: \.description
        ) { text throws(OptionMismatch) in
            guard let pattern = SymbolPattern(text) else { throw .malformed }
            return pattern
        }
    }
}

extension OptionKind where Value == ExceptionalDay.Hours {
    static var exceptionalHours: OptionKind {
        OptionKind(
            "hours", noun: "the hours of a day", form: "closed, morning, evening, or sessions such as 18:00-19:00", placeholder: .closed,
            text: HolidayList.text
        ) { text throws(OptionMismatch) in
            guard let hours = HolidayList.hours(text) else { throw .malformed }
            return hours
        }
    }
}
