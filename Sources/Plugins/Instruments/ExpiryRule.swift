package import MunimKit

/// On which day of a month a contract family expires; a holiday moves it to the working day before.
package struct ExpiryRule: Hashable, Sendable, CustomStringConvertible {
    /// Which day of the month.
    package enum Anchor: Hashable, Sendable {
        /// The last such day of the week.
        case last(Weekday)
        /// The first to fourth such day of the week; every month has these.
        case ordinal(Int, Weekday)
        /// The day with this number; in shorter months the last one.
        case day(Int)
        /// The last day.
        case lastDay
    }

    /// The day of the month.
    package let anchor: Anchor
    /// The months that have a contract, 1 to 12; never empty.
    package let months: Set<Int>

    /// A rule; without months every month has a contract.
    package init(_ anchor: Anchor, months: Set<Int> = []) {
        self.anchor = anchor
        self.months = months.isEmpty ? Set(1...12) : months
    }

    /// The day before holidays are taken into account; nil when the month has no contract.
    package func day(year: Int, month: Int) -> TradingDay? {
        guard months.contains(month) else { return nil }
        let length = TradingDay.length(ofMonth: month, year: year)
        switch anchor {
        case .last(let weekday): return TradingDay(year: year, month: month, day: length)?.previousOrSame(weekday)
        // The third is the last that is not behind the 21st.
        case .ordinal(let number, let weekday): return TradingDay(year: year, month: month, day: 7 * number)?.previousOrSame(weekday)
        case .day(let number): return TradingDay(year: year, month: month, day: min(max(number, 1), length))
        case .lastDay: return TradingDay(year: year, month: month, day: length)
        }
    }

    private static let ordinals = ["first", "second", "third", "fourth"]

    /// The text form that ``init(_:)`` reads, such as `last tuesday`, `third thursday`, `day 5` or `last day of feb apr`.
    package var description: String {
        let anchor =
            switch anchor {
            case .last(let weekday): "last \(weekday.rawValue)"
            case .ordinal(let number, let weekday): "\(Self.ordinals[number - 1]) \(weekday.rawValue)"
            case .day(let number): "day \(number)"
            case .lastDay: "last day"
            }
        guard months.count < 12 else { return anchor }
        return anchor + " of " + months.sorted().map { MonthName.lowercase[$0 - 1] }.joined(separator: " ")
    }

    /// The rule of `last WEEKDAY`, `first WEEKDAY` to `fourth WEEKDAY`, `day N` or `last day`, each optionally followed by `of` and months such as `feb apr`; nil for other text.
    package init?(_ text: String) {
        let words = text.lowercased().split { $0 == " " || $0 == "," }.map(String.init)
        let head = words.prefix { $0 != "of" }
        let months = words.dropFirst(head.count).dropFirst().map { MonthName.lowercase.firstIndex(of: $0).map { $0 + 1 } }
        guard head.count == 2, let first = head.first, let second = head.last, !months.contains(nil),
            words.contains("of") == !months.isEmpty
        else { return nil }
        let anchor: Anchor?
        switch (first, second) {
        case ("last", "day"): anchor = .lastDay
        case ("last", let name): anchor = Weekday(rawValue: name).map(Anchor.last)
        case (let ordinal, let name) where Self.ordinals.contains(ordinal):
            let number = Self.ordinals.firstIndex(of: ordinal).map { $0 + 1 } ?? 1
            anchor = Weekday(rawValue: name).map { .ordinal(number, $0) }
        case ("day", let number): anchor = Int(number).flatMap { (1...31).contains($0) ? .day($0) : nil }
        default: anchor = nil
        }
        guard let anchor else { return nil }
        self.init(anchor, months: Set(months.compactMap(\.self)))
    }
}

extension ExpiryRule {
    /// The text with each unknown word replaced by the nearest known one, when that makes a rule; nil when it makes none.
    static func nearest(to text: String) -> String? {
        let words = ordinals + ["last", "day", "of"] + Weekday.allCases.map(\.rawValue) + MonthName.lowercase
        let vocabulary = Vocabulary(words)
        let corrected = text.lowercased().split { $0 == " " || $0 == "," }.map { word in
            Int(word) != nil || words.contains(String(word)) ? String(word) : vocabulary.nearest(to: String(word)) ?? String(word)
        }
        return ExpiryRule(corrected.joined(separator: " ")).map(\.description)
    }
}

/// The English names of months that exchanges use in symbols.
enum MonthName {
    static let uppercase = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    static let lowercase = uppercase.map { $0.lowercased() }
}
