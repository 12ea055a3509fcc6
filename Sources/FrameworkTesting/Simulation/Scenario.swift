import MunimKit

/// A run with a script of its own: what is sent and asked for, and when, on a stage that is always the same.
public struct Scenario: Sendable {
    /// One thing that happens.
    enum Act: Sendable {
        /// A signal with the time at which it is sent, or with one so many seconds before.
        case send(SignalKind, InstrumentName, SignalTarget, price: Int, stop: Int, age: Int64 = 0)
        /// The last signal once more, as it was, or with another price.
        case sendAgain(price: Int?)
        case ask(OperatorCommand)
        /// What becomes of the next orders at the broker.
        case expect([ModelBroker.Outcome])
        /// Everybody sleeps until the next morning.
        case night
        /// Everybody ends, and starts again so much later.
        case leave(Span)
        /// Everybody dies soon after every start, for so long.
        case crashLoop(Span)
        /// Somebody closes at the broker all that the account holds.
        case squareOff
        /// The rows of now are kept.
        case remember
        /// The rows that were kept are put back.
        case restore
        /// The broker shows no order and reports none for so long.
        case silence(Span)
        /// The next signal ends every process that decides it.
        case poisonNext
    }

    /// The name that the command line takes.
    public let name: String
    /// What happens, in a few words.
    public let summary: String
    /// Whole trading days before the expiry from which positions roll; negative for never.
    let rollDays: Int
    /// Orders of a second.
    let rate: Int
    /// Whether one process is alone with its database.
    let isAlone: Bool
    /// What must hold at rest besides all promises, wherever anybody died: what is wrong, or nil.
    let judge: (@Sendable (RunEvidence) -> String?)?
    /// What happens, with the time since the beginning.
    let acts: [(after: Span, act: Act)]

    /// Whether it ends by itself; what waits for people would be followed for days after each of thousands of deaths.
    let comesToRest: Bool

    init(
        _ name: String, _ summary: String, rollDays: Int = -1, rate: Int = 10, isAlone: Bool = false, comesToRest: Bool = true,
        _ acts: [(Int64, Act)],
        judge: (@Sendable (RunEvidence) -> String?)? = nil
    ) {
        self.name = name
        self.summary = summary
        self.rollDays = rollDays
        self.rate = rate
        self.isAlone = isAlone
        self.comesToRest = comesToRest
        self.judge = judge
        self.acts = acts.map { (.seconds($0), $1) }
    }

    /// The scenario of a name; nil when there is none.
    public init?(named name: String) {
        guard let scenario = Self.all.first(where: { $0.name == name }) else { return nil }
        self = scenario
    }
}

extension Scenario {
    static let one = SimulationStage.single
    static let two = SimulationStage.synthetic

    /// All scenarios that the core stands, from simple to long.
    public static let all = protocols + reproductions

    /// Those in which processes die at every step.
    public static var mortal: [Scenario] { all.filter(\.comesToRest) }

    private static let protocols =
        [
            Scenario("entry", "a base of one leg", [base(one)]),
            Scenario("entry-legs", "a base of two legs", [base(two)]),
            Scenario(
                "entry-resent", "the same signal three times, once with another price",
                [
                    base(one), (6, .sendAgain(price: nil)), (7, .sendAgain(price: 52_100)),
                ]),
            Scenario(
                "entry-unknown", "the answer to a first leg is lost",
                [
                    (5, .expect([.unknownWithOrder(visibleAfter: .seconds(20))])), base(two),
                ]),
            Scenario("entry-lost", "a second leg never arrives", [(5, .expect([.fill, .unknownWithoutOrder])), base(two)]),
            Scenario("entry-refused", "a second leg is refused, the first is taken back", [(5, .expect([.fill, .reject])), base(two)]),
            Scenario("entry-partial", "a second leg fills in part", [(5, .expect([.fill, .partialThenCancelled(30)])), base(two)]),
            Scenario("pyramid", "a layer on a base of two legs", [base(two), pyramid(two, 2, after: 90)]),
            Scenario("exit", "a base of one leg is closed", [base(one), exit(one, 1, after: 90)]),
            Scenario("exit-legs", "a base of two legs is closed", [base(two), exit(two, 1, after: 90)]),
            Scenario(
                "exit-unknown", "the answer to a closing leg is lost",
                [
                    base(two), (89, .expect([.unknownWithOrder(visibleAfter: .seconds(20))])), exit(two, 1, after: 90),
                ]),
            Scenario(
                "exit-lost", "a closing leg never arrives",
                [
                    base(one), (89, .expect([.unknownWithoutOrder])), exit(one, 1, after: 90),
                ]),
            Scenario(
                "exit-partial", "a closing leg fills in part and ends",
                [
                    base(two), (89, .expect([.partialThenCancelled(30)])), exit(two, 1, after: 90),
                ]),
            Scenario(
                "exit-all", "three layers are closed at once",
                [
                    base(two), pyramid(two, 2, after: 90), pyramid(two, 3, after: 180), exit(two, nil, after: 270),
                ]),
            Scenario(
                "preempted", "an exit comes while a pyramid fills",
                [
                    base(two), (89, .expect([.partial(30, restAfter: .seconds(30))])), pyramid(two, 2, after: 90),
                    exit(two, nil, after: 95),
                ]),
            Scenario(
                "stop-hit", "a bar closes below the stop",
                [
                    base(two), (90, .send(.marketData, two, .none, price: 50_000, stop: 49_000)),
                ]),
            Scenario("roll", "a position of one leg rolls", rollDays: 0, [base(one), (60, .night), (90, .ask(.rollover(execute: true)))]),
            Scenario(
                "roll-legs", "two layers of two legs roll", rollDays: 0,
                [
                    base(two), pyramid(two, 2, after: 90), (150, .night), (180, .ask(.rollover(execute: true))),
                ]),
            Scenario(
                "roll-unknown", "the answer to a new leg is lost", rollDays: 0,
                [
                    base(one), (60, .night), (89, .expect([.fill, .unknownWithOrder(visibleAfter: .seconds(20))])),
                    (90, .ask(.rollover(execute: true))),
                ]),
            Scenario(
                "roll-again", "a new leg provably does not leave and is sent again", rollDays: 0,
                [base(one), (60, .night), (89, .expect([.fill, .notSent])), (90, .ask(.rollover(execute: true)))]),
            Scenario("fill-slow", "a base fills after five seconds", [(4, .expect([.fillAfter(.seconds(5))])), base(one)]),
            Scenario(
                "exit-hidden", "a closing leg fills, and the book does not show it for longer than it should",
                [base(one), (89, .expect([.unknownWithOrder(visibleAfter: .seconds(150))])), exit(one, 1, after: 90)]),
            Scenario(
                "rate-entry", "two bases at one order a second, one of them half refused", rate: 1,
                [(4, .expect([.fill, .fill, .reject])), base(one), base(two)]),
            Scenario(
                "rate-exit", "two exits at one order a second", rate: 1,
                [base(one), base(two), exit(one, 1, after: 90), exit(two, 1, after: 90)]),
            Scenario(
                "rate-roll", "two positions roll at one order a second", rollDays: 0, rate: 1,
                [base(one), base(two), (60, .night), (90, .ask(.rollover(execute: true)))]),
            Scenario(
                "rate-stopped", "trading is stopped while an entry waits for its turn at one order a second", rate: 1,
                [
                    base(one), base(two), (6, .ask(.stop(reason: "a drill"))), (30, .ask(.resume(reason: "the drill is over"))),
                    exit(one, 1, after: 90),
                ]),
            Scenario(
                "capital", "money moves in twice with one key, and out",
                [
                    base(one), (20, .ask(.capital(Money(whole: 100_000), notes: "in", key: "K1"))),
                    (21, .ask(.capital(Money(whole: 100_000), notes: "in", key: "K1"))),
                    (22, .ask(.capital(Money(whole: -50_000), notes: "out", key: "K2"))), exit(one, 1, after: 90),
                ]),
            Scenario(
                "stopped", "trading is stopped, an entry comes, trading goes on",
                [
                    base(one), (20, .ask(.stop(reason: "a drill"))), pyramid(one, 2, after: 25), exit(one, 1, after: 40),
                    (60, .ask(.resume(reason: "the drill is over"))),
                    (70, .send(.baseEntry, one, .layer(.base), price: 52_500, stop: 52_000)),
                ]),
            Scenario(
                "close-all", "a person closes everything", [base(one), base(two, after: 10), (90, .ask(.closeAll(reason: "a drill")))]),
        ]

    static func base(_ name: InstrumentName, after seconds: Int64 = 5) -> (Int64, Act) {
        (seconds, .send(.baseEntry, name, .layer(.base), price: 52_000, stop: 51_500))
    }

    static func pyramid(_ name: InstrumentName, _ layer: Int, after seconds: Int64) -> (Int64, Act) {
        (seconds, .send(.pyramid, name, .layer(Layer(layer) ?? .base), price: 52_000 + 800 * layer, stop: 51_500 + 800 * layer))
    }

    static func exit(_ name: InstrumentName, _ layer: Int?, after seconds: Int64) -> (Int64, Act) {
        (seconds, .send(.exit, name, layer.flatMap { Layer($0) }.map { .layer($0) } ?? .all, price: 53_000, stop: 0))
    }
}
