import MunimKit

/// A part of a list, newest first.
struct Page<Item: Codable & Sendable>: Codable, Sendable {
    /// The rows of this part.
    var items: [Item]
    /// Rows of the whole list.
    var total: Int
    /// What to give as `cursor` for the following part; nil at the end, and then written as null.
    var next: String?

    private enum CodingKeys: String, CodingKey { case items, total, next }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
        try container.encode(total, forKey: .total)
        try container.encode(next, forKey: .next)
    }
}

extension Page: DescribedAnswer where Item: DescribedAnswer {
    static var schemaName: String { Item.schemaName + "Page" }
    static var schemaSummary: String { "A part of a list, newest first." }
    static var meanings: [String: String] {
        [
            "items": "The rows of this part.", "total": "Rows of the whole list.",
            "next": "What to give as cursor for the following part; null at the end.",
        ]
    }
    static var nullable: Set<String> { ["next"] }
}

/// Shares of an amount as people read them.
enum Percent {
    /// `part` of `whole` in percent with at most 4 decimals, rounded half away from zero; nil when there is no whole.
    static func text(_ part: Money, of whole: Money) -> String? {
        guard whole > .zero else { return nil }
        let hundredths = (Int128(part.units) * 1_000_000).divided(by: Int128(whole.units), rounding: .halfAwayFromZero)
        return FixedPoint.text(of: hundredths, scale: 4)
    }

    /// Whether `part` is more than `share` of `whole`, exactly; everything is more than a share of nothing.
    static func exceeds(_ part: Money, _ share: Ratio, of whole: Money) -> Bool {
        guard whole > .zero else { return part > .zero }
        return Int128(part.units) * Int128(Ratio.unitsPerWhole) > Int128(whole.units) * Int128(share.units)
    }
}
