/// A calendar day of the exchange; a fixed +05:30 clock decides which one an instant belongs to.
public struct TradingDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public let daysSinceEpoch: Int
    /// Days on either side of 1970-01-01 that an ``Instant`` reaches, so that arithmetic on days never leaves the range of numbers.
    private static let reach = 106_751_992
    /// The day so many days after 1970-01-01; saturates where no ``Instant`` lies.
    public init(daysSinceEpoch: Int) { self.daysSinceEpoch = min(max(daysSinceEpoch, -Self.reach), Self.reach) }

    /// The day with this date, or nil when the calendar has no such day. Years 1 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1, day <= Self.length(ofMonth: month, year: year) else {
            return nil
        }
        daysSinceEpoch = Self.days(year: year, month: month, day: day)
    }

    /// The day of `YYYY-MM-DD`, or nil.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The exchange's day at `instant`.
    public init(of instant: Instant, offset: UTCOffset = .exchange) {
        self.init(daysSinceEpoch: Int((instant + .seconds(offset.seconds)).seconds.flooredQuotient(by: 86_400)))
    }

    /// The instant at which the exchange's clock shows `time` on this day.
    public func instant(at time: TimeOfDay, offset: UTCOffset = .exchange) -> Instant {
        let local = Int128(daysSinceEpoch) * 86_400 + Int128(time.secondsSinceMidnight)
        return Instant(seconds: Int64(clamping: local - Int128(offset.seconds)))
    }

    /// The day `count` days later; saturates where no ``Instant`` lies.
    public func advanced(by count: Int) -> TradingDay {
        let (sum, overflowed) = daysSinceEpoch.addingReportingOverflow(count)
        return TradingDay(daysSinceEpoch: overflowed ? (count < 0 ? .min : .max) : sum)
    }

    /// Ordered by date.
    public static func < (left: TradingDay, right: TradingDay) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }

    /// The day of the week.
    public var weekday: Weekday {
        let index = (daysSinceEpoch % 7 + 7 + 3) % 7
        return Weekday.allCases[index]
    }

    /// Year, month and day of the month, by the proleptic Gregorian calendar.
    ///
    /// Civil-from-days after the public-domain derivation with 400-year eras that start in March.
    public var date: (year: Int, month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// `YYYY-MM-DD`.
    public var description: String { AsciiText.text(capacity: 24) { write(to: &$0) } }

    func write(to text: inout AsciiText) {
        let (year, month, day) = date
        text.append(year, width: 4)
        text.append("-")
        text.append(month, width: 2)
        text.append("-")
        text.append(day, width: 2)
    }

    /// Days in a month.
    public static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension TradingDay: Codable {
    /// Decodes `YYYY-MM-DD`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = TradingDay(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a day as YYYY-MM-DD")
        }
        self = day
    }
    /// Encodes `YYYY-MM-DD`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A day of the week.
public enum Weekday: String, Codable, CaseIterable, Sendable {
    /// The days in the order of ISO 8601, the week starting on Monday.
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday
    /// Whether exchanges are closed by rule.
    public var isWeekend: Bool { self == .saturday || self == .sunday }
}

/// A time on the exchange's clock, in whole seconds.
public struct TimeOfDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Seconds since midnight, 0 to 86 400; the last is the end of the day.
    public let secondsSinceMidnight: Int
    /// The time so many seconds after midnight; clamped to the day.
    public init(secondsSinceMidnight: Int) { self.secondsSinceMidnight = min(max(secondsSinceMidnight, 0), 86_400) }
    /// The time of `HH:MM` or `HH:MM:SS`, or nil.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), let second = parts.count == 3 ? Int(parts[2]) : 0,
            hour < 24, minute < 60, second < 60
        else { return nil }
        secondsSinceMidnight = hour * 3_600 + minute * 60 + second
    }
    /// The time on the exchange's clock at `instant`.
    public init(of instant: Instant, offset: UTCOffset = .exchange) {
        let local = (instant + .seconds(offset.seconds)).seconds
        secondsSinceMidnight = Int(local - local.flooredQuotient(by: 86_400) * 86_400)
    }
    /// Ordered by time.
    public static func < (left: TimeOfDay, right: TimeOfDay) -> Bool { left.secondsSinceMidnight < right.secondsSinceMidnight }
    /// `HH:MM`, with seconds where there are some.
    public var description: String { secondsSinceMidnight % 60 == 0 ? String(text.prefix(5)) : text }
    /// `HH:MM:SS`.
    public var text: String { AsciiText.text(capacity: 8) { write(to: &$0) } }

    func write(to text: inout AsciiText) {
        text.append(secondsSinceMidnight / 3_600, width: 2)
        text.append(":")
        text.append(secondsSinceMidnight / 60 % 60, width: 2)
        text.append(":")
        text.append(secondsSinceMidnight % 60, width: 2)
    }
}

extension TimeOfDay: Codable {
    /// Decodes `HH:MM[:SS]`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let time = TimeOfDay(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a time as HH:MM or HH:MM:SS")
        }
        self = time
    }
    /// Encodes `HH:MM[:SS]`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A stretch of one day in which an exchange trades: from `open`, until but not including `close`.
public struct Session: Hashable, Codable, Sendable {
    /// When trading starts.
    public let open: TimeOfDay
    /// When trading ends.
    public let close: TimeOfDay
    /// A session between two times of one day.
    public init(open: TimeOfDay, close: TimeOfDay) {
        self.open = open
        self.close = close
    }
    /// Whether trading is open at `time`.
    public func contains(_ time: TimeOfDay) -> Bool { open <= time && time < close }
}
