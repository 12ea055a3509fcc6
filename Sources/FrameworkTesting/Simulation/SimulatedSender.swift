import MunimKit

/// A strategy that opens bases, adds layers, moves with the market and closes, mostly in a sensible order.
struct SimulatedSender {
    private struct Stack {
        let name: InstrumentName
        var price: Int64
        var layers = 0
        /// Price of the last base that was asked for.
        var base: Int64 = 0
    }

    private var chance: Chance
    /// Choices of runs with ties or absurd prices, which do not shift the others.
    private var others: Chance
    private let hasTies: Bool
    private let hasAbsurdPrices: Bool
    private var stacks: [Stack]
    /// The instrument of the last signal, while more of it come in the same second.
    private var tied: Int?
    /// When the last signal was made.
    private(set) var at: Instant
    private let pace: Span

    init(stage: SimulationStage, chance: Chance) {
        self.chance = chance
        // A copy that begins elsewhere: a fork would shift the others.
        var copy = chance
        others = Chance(seed: ~copy.word())
        hasTies = stage.hasTies
        hasAbsurdPrices = stage.hasAbsurdPrices
        stacks = stage.tradedInstruments.map { Stack(name: $0.name, price: 50_000) }
        at = stage.start + .seconds(5)
        pace = stage.pace
    }

    /// Sends nothing before `morning`.
    mutating func rest(until morning: Instant) { at = max(at, morning) }

    mutating func next() -> (Signal, Instant) {
        let pause = Int64(chance.below(Int(pace.microseconds) * 2))
        at = at + Span(microseconds: tied == nil ? pause : 0) + .milliseconds(1)
        var index = chance.below(stacks.count)
        if hasTies {
            index = tied ?? index
            tied = others.happens(500) ? index : nil
        }
        stacks[index].price = max(5_000, stacks[index].price + Int64(chance.below(700)) - 250)
        var stack = stacks[index]
        let signal = signal(of: &stack)
        stacks[index] = stack
        return (signal, at + chance.span(50, 400))
    }

    private mutating func signal(of stack: inout Stack) -> Signal {
        let roll = chance.below(100)
        switch roll {
        case ..<10:
            return bar(roll, stack)
        case ..<20:
            // Nonsense now and then: a layer that is not due.
            return make(chance.happens(500) ? .pyramid : .baseEntry, stack, .layer(Layer(1 + chance.below(5)) ?? .base))
        default:
            guard stack.layers > 0, roll < 50 || stack.layers == 5 else {
                stack.layers += 1
                if stack.layers == 1 { stack.base = stack.price }
                return make(stack.layers == 1 ? .baseEntry : .pyramid, stack, .layer(Layer(stack.layers) ?? .base))
            }
            if roll < 30 {
                stack.layers = 0
                return make(.exit, stack, .all)
            }
            stack.layers -= 1
            return make(.exit, stack, .layer(Layer(stack.layers + 1) ?? .base))
        }
    }

    /// A closed bar: mostly the market's; now and then one that closes at the first stop of a base or a point below it, or one of another range.
    private mutating func bar(_ roll: Int, _ stack: Stack) -> Signal {
        var bar = make(.marketData, stack, .none)
        switch roll {
        case 0, 1: if stack.layers > 0 { bar.price = Price(whole: Int(stack.base) - 300 - roll) }
        case 2, 5, 6: bar.atr = Price(whole: 90)
        case 3, 7: bar.atr = Price(whole: 330)
        case 4: bar.atr = .zero
        default: break
        }
        return bar
    }

    private mutating func make(_ kind: SignalKind, _ stack: Stack, _ target: SignalTarget) -> Signal {
        let price = price(of: stack)
        let isExit = kind == .exit
        return Signal(
            kind: kind, instrument: stack.name, target: kind == .baseEntry ? .layer(.base) : target, price: price,
            stop: isExit ? .zero : stop(below: price), lots: Lots(isExit ? 0 : 2), atr: Price(whole: 200),
            efficiencyRatio: Ratio(units: 850_000), supertrend: stop(below: price),
            timestamp: hasTies ? Instant(seconds: at.seconds) : at, reason: isExit ? "stop" : nil)
    }

    /// The market's price; in some runs now and then one that nothing is worth.
    private mutating func price(of stack: Stack) -> Price {
        guard hasAbsurdPrices, others.happens(200) else { return Price(whole: Int(stack.price)) }
        return others.pick([Price(units: 500), Price(whole: 1), Price(whole: 999_999_999), Price(whole: 99_999_999_999)])
    }

    private func stop(below price: Price) -> Price { Price(units: max(price.units - 3_500_000, min(price.units / 2, 500))) }
}
