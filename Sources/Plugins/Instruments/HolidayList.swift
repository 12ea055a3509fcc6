package import MunimKit

/// Reads exceptional days from text with the columns `date,exchange,description,sessions`.
///
/// `sessions` is `closed`, `morning`, `evening`, or the special sessions as `HH:MM-HH:MM` separated by spaces.
package enum HolidayList {
    /// The rows of one exchange; throws a sentence with the line on the first bad row.
    package static func read(_ text: String, exchange: String) throws(PluginFault) -> [ExceptionalDay] {
        var days: [ExceptionalDay] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where index > 0 && !line.isEmpty {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 4, let day = TradingDay(fields[0]), let hours = hours(fields[3]) else {
                throw PluginFault("holidays of \(exchange), line \(index + 1): expected date,exchange,description,sessions, found \(line)")
            }
            if fields[1] == exchange { days.append(ExceptionalDay(day: day, description: String(fields[2]), hours: hours)) }
        }
        return days
    }

    /// What the last column says, or nil.
    package static func hours(_ text: some StringProtocol) -> ExceptionalDay.Hours? {
        switch text {
        case "closed": return .closed
        case "morning": return .morning
        case "evening": return .evening
        default: return sessions(text).map(ExceptionalDay.Hours.special)
        }
    }

    /// The text that ``hours(_:)`` reads back.
    static func text(_ hours: ExceptionalDay.Hours) -> String {
        switch hours {
        case .closed: "closed"
        case .morning: "morning"
        case .evening: "evening"
        case .special(let sessions): sessions.map { "\($0.open)-\($0.close)" }.joined(separator: " ")
        }
    }

    /// Sessions in order and without overlap, separated by spaces; nil when they are not.
    package static func sessions(_ text: some StringProtocol) -> [Session]? {
        var sessions: [Session] = []
        for part in text.split(separator: " ") {
            let times = part.split(separator: "-", omittingEmptySubsequences: false)
            guard times.count == 2, let open = TimeOfDay(times[0]), let close = TimeOfDay(times[1]), open < close,
                sessions.last.map({ $0.close <= open }) ?? true
            else { return nil }
            sessions.append(Session(open: open, close: close))
        }
        return sessions.isEmpty ? nil : sessions
    }
}
