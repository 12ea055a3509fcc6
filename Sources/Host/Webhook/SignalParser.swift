internal import MunimKit

/// The rules of each field and of the fields together.
struct SignalParser {
    var reader: FieldReader
    private static let kinds = SignalKind.allCases.map(\.rawValue)
    private static let expectedKinds = "BASE_ENTRY, PYRAMID, EXIT or MARKET_DATA"
    private static let mostLots: Int64 = 10_000
    /// 10⁹, in the units of a price and of a ratio.
    private static let priceLimit: Int64 = 10_000_000_000_000
    private static let rateLimit: UInt64 = 1_000_000_000_000_000

    init(_ reader: FieldReader) { self.reader = reader }

    /// The signal and the secret; nil with faults noted.
    mutating func signal() -> (Signal?, secret: String?) {
        // Its other fields follow rules of their own, so that only their faults would be shown.
        guard !refusesFormingBar() else { return (nil, secret()) }
        let kind = kind()
        let instrument = instrument()
        let target = target(of: kind)
        let price = price("price", isExact: true, above: true)
        let isTrade = kind != .marketData
        let stop = isTrade ? stop(of: kind, price: price) : .zero
        let lots = isTrade ? lots(of: kind) : .zero
        let atr = self.price("atr", isExact: false, above: kind != .exit)
        let efficiency = isTrade ? efficiencyRatio() : .zero
        let supertrend = self.price("supertrend", isExact: false, above: kind != .exit)
        let roc = isTrade ? rateOfChange() : nil
        let (timestamp, text) = timestamp()
        let reason = kind == .exit ? reason() : nil
        let entryPrice = kind == .exit ? self.price("entry_price", isExact: false, above: false, isRequired: false) : nil
        let secret = secret()
        reader.refuseNotANumbers()
        guard let kind, let instrument, let target, let price, let stop, let lots, let atr, let efficiency, let supertrend, let timestamp
        else { return (nil, secret) }
        let signal = Signal(
            kind: kind, instrument: instrument, target: target, price: price, stop: stop, lots: lots, atr: atr, efficiencyRatio: efficiency,
            supertrend: supertrend, rateOfChange: roc, timestamp: timestamp, timestampText: text, reason: reason, entryPrice: entryPrice)
        return (signal, secret)
    }

    /// Notes a message about a bar that is still forming, which some charts send near the close, and nothing else.
    private mutating func refusesFormingBar() -> Bool {
        guard case .string(let text) = reader.members["type"], Self.capitals(text).elementsEqual("EOD_MONITOR".utf8) else { return false }
        reader.refuse(
            "type", expected: Self.expectedKinds + ", as this host trades on closed bars only and takes no state of a forming one")
        return true
    }

    private mutating func kind() -> SignalKind? {
        let expected = Self.expectedKinds
        guard let text = reader.text("type", expected: expected) else { return nil }
        let upper = Self.capitals(text)
        guard let kind = SignalKind.allCases.first(where: { $0.rawValue.utf8.elementsEqual(upper) }) else {
            reader.refuse("type", expected: expected, nearest: Vocabulary(Self.kinds).nearest(to: text))
            return nil
        }
        reader.keep("type", .string(kind.rawValue))
        return kind
    }

    /// Byte by byte: Unicode would also turn the Kelvin sign into a letter, and comparing texts beyond ASCII normalises them.
    private static func capitals(_ text: String) -> [UInt8] { text.utf8.prefix(16).map { 97...122 ~= $0 ? $0 - 32 : $0 } }

    private mutating func instrument() -> InstrumentName? {
        let expected = "a name of 1 to 32 characters A to Z, 0 to 9 and _"
        guard let text = reader.text("instrument", expected: expected) else { return nil }
        guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy({ 65...90 ~= $0 || 48...57 ~= $0 || $0 == 95 }) else {
            reader.refuse("instrument", expected: expected)
            return nil
        }
        return InstrumentName(text)
    }

    private mutating func target(of kind: SignalKind?) -> SignalTarget? {
        let expected =
            switch kind {
            case .marketData: ""
            case .baseEntry: "Long_1, the base layer"
            case .pyramid: "Long_2 or a higher layer"
            case .exit: "Long_1 and up, or ALL"
            case nil: "Long_1 and up, or ALL for an EXIT"
            }
        guard kind != .marketData else { return SignalTarget.none }
        guard let text = reader.text("position", expected: expected) else { return nil }
        let target: SignalTarget? = text.utf8.elementsEqual("ALL".utf8) ? .all : layer(text).map { .layer($0) }
        guard let target, Self.fits(target, kind) else {
            let words = (1...6).map { "Long_\($0)" } + ["ALL"]
            reader.refuse("position", expected: expected, nearest: target == nil ? Vocabulary(words).nearest(to: text) : nil)
            return nil
        }
        return target
    }

    private func layer(_ text: String) -> Layer? {
        text.utf8.allSatisfy { $0 < 128 } ? Layer(text: text) : nil
    }

    private static func fits(_ target: SignalTarget, _ kind: SignalKind?) -> Bool {
        switch (kind, target) {
        case (.baseEntry, .layer(let layer)): layer.isBase
        case (.pyramid, .layer(let layer)): !layer.isBase
        case (.exit, _), (nil, _): true
        default: false
        }
    }

    /// A price: exact ones may have 4 decimals, others are rounded to them; `above` zero or at least zero.
    private mutating func price(_ field: String, isExact: Bool, above: Bool, isRequired: Bool = true) -> Price? {
        let expected =
            "a number \(above ? "above" : "of at least") 0 with at most 9 digits before the decimal point"
            + (isExact ? " and 4 after it" : "")
        guard let decimal = reader.decimal(field, isRequired: isRequired, expected: expected) else { return nil }
        guard !isExact || decimal.decimals <= Price.scale else {
            reader.refuse(field, expected: "at most \(Price.scale) decimals (too many decimals)")
            return nil
        }
        // Rounding can carry a number of nine digits into a tenth.
        guard decimal.wholeDigits <= 9, let units = decimal.units(scale: Price.scale), units < Self.priceLimit,
            above ? units > 0 : units >= 0
        else {
            reader.refuse(field, expected: expected)
            return nil
        }
        let price = Price(units: units)
        reader.keep(field, .number(price.description))
        return price
    }

    private mutating func stop(of kind: SignalKind?, price: Price?) -> Price? {
        guard let stop = self.price("stop", isExact: false, above: kind == .baseEntry || kind == .pyramid) else { return nil }
        guard kind != .exit, kind != nil, let price, stop >= price else { return stop }
        reader.refuse("stop", expected: "a stop below the price \(price), as entries are long")
        return nil
    }

    private mutating func lots(of kind: SignalKind?) -> Lots? {
        let least: Int64 = kind == .baseEntry ? 1 : 0
        let expected = "a whole number from \(least) to \(Self.mostLots)"
        guard reader.decimal("lots", expected: expected) != nil else { return nil }
        let text: String? =
            switch reader.members["lots"] {
            case .number(let text), .string(let text): text
            default: nil
            }
        guard let text, text.utf8.count <= 5, let count = Int64(text), (least...Self.mostLots).contains(count) else {
            reader.refuse("lots", expected: expected)
            return nil
        }
        reader.keep("lots", .number("\(count)"))
        return Lots(count)
    }

    private mutating func efficiencyRatio() -> Ratio? {
        let expected = "a number from 0 to 1"
        guard let decimal = reader.decimal("er", expected: expected) else { return nil }
        guard decimal.wholeDigits <= 1, let units = decimal.units(scale: Ratio.scale), (0...Ratio.one.units).contains(units) else {
            reader.refuse("er", expected: expected)
            return nil
        }
        reader.keep("er", .number(Ratio(units: units).description))
        return Ratio(units: units)
    }

    private mutating func rateOfChange() -> Ratio? {
        let expected = "a number with at most 9 digits before the decimal point"
        guard let decimal = reader.decimal("roc", isRequired: false, expected: expected) else { return nil }
        guard decimal.wholeDigits <= 9, let units = decimal.units(scale: Ratio.scale), units.magnitude < Self.rateLimit else {
            reader.refuse("roc", expected: expected)
            return nil
        }
        reader.keep("roc", .number(Ratio(units: units).description))
        return Ratio(units: units)
    }

    private mutating func timestamp() -> (Instant?, String) {
        let expected = "a date and time that exists, such as 2025-11-28T10:30:00+05:30, in the years 2000 to 2099"
        guard let text = reader.text("timestamp", expected: expected) else { return (nil, "") }
        // Seconds of the first moments of 2000 and 2100 in UTC.
        guard text.utf8.count <= 32, let instant = Instant(text, defaultOffset: .exchange),
            (946_684_800..<4_102_444_800).contains(instant.seconds)
        else {
            reader.refuse("timestamp", expected: expected)
            return (nil, "")
        }
        reader.keep("timestamp", .string(instant.description))
        return (instant, text)
    }

    private mutating func reason() -> String? {
        let expected = "1 to 50 printable characters"
        guard let text = reader.text("reason", expected: expected) else { return nil }
        guard (1...50).contains(text.unicodeScalars.count), text.unicodeScalars.allSatisfy(Excerpt.isPrintable),
            !text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
        else {
            reader.refuse("reason", expected: expected)
            return nil
        }
        return text
    }

    private mutating func secret() -> String? {
        guard let text = reader.text(WebhookFields.secret, isRequired: false, expected: "a text of at most 256 bytes") else { return nil }
        guard text.utf8.count <= 256 else {
            reader.refuse(WebhookFields.secret, expected: "a text of at most 256 bytes")
            return nil
        }
        return text
    }
}
