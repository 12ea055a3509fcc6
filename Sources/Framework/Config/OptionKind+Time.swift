extension OptionKind where Value == Span {
    /// A length of time with its unit: `250ms`, `1.5 s`, `15min` (or `15m`), `1h`, `2d`.
    public static var span: OptionKind {
        OptionKind(
            "time span", noun: "a time span", form: "with its unit, such as 90s, 250ms or 15min", placeholder: .zero, text: SpanText.text
        ) {
            text throws(OptionMismatch) in try SpanText.read(text)
        }
    }
}

extension OptionKind where Value == TimeOfDay {
    /// A time on the exchange's clock.
    public static var timeOfDay: OptionKind {
        OptionKind(
            "time of day", noun: "a time", form: "as HH:MM or HH:MM:SS", placeholder: TimeOfDay(secondsSinceMidnight: 0),
            text: \.description
        ) {
            text throws(OptionMismatch) in
            guard let time = TimeOfDay(text) else { throw .malformed }
            return time
        }
    }
}

extension OptionKind where Value == Session {
    /// A stretch of one day on the exchange's clock; it may end at 24:00.
    public static var session: OptionKind {
        let midnight = TimeOfDay(secondsSinceMidnight: 0)
        let placeholder = Session(open: midnight, close: midnight)
        return OptionKind("session", noun: "a session", form: "as HH:MM-HH:MM", placeholder: placeholder, text: SpanText.session) {
            text throws(OptionMismatch) in
            let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { $0.filter { $0 != " " } }
            guard parts.count == 2, let open = TimeOfDay(parts[0]),
                let close = parts[1] == "24:00" ? TimeOfDay(secondsSinceMidnight: 86_400) : TimeOfDay(parts[1])
            else { throw .malformed }
            guard open < close else { throw .remarked(", which ends before it begins") }
            return Session(open: open, close: close)
        }
    }
}

extension OptionKind where Value == TradingDay {
    /// A calendar day of the exchange.
    public static var day: OptionKind {
        OptionKind("day", noun: "a day", form: "as YYYY-MM-DD", placeholder: TradingDay(daysSinceEpoch: 0), text: \.description) {
            text throws(OptionMismatch) in
            guard let day = TradingDay(text) else { throw .malformed }
            return day
        }
    }
}

extension OptionKind where Value == Instant {
    /// A point in time; without a zone it is on the exchange's clock.
    public static var instant: OptionKind {
        OptionKind("instant", noun: "a time", form: "as 2025-11-28T10:30:00+05:30", placeholder: Instant(seconds: 0), text: \.description) {
            text throws(OptionMismatch) in
            guard let instant = Instant(text, defaultOffset: .exchange) else { throw .malformed }
            return instant
        }
    }
}

/// The written form of spans and sessions.
enum SpanText {
    /// Scale that turns the number into microseconds, and what is left to multiply by.
    private static let units: [String: (scale: Int, factor: Int64)] = [
        "us": (0, 1), "µs": (0, 1), "ms": (3, 1), "s": (6, 1), "m": (6, 60), "min": (6, 60), "h": (6, 3_600), "d": (6, 86_400),
    ]

    static func read(_ text: String) throws(OptionMismatch) -> Span {
        let number = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
        let unit = text.dropFirst(number.count).drop { $0 == " " }
        guard let (scale, factor) = units[String(unit)] else { throw .malformed }
        let microseconds = try Decimals.units(of: number, scale: scale)
        let (product, overflowed) = microseconds.multipliedReportingOverflow(by: factor)
        guard !overflowed, product != .min else { throw .remarked(", which is too large") }
        return Span(microseconds: product)
    }

    /// The span in the largest unit that divides it.
    static func text(_ span: Span) -> String {
        let steps: [(String, Int64)] = [("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000), ("ms", 1_000)]
        guard span != .zero else { return "0s" }
        if let (unit, size) = steps.first(where: { span.microseconds % $0.1 == 0 }) { return "\(span.microseconds / size)\(unit)" }
        return "\(span.microseconds)us"
    }

    static func session(_ session: Session) -> String {
        "\(session.open)-\(session.close)"
    }
}
