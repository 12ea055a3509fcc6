import MunimKit

/// How numbers and times stand in a report for people.
enum ReportText {
    /// Digits before the point in groups of three: `150,139,510.943625`.
    static func grouped(_ text: String) -> String {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        let whole = Array(parts.first ?? "0")
        var groups = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { groups.append(",") }
            groups.append(digit)
        }
        return (isNegative ? "-" : "") + groups + (parts.count > 1 ? "." + parts[1] : "")
    }

    /// An exact amount with every decimal that it has.
    static func exact(_ amount: ExactAmount) -> String { grouped(amount.description) }

    /// An amount rounded to two decimals.
    static func money(_ amount: ExactAmount) -> String { grouped(amount.cents) }

    /// A share as a percentage with two decimals.
    static func percent(_ ratio: Ratio?) -> String { ratio.map { FixedPoint.text(of: $0.units, scale: 4, places: 2) + " %" } ?? "–" }

    /// A ratio with two decimals.
    static func ratio(_ ratio: Ratio?) -> String { ratio.map { FixedPoint.text(of: $0.units, scale: 6, places: 2) } ?? "–" }

    /// The exchange's wall clock, such as `2009-02-13 13:15`.
    static func time(_ instant: Instant) -> String { "\(TradingDay(of: instant)) \(TimeOfDay(of: instant))" }

    /// The exchange's day.
    static func day(_ instant: Instant) -> String { TradingDay(of: instant).description }

    /// ISO 8601 on the exchange's clock, which has no daylight saving.
    static func zoned(_ instant: Instant) -> String { "\(TradingDay(of: instant))T\(TimeOfDay(of: instant).text)+05:30" }

    /// Whole days of a span.
    static func days(_ span: Span) -> Int64 { span.microseconds / 86_400_000_000 }

    /// Text that stands in a page as it is.
    static func escaped(_ text: String) -> String {
        var result = ""
        // Scalar by scalar: a quote that carries an accent is one character to Swift, and still ends an attribute.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
