import MunimKit

/// Made-up signals for measuring: several instruments that each open a base, add pyramids, and close their layers, again and again.
enum SyntheticSignals {
    /// The instruments that are traded in turn.
    static let instruments: [InstrumentName] = ["BANK_NIFTY", "GOLD_MINI", "SILVER_MINI"]

    /// `count` signals, one every ten minutes; the same count and seed give the same signals.
    static func input(_ count: Int, seed: UInt64 = 1) -> ReplayInput {
        var random = seed
        var stacks = instruments.map { Stack(instrument: $0, price: 40_000 + Int64($0.text.utf8.count) * 1_000) }
        let start = Instant(seconds: 1_262_304_000)
        let signals = (0..<count).map { index in
            let at = start + .minutes(Int64(index) * 10)
            return stacks[index % stacks.count].next(at: at, line: index + 1, &random)
        }
        return ReplayInput(file: "synthetic", kind: "made-up signals", signals: signals, hasSyntheticIndicators: true)
    }

    /// One instrument between flat and three layers.
    private struct Stack {
        let instrument: InstrumentName
        var price: Int64
        var layers = 0
        var isClosing = false

        mutating func next(at: Instant, line: Int, _ random: inout UInt64) -> ReplaySignal {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let step = Int64(random >> 40) % 400
            if isClosing { price = max(5_000, price - step) } else { price = min(200_000, price + 300 + step) }
            let exits = isClosing
            if !exits { layers += 1 }
            let number = layers
            if exits { layers -= 1 }
            if layers == 0 { isClosing = false }
            if layers == 3 { isClosing = true }
            return signal(isExit: exits, layer: Layer(number) ?? .base, at: at, line: line)
        }

        private func signal(isExit: Bool, layer: Layer, at: Instant, line: Int) -> ReplaySignal {
            let price = Price(whole: Int(price))
            let signal = Signal(
                kind: isExit ? .exit : layer.isBase ? .baseEntry : .pyramid, instrument: instrument, target: .layer(layer), price: price,
                stop: isExit ? .zero : Price(units: price.units - 3_500_000), lots: Lots(isExit ? 0 : 2), atr: Price(whole: 200),
                efficiencyRatio: Ratio(units: 850_000), supertrend: Price(units: price.units - 3_500_000), timestamp: at,
                reason: isExit ? "stop" : nil)
            return ReplaySignal(at: at, signal: signal, digest: "", line: line)
        }
    }
}
