import MunimKit

/// What a label of an export says: `ENTRY-15L`, `EOD-ENTRY-14L`, `PYR1-9L`, or fields as in `ENTRY-5L|ATR:350|ER:0.82|STOP:51650|ST:51650|POS:Long_1`.
struct SignalLabel: Equatable, Sendable {
    /// The layer that an entry opens: of `POS:Long_n`, else n + 1 of `PYRn`, else the base.
    let layer: Layer
    /// The layer of `POS:Long_n`; nil when the label names none.
    let namedLayer: Layer?
    /// The lots that stand before `L`.
    let lots: Int64?
    /// Average true range.
    let averageTrueRange: Price?
    /// Efficiency ratio.
    let efficiencyRatio: Ratio?
    /// Stop.
    let stop: Price?
    /// Supertrend line.
    let supertrend: Price?
    /// The label without its fields.
    let text: String

    /// Reads a label; parts that it does not have are nil, and so are parts that are no numbers.
    init(_ label: String) {
        let parts = label.split(separator: "|").map { String($0).withoutOuterBlanks }
        let text = parts.first ?? ""
        var fields: [String: String] = [:]
        for part in parts.dropFirst() {
            guard let colon = part.firstIndex(of: ":") else { continue }
            fields[part[..<colon].uppercased()] = String(part[part.index(after: colon)...]).withoutOuterBlanks
        }
        self.text = text
        averageTrueRange = fields["ATR"].flatMap { Self.price($0) }
        efficiencyRatio = fields["ER"].flatMap { text in DecimalText(text)?.units(scale: Ratio.scale).map { Ratio(units: $0) } }
        stop = fields["STOP"].flatMap { Self.price($0) }
        supertrend = fields["ST"].flatMap { Self.price($0) }
        lots = Self.lots(in: text)
        let namedLayer = fields["POS"].flatMap { Layer(text: $0) }
        self.namedLayer = namedLayer
        layer = namedLayer ?? Self.layer(in: text)
    }

    /// The exported indicators are computed numbers with any count of decimals; they are rounded. No price reaches 10⁹.
    private static func price(_ text: String) -> Price? {
        guard let decimal = DecimalText(text), decimal.wholeDigits <= 9, let units = decimal.units(scale: Price.scale),
            units < 10_000_000_000_000
        else { return nil }
        return Price(units: units)
    }

    private static func layer(in text: String) -> Layer {
        guard let start = text.uppercased().range(of: "PYR") else { return .base }
        let digits = text.uppercased()[start.upperBound...].prefix { $0.isASCII && $0.isNumber }
        return Layer((Int(digits) ?? 1) + 1) ?? .base
    }

    /// The number before the `L` that ends a part between hyphens.
    private static func lots(in text: String) -> Int64? {
        for part in text.split(separator: "-").reversed() where part.hasSuffix("L") || part.hasSuffix("l") {
            if let lots = Int64(part.dropLast()) { return lots }
        }
        return nil
    }
}

extension String {
    /// Where a text first stands, byte for byte.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text), let end = index(start, offsetBy: text.count, limitedBy: endIndex) { return start..<end }
            start = index(after: start)
        }
        return nil
    }
}
