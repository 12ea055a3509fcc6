import MunimKit

/// Reads the signal of an example, with the guarantees that ``Signal`` asks of whoever makes one.
enum TestSignal {
    static func read(of instrument: String, from section: inout OptionReader) -> Signal {
        let entryKinds = SignalKind.allCases.filter(\.isEntry).map(\.rawValue)
        let kind = section.value("type", .choice(SignalKind.self), default: .baseEntry, summary: "What is asked for.")
        let layer = section.value("position", .layer, default: .base, summary: "The layer.")
        let price = OptionKind<Price>.price.above(.zero).below(Price(whole: 1_000_000_000))
        let signal = Signal(
            kind: kind, instrument: InstrumentName(instrument), target: .layer(layer),
            price: section.value("price", price, unit: "INR", summary: "Price at signal time."),
            stop: section.value("stop", price, unit: "INR", summary: "The sender's stop."),
            lots: section.value("lots", .lots.atMost(Lots(10_000)), default: .zero, summary: "The sender's own size."),
            atr: section.value("atr", price, unit: "INR", summary: "Average true range."),
            efficiencyRatio: section.value("er", .ratio.within(.zero ... .one), default: .one, summary: "Efficiency ratio."),
            supertrend: section.value("supertrend", price, default: Price(units: 1), unit: "INR", summary: "The supertrend line."),
            timestamp: section.value("timestamp", .instant, summary: "The sender's time; without a zone on the exchange's clock."))
        guard !section.isDescribing else { return signal }
        if !kind.isEntry { section.fail("type", "expected \(entryKinds.joined(separator: " or ")), because an example sizes an entry") }
        if kind == .baseEntry, !layer.isBase { section.fail("position", "expected Long_1 for a BASE_ENTRY, found \(layer)") }
        if kind == .pyramid, layer.isBase { section.fail("position", "expected Long_2 or above for a PYRAMID, found \(layer)") }
        if signal.stop > .zero, signal.price > .zero, signal.stop >= signal.price {
            section.fail("stop", "expected a price below the signal's price \(signal.price), found \(signal.stop)")
        }
        return signal
    }
}

extension OptionKind where Value == Layer {
    /// A layer as signals write it.
    fileprivate static var layer: OptionKind {
        OptionKind("layer", noun: "a layer", form: "as Long_1 to Long_99", placeholder: .base, text: \.description) {
            text throws(OptionMismatch) in
            guard let layer = Layer(text: text) else { throw .malformed }
            return layer
        }
    }
}
