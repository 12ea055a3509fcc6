import MunimKit

/// A value that was read from a query or a body.
enum RouteValue: Hashable, Sendable {
    case text(String)
    case number(Int)
    case instant(Instant)
    case price(Price)
    case money(Money)
    case flag(Bool)

    /// The value as it would be written in JSON.
    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .number(let number): .number(String(number))
        case .instant(let instant): .string(instant.description)
        case .price(let price): .string(price.description)
        case .money(let money): .string(money.description)
        case .flag(let flag): .boolean(flag)
        }
    }
}

/// What may stand in a field.
enum RouteValueKind: Sendable {
    /// One line of printable text of 1 to `longest` characters; blanks around it do not count.
    case text(longest: Int)
    /// As text, and it may be empty.
    case remark(longest: Int)
    /// One of these words.
    case word([String])
    /// A whole number.
    case number(ClosedRange<Int>)
    /// An instant in ISO 8601, or a day, which means its first moment; without a zone on the exchange's clock.
    case instant
    /// A price above zero, exact to 4 decimals.
    case price
    /// An amount of money above zero, exact to 4 decimals.
    case money
    case flag

    /// The value of a parameter, or a sentence of what is wrong.
    func read(_ text: String) -> Result<RouteValue, RouteFault> {
        switch self {
        case .text(let longest): line(text, 1...longest)
        case .remark(let longest): line(text, 0...longest)
        case .word(let words): words.contains(text) ? .success(.text(text)) : .failure(RouteFault(Vocabulary(words).unknown("word", text)))
        case .number(let range):
            text.utf8.count <= 18 && text.utf8.allSatisfy { 48...57 ~= $0 } && Int(text).map(range.contains) == true
                ? .success(.number(Int(text) ?? range.lowerBound)) : wrong(text)
        case .instant: Self.instant(text).map { .success(.instant($0)) } ?? wrong(text)
        case .price: Self.units(text).map { .success(.price(Price(units: $0))) } ?? wrong(text)
        case .money: Self.units(text).map { .success(.money(Money(units: $0))) } ?? wrong(text)
        case .flag: text == "true" ? .success(.flag(true)) : text == "false" ? .success(.flag(false)) : wrong(text)
        }
    }

    /// The value of a member of a body, or a sentence of what is wrong.
    func read(_ value: JSONValue) -> Result<RouteValue, RouteFault> {
        switch (self, value) {
        case (.flag, .boolean(let flag)): .success(.flag(flag))
        case (.text, .string(let text)), (.remark, .string(let text)), (.word, .string(let text)), (.instant, .string(let text)): read(text)
        case (.price, .string(let text)), (.price, .number(let text)), (.money, .string(let text)), (.money, .number(let text)): read(text)
        case (.number, .number(let text)): read(text)
        default: .failure(RouteFault("found \(Self.shown(value)), expected \(expectation)"))
        }
    }

    /// What is expected, in words.
    var expectation: String {
        switch self {
        case .text(let longest): "a line of 1 to \(longest) characters"
        case .remark(let longest): "a line of at most \(longest) characters"
        case .word(let words): "one of \(words.joined(separator: ", "))"
        case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .instant: "a day or an instant such as 2025-11-28T10:30:00+05:30"
        case .price: "a price above 0 with at most 4 decimals"
        case .money: "an amount above 0 with at most 4 decimals"
        case .flag: "true or false"
        }
    }

    private func wrong(_ text: String) -> Result<RouteValue, RouteFault> {
        .failure(RouteFault("found \(Excerpt.quoted(text)), expected \(expectation)"))
    }

    private func line(_ text: String, _ length: ClosedRange<Int>) -> Result<RouteValue, RouteFault> {
        let trimmed = Blanks.trimmed(text)
        let isLine = length.contains(trimmed.unicodeScalars.count) && trimmed.unicodeScalars.allSatisfy(Excerpt.isPrintable)
        return isLine ? .success(.text(trimmed)) : wrong(text)
    }

    private static func instant(_ text: String) -> Instant? {
        if let day = TradingDay(text) { return day.instant(at: TimeOfDay(secondsSinceMidnight: 0)) }
        return Instant(text, defaultOffset: .exchange)
    }

    private static func units(_ text: String) -> Int64? {
        guard text.utf8.count <= 64, let units = try? FixedPoint.units(of: text, scale: 4), units > 0 else { return nil }
        return units
    }

    private static func shown(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): Excerpt.quoted(text)
        case .number(let text): String(text.prefix(40))
        case .notANumber(let word): "the bare word \(word), which is not JSON"
        case .array: "an array"
        case .object: "an object"
        case .null, .boolean: value.encoded
        }
    }
}

/// A sentence about one field.
struct RouteFault: Error, Equatable, Sendable {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
}
