public import MunimKit

/// What happens to a host from outside, each thing at its time: for runs of the real engine and of its synchronous double.
public struct EngineScript: Sendable {
    /// One thing that happens.
    public enum Act: Sendable {
        /// A strategy sends a signal.
        case signal(Signal)
        /// A person asks for something.
        case command(OperatorCommand)
    }

    /// The instruments.
    public var tradedInstruments: [TradedInstrument]
    /// The numbers to decide with.
    public var policy: Policy
    /// When the host starts.
    public var start: Instant
    /// What happens, in order.
    public var acts: [(at: Instant, act: Act)] = []

    /// Draws a script of so many rounds; in each round every instrument may hear something, all of them nearly at once.
    ///
    /// What is decided on one instrument does not depend on the others, so that their order within a round must not matter.
    public init(seed: UInt64, rounds: Int = 8) {
        var options = TestFuture.Facts()
        options.root = "SY"
        var slices = TestFuture.Facts()
        slices.root = "SL"
        slices.freezeQuantity = Quantity(60)
        let (sizing, rollover) = (TestSizing(fixed: Lots(3)), TestRollover(days: -1))
        tradedInstruments = [
            TradedInstrument(name: SimulationStage.single, instrument: TestFuture(), sizing: sizing, rollover: rollover),
            TradedInstrument(name: SimulationStage.synthetic, instrument: TestSynthetic(options), sizing: sizing, rollover: rollover),
            TradedInstrument(name: SimulationStage.sliced, instrument: TestFuture(slices), sizing: sizing, rollover: rollover),
        ]
        policy = Policy.testing
        policy.initialCapital = Money(whole: 500_000_000)
        policy.limits.areEnforced = false
        start = .testing
        var strategy = ScriptedStrategy(tradedInstruments: tradedInstruments, chance: Chance(seed: seed))
        var at = start
        for round in 1...rounds {
            at = at + .seconds(25)
            acts += strategy.round(at: at)
            if round == rounds / 2 { acts += Self.pause(at: at + .seconds(20)) }
            if round == rounds / 2 { at = at + .seconds(30) }
        }
        acts.append((at + .seconds(25), .command(.closeAll(reason: "the day is over"))))
    }

    /// A person stops trading and allows it again.
    private static func pause(at: Instant) -> [(at: Instant, act: Act)] {
        [
            (at, .command(.stop(reason: "a drill"))),
            (at + .seconds(5), .command(.capital(Money(whole: 1_000), notes: "a deposit", key: "deposit"))),
            (at + .seconds(20), .command(.resume(reason: "the drill is over"))),
        ]
    }
}

/// A strategy that opens, adds, moves and closes on several instruments, and sends some of it again.
struct ScriptedStrategy {
    private var chance: Chance
    private let names: [InstrumentName]
    private var prices: [Int]
    private var layers: [Int]

    init(tradedInstruments: [TradedInstrument], chance: Chance) {
        self.chance = chance
        names = tradedInstruments.map(\.name)
        prices = tradedInstruments.map { _ in 50_000 }
        layers = tradedInstruments.map { _ in 0 }
    }

    mutating func round(at: Instant) -> [(at: Instant, act: EngineScript.Act)] {
        var acts: [(at: Instant, act: EngineScript.Act)] = []
        for index in names.indices where chance.happens(850) {
            let signal = next(index, at: at)
            let arrival = at + chance.span(50, 900)
            acts.append((arrival, .signal(signal)))
            if chance.happens(200) { acts.append((arrival + chance.span(0, 3_000), .signal(signal))) }
        }
        return acts.sorted { $0.at < $1.at }
    }

    private mutating func next(_ index: Int, at: Instant) -> Signal {
        prices[index] += 200 + chance.below(600)
        if layers[index] > 0, chance.happens(250) {
            let isWhole = layers[index] == 1 || chance.happens(500)
            let layer = layers[index]
            layers[index] = isWhole ? 0 : layer - 1
            return make(.exit, index, isWhole ? .all : .layer(Layer(layer) ?? .base), at: at)
        }
        if chance.happens(150) { return make(.marketData, index, .none, at: at) }
        layers[index] = min(5, layers[index] + 1)
        return make(layers[index] == 1 ? .baseEntry : .pyramid, index, .layer(Layer(layers[index]) ?? .base), at: at)
    }

    private func make(_ kind: SignalKind, _ index: Int, _ target: SignalTarget, at: Instant) -> Signal {
        let price = Price(whole: prices[index])
        let stop = Price(whole: prices[index] - 150)
        let isExit = kind == .exit
        return Signal(
            kind: kind, instrument: names[index], target: target, price: price, stop: isExit ? .zero : stop, lots: Lots(isExit ? 0 : 2),
            atr: Price(whole: 200), efficiencyRatio: Ratio(units: 850_000), supertrend: stop, timestamp: at, reason: isExit ? "stop" : nil)
    }
}

/// What is left of a run for comparison: nothing that depends on when an answer came.
public struct EngineBooks: Equatable, Sendable {
    /// The verdict on each signal, and why.
    public var verdicts: [Fingerprint: String]
    /// Every position there ever was.
    public var positions: [String]
    /// Every posting, in no order, because the instruments trade side by side.
    public var postings: [String]
    /// What the account is worth.
    public var equity: Money?
    /// What the broker holds of each contract.
    public var net: [String: Int64]

    /// The books as they are at a moment.
    public init(_ store: ModelStore, _ broker: ModelBroker, at: Instant) {
        verdicts = [:]
        for signal in store.all(SignalRecord.self) {
            verdicts[signal.fingerprint] = "\(signal.status.rawValue) \(signal.reason?.rawValue ?? "")"
        }
        positions = store.all(PositionRecord.self).map(Self.line).sorted()
        postings = store.all(LedgerRecord.self).map { "\($0.kind.rawValue) \($0.amount)" }.sorted()
        equity = store.all(PortfolioRecord.self).first?.closedEquity
        net = broker.net(at: at)
    }

    private static func line(_ position: PositionRecord) -> String {
        """
        \(position.instrument) \(position.layer) \(position.status.rawValue) \(position.lots) lots \(position.quantity) units, \
        in at \(position.entryPrice) of \(position.entryTimestamp), stop \(position.initialStop) to \(position.currentStop), \
        high \(position.highestClose), out at \(position.exitPrice.map { "\($0)" } ?? "-") \(position.exitReason ?? "")
        """
    }
}

extension EngineScript {
    /// Money that the broker says is free.
    static let funds = Funds(available: Money(whole: 500_000_000), used: .zero)

    /// The synchronous run: each thing is done to its end before the next one comes.
    public func inWorld(sink: (any TraceSink)? = nil) -> World {
        let world = World(tradedInstruments: tradedInstruments, policy: policy, at: start)
        world.sink = sink
        world.broker { $0.funds = Self.funds }
        world.start()
        var commands = 0
        for (at, act) in acts {
            world.wait(until: at)
            switch act {
            case .signal(let signal): world.send(signal)
            case .command(let command):
                commands += 1
                world.ask(command, id: "P1-\(commands)")
            }
        }
        world.wait(.minutes(1))
        return world
    }
}
