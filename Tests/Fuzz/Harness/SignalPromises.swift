import MunimKit

/// What whoever makes a signal from outside input guarantees; see ``MunimKit/Signal``.
enum SignalPromises {
    private static let limit = Price(units: 10_000_000_000_000)

    static func check(_ signal: Signal) throws(BrokenProperty) {
        for (name, price) in [
            ("price", signal.price), ("stop", signal.stop), ("atr", signal.atr), ("supertrend", signal.supertrend),
            ("entry price", signal.entryPrice ?? .zero),
        ] {
            try expect(price >= .zero && price < limit, "the \(name) \(price) of a signal is out of range")
        }
        try expect((Ratio.zero...Ratio.one).contains(signal.efficiencyRatio), "the efficiency ratio is \(signal.efficiencyRatio)")
        try expect(signal.price > .zero, "a signal has the price 0")
        try expect(signal.lots >= .zero, "a signal has \(signal.lots) lots")
        try checkEntry(signal)
        switch (signal.kind, signal.target) {
        case (.baseEntry, .layer(.base)), (.exit, .all), (.exit, .layer), (.marketData, .none): break
        case (.pyramid, .layer(let layer)) where !layer.isBase: break
        default: throw BrokenProperty(description: "\(signal.kind.rawValue) names \(signal.target)")
        }
    }

    private static func checkEntry(_ signal: Signal) throws(BrokenProperty) {
        guard signal.kind.isEntry else { return }
        try expect(signal.stop > .zero && signal.stop < signal.price, "an entry at \(signal.price) has the stop \(signal.stop)")
        try expect(signal.atr > .zero, "an entry has no average true range")
        try expect(signal.supertrend > .zero, "an entry has no supertrend")
    }

    /// The signal as it means, without the spelling of its time.
    static func meaning(of signal: Signal) -> Signal {
        var signal = signal
        signal.timestampText = signal.timestamp.description
        return signal
    }
}
