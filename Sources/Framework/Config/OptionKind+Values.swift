extension OptionKind where Value == Lots {
    /// A count of lots, 0 and up.
    public static var lots: OptionKind {
        var kind = OptionKind("lots", noun: "a whole number of lots", placeholder: .zero, text: \.description) {
            text throws(OptionMismatch) in
            let count = try WholeNumber.read(text)
            guard count >= 0 else { throw .remarked(", which is negative") }
            return Lots(count)
        }
        kind.notation = .number
        return kind
    }
}

extension OptionKind where Value == Quantity {
    /// A count of units, 0 and up.
    public static var quantity: OptionKind {
        var kind = OptionKind("quantity", noun: "a whole number of units", placeholder: .zero, text: \.description) {
            text throws(OptionMismatch) in
            let count = try WholeNumber.read(text)
            guard count >= 0 else { throw .remarked(", which is negative") }
            return Quantity(count)
        }
        kind.notation = .number
        return kind
    }
}

extension OptionKind where Value == LotSize {
    /// The units of a lot, 1 and up.
    public static var lotSize: OptionKind {
        var kind = OptionKind("quantity", noun: "a whole number of units", placeholder: 1, text: \.description) {
            text throws(OptionMismatch) in
            guard let size = LotSize(try WholeNumber.read(text)) else { throw .outOfRange }
            return size
        }
        kind.range = "of at least 1"
        kind.notation = .number
        return kind
    }
}

extension OptionKind where Value == Tick {
    /// A price step above 0 with up to 4 decimals.
    public static var tick: OptionKind {
        let price = OptionKind<Price>.price
        var kind = OptionKind(price.name, noun: price.noun, form: price.form, placeholder: Tick(units: 1), text: \.description) {
            text throws(OptionMismatch) in
            guard let tick = Tick(try price.parse(text)) else { throw .outOfRange }
            return tick
        }
        kind.range = "above 0"
        return kind
    }
}

extension OptionKind where Value: FixedPointValue {
    fileprivate static func decimal(_ name: String, form: String) -> OptionKind {
        OptionKind(name, noun: "a " + name, form: form, placeholder: .zero, text: \.description) { text throws(OptionMismatch) in
            Value(units: try Decimals.units(of: text, scale: Value.scale))
        }
    }
}

extension OptionKind where Value == Price {
    /// A price with up to 4 decimals.
    public static var price: OptionKind { decimal("price", form: "such as 52000.05") }
}

extension OptionKind where Value == Money {
    /// An amount of money with up to 4 decimals.
    public static var money: OptionKind {
        var kind = decimal("money", form: "such as 250000.50")
        kind.noun = "an amount of money"
        return kind
    }
}

extension OptionKind where Value == PointValue {
    /// Money per point per lot with up to 4 decimals.
    public static var pointValue: OptionKind { decimal("point value", form: "such as 30") }
}

extension OptionKind where Value == Ratio {
    /// A pure number with up to 6 decimals.
    public static var ratio: OptionKind { decimal("ratio", form: "such as 0.5") }

    /// A share of a hundred with up to 4 decimals and its sign: `1.5%` is 0.015. Without the sign nobody knows whether 0.01 means one percent.
    public static var percent: OptionKind {
        OptionKind("percentage", noun: "a percentage", form: "such as 1.5%", placeholder: .zero, text: { $0.percentText + "%" }) {
            text throws(OptionMismatch) in
            let isSigned = text.last == "%"
            var digits = isSigned ? text.dropLast() : text[...]
            while digits.last == " " { digits = digits.dropLast() }
            let ratio = Ratio(units: try Decimals.units(of: digits, scale: Ratio.scale - 2))
            guard !isSigned else { return ratio }
            let (share, isTooLarge) = ratio.units.multipliedReportingOverflow(by: 100)
            let isShare = !isTooLarge && share != 0 && abs(share) <= Ratio.one.units
            let meant = [ratio.percentText + "%"] + (isShare ? [Ratio(units: share).percentText + "%"] : [])
            throw .meant(meant, remark: ", which has no %")
        }
    }
}

extension OptionKind where Value: Identifier {
    /// A name of one kind, at least one character.
    public static func identifier(_ name: String) -> OptionKind {
        OptionKind(name, noun: "a " + name, placeholder: Value(""), text: \.text) { text throws(OptionMismatch) in
            guard !text.isEmpty else { throw .malformed }
            return Value(text)
        }
    }
}

/// Turns the faults of exact decimals into remarks for messages.
enum Decimals {
    static func units(of text: some StringProtocol, scale: Int) throws(OptionMismatch) -> Int64 {
        do { return try FixedPoint.units(of: text, scale: scale) } catch {
            switch error {
            case .malformed: throw .malformed
            case .tooPrecise: throw .remarked(", which has more than \(scale) decimals")
            case .overflow: throw .remarked(", which is too large")
            }
        }
    }
}
