/// A point in time in UTC, counted in microseconds since 1970-01-01T00:00:00Z; no leap seconds.
public struct Instant: Hashable, Comparable, Sendable {
    /// Microseconds since the epoch.
    public let microseconds: Int64
    /// The instant so many microseconds after the epoch.
    public init(microseconds: Int64) { self.microseconds = microseconds }
    /// The instant so many whole seconds after the epoch; saturates instead of trapping.
    public init(seconds: Int64) { microseconds = seconds.saturatingProduct(1_000_000) }
    /// Whole seconds since the epoch, rounded down.
    public var seconds: Int64 { microseconds.flooredQuotient(by: 1_000_000) }
    /// Ordered by time.
    public static func < (left: Instant, right: Instant) -> Bool { left.microseconds < right.microseconds }

    /// This instant moved by `span`; saturates instead of trapping.
    public static func + (instant: Instant, span: Span) -> Instant {
        let (sum, overflowed) = instant.microseconds.addingReportingOverflow(span.microseconds)
        return Instant(microseconds: overflowed ? (span.microseconds < 0 ? .min : .max) : sum)
    }
    /// This instant moved back by `span`.
    public static func - (instant: Instant, span: Span) -> Instant {
        let (difference, overflowed) = instant.microseconds.subtractingReportingOverflow(span.microseconds)
        return Instant(microseconds: overflowed ? (span.microseconds < 0 ? .max : .min) : difference)
    }
    /// The time from the right instant to the left one; saturates instead of trapping.
    public static func - (left: Instant, right: Instant) -> Span {
        let (difference, overflowed) = left.microseconds.subtractingReportingOverflow(right.microseconds)
        return Span(microseconds: overflowed ? (left < right ? .min : .max) : difference)
    }
}

extension Int64 {
    /// `self / divisor`, rounded down; `divisor` must be positive.
    func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The product, or the end of the range that it would have passed.
    fileprivate func saturatingProduct(_ factor: Int64) -> Int64 {
        let (product, overflowed) = multipliedReportingOverflow(by: factor)
        return overflowed ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }
}

/// A length of time in microseconds; negative when it runs backwards, and then its opposite fits as well.
///
/// Every way to make one saturates at the ends of the range, some 292 000 years away, instead of trapping.
public struct Span: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Microseconds.
    public let microseconds: Int64
    /// So many microseconds.
    public init(microseconds: Int64) { self.microseconds = max(microseconds, -Int64.max) }
    /// No time.
    public static let zero = Span(microseconds: 0)
    /// So many milliseconds.
    public static func milliseconds(_ count: Int64) -> Span { Span(microseconds: count.saturatingProduct(1_000)) }
    /// So many seconds.
    public static func seconds(_ count: Int64) -> Span { Span(microseconds: count.saturatingProduct(1_000_000)) }
    /// So many minutes.
    public static func minutes(_ count: Int64) -> Span { Span(microseconds: count.saturatingProduct(60_000_000)) }
    /// So many days of 24 hours.
    public static func days(_ count: Int64) -> Span { Span(microseconds: count.saturatingProduct(86_400_000_000)) }
    /// Ordered by length.
    public static func < (left: Span, right: Span) -> Bool { left.microseconds < right.microseconds }
    /// How long it is, whatever its sign; saturates instead of trapping.
    public var magnitude: Span { Span(microseconds: Int64(clamping: microseconds.magnitude)) }
    /// The sum; saturates instead of trapping.
    public static func + (left: Span, right: Span) -> Span {
        let (sum, overflowed) = left.microseconds.addingReportingOverflow(right.microseconds)
        return Span(microseconds: overflowed ? (right.microseconds < 0 ? .min : .max) : sum)
    }
    /// The difference; saturates instead of trapping.
    public static func - (left: Span, right: Span) -> Span {
        let (difference, overflowed) = left.microseconds.subtractingReportingOverflow(right.microseconds)
        return Span(microseconds: overflowed ? (left < right ? .min : .max) : difference)
    }
    /// The span as the standard library's duration.
    public var duration: Duration { .microseconds(microseconds) }
    /// Short text in the largest fitting unit, such as "90 s", "1.5 s" or "250 ms".
    public var description: String {
        let size = microseconds.magnitude
        if size >= 1_000_000 { return FixedPoint.text(of: microseconds, scale: 6) + " s" }
        if size >= 1_000 { return FixedPoint.text(of: microseconds, scale: 3) + " ms" }
        return "\(microseconds) µs"
    }
}

extension Span: Codable {
    private enum CodingKeys: CodingKey { case microseconds }

    /// Decodes the count of microseconds.
    public init(from decoder: any Decoder) throws {
        self.init(microseconds: try decoder.container(keyedBy: CodingKeys.self).decode(Int64.self, forKey: .microseconds))
    }
}

extension Instant: CustomStringConvertible {
    /// ISO 8601 in UTC, such as "2025-11-28T05:00:00Z", with a fraction only where there is one.
    public var description: String {
        // A year has at most seven places and a sign, before a month, a day, a time and six decimals.
        AsciiText.text(capacity: 40) { text in
            let seconds = seconds
            let days = seconds.flooredQuotient(by: 86_400)
            TradingDay(daysSinceEpoch: Int(days)).write(to: &text)
            text.append("T")
            TimeOfDay(secondsSinceMidnight: Int(seconds - days * 86_400)).write(to: &text)
            // The product wraps around at the very beginning of time, and the difference with it.
            var fraction = Int(microseconds &- seconds &* 1_000_000)
            var width = 6
            if fraction != 0 { text.append(".") }
            while fraction != 0, fraction % 10 == 0 {
                fraction /= 10
                width -= 1
            }
            if fraction != 0 { text.append(fraction, width: width) }
            text.append("Z")
        }
    }

    /// The instant that an ISO 8601 text denotes, or nil when it is malformed or no such day or time exists.
    ///
    /// Accepts `YYYY-MM-DDTHH:MM:SS[.ffffff]` followed by `Z`, `±HH:MM` or nothing; nothing means `defaultOffset`. A space may stand for the `T`.
    public init?(_ text: some StringProtocol, defaultOffset: UTCOffset?) {
        guard let instant = ISO8601Reader(Array(text.utf8)).instant(defaultOffset: defaultOffset) else { return nil }
        self = instant
    }
}

extension Instant: Codable {
    /// Decodes ISO 8601 with a zone.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = Instant(text, defaultOffset: nil) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not an ISO 8601 instant with a zone")
        }
        self = instant
    }
    /// Encodes ISO 8601 in UTC.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A fixed distance of a local clock from UTC.
public struct UTCOffset: Hashable, Codable, Sendable {
    /// Seconds east of Greenwich.
    public let seconds: Int64
    /// An offset of so many seconds east of Greenwich.
    public init(seconds: Int64) { self.seconds = seconds }
    /// +05:30, the clock of the exchange's day; it has no daylight saving.
    public static let exchange = UTCOffset(seconds: 19_800)
    /// UTC itself.
    public static let zero = UTCOffset(seconds: 0)
}

/// Reads the one date and time form that signals carry; a bad day is refused, never rolled into the next month.
private struct ISO8601Reader {
    private let bytes: [UInt8]
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func instant(defaultOffset: UTCOffset?) -> Instant? {
        guard bytes.count >= 19, bytes.count <= 32, bytes[4] == 45, bytes[7] == 45, bytes[10] == 84 || bytes[10] == 32,
            bytes[13] == 58, bytes[16] == 58,
            let year = number(0, 4), let month = number(5, 2), let dayOfMonth = number(8, 2),
            let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
            let day = TradingDay(year: year, month: month, day: dayOfMonth), hour < 24, minute < 60, second < 60
        else { return nil }
        var index = 19
        guard let micro = fraction(&index), let offset = offset(from: index, or: defaultOffset) else { return nil }
        let time = TimeOfDay(secondsSinceMidnight: hour * 3_600 + minute * 60 + second)
        return day.instant(at: time, offset: offset) + Span(microseconds: micro)
    }

    private func number(_ start: Int, _ count: Int) -> Int? {
        var value = 0
        for byte in bytes[start..<start + count] {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }

    private func fraction(_ index: inout Int) -> Int64? {
        guard index < bytes.count, bytes[index] == 46 else { return 0 }
        index += 1
        var micro: Int64 = 0
        var digits = 0
        while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 {
            if digits < 6 { micro = micro * 10 + Int64(bytes[index] - 48) }
            digits += 1
            index += 1
        }
        guard digits > 0, digits <= 9 else { return nil }
        for _ in 0..<max(0, 6 - digits) { micro *= 10 }
        return micro
    }

    private func offset(from index: Int, or defaultOffset: UTCOffset?) -> UTCOffset? {
        guard index < bytes.count else { return defaultOffset }
        if bytes[index] == 90 { return index + 1 == bytes.count ? .zero : nil }
        guard bytes[index] == 43 || bytes[index] == 45, bytes.count == index + 6, bytes[index + 3] == 58,
            let hours = number(index + 1, 2), let minutes = number(index + 4, 2), hours <= 14, minutes < 60
        else { return nil }
        let seconds = Int64(hours * 3_600 + minutes * 60)
        return UTCOffset(seconds: bytes[index] == 45 ? -seconds : seconds)
    }
}
