import MunimKit

/// Scenarios that once ended with a wrong position, or with people who were told nothing, each by a plain name.
extension Scenario {
    /// Those of them that the core stands.
    static let reproductions: [Scenario] = [
        Scenario(
            "exit-after-square-off", "a person closes at the broker while the host is down, then the exit comes",
            [base(one), (60, .leave(.seconds(10))), (62, .squareOff), exit(one, 1, after: 65)]),
        Scenario(
            "exit-all-after-square-off", "the same with two layers of two legs",
            [base(two), pyramid(two, 2, after: 90), (150, .leave(.seconds(10))), (152, .squareOff), exit(two, nil, after: 155)]),
        Scenario(
            "exit-in-second-of-layer", "an exit of all carries the second of the layer that it closes",
            [
                base(two), pyramid(two, 2, after: 90),
                (95, .send(.exit, two, .all, price: 53_000, stop: 0, age: 5)),
            ], judge: flat),
        Scenario(
            "exit-in-second-of-base", "an exit carries the second of its base",
            [base(one), (8, .send(.exit, one, .layer(.base), price: 53_000, stop: 0, age: 3))], judge: flat),
        Scenario(
            "restored-empty", "rows without a position are put back while the broker holds one, then an entry comes",
            [(1, .remember), base(one), (60, .restore), base(one, after: 100)]
        ) { evidence in
            let held = evidence.positions.values.reduce(Int64(0)) { $1.status.isLive ? $0 + $1.quantity.count : $0 }
            let traded = evidence.executions.reduce(Int64(0)) { $1.side == .buy ? $0 + $1.units : $0 - $1.units }
            return held > 0 && traded > held ? "a restored host doubled the position" : nil
        },
        Scenario(
            "restored-older", "rows with the base alone are put back while the broker holds a layer as well, then an exit comes",
            [
                base(two), (60, .remember), pyramid(two, 2, after: 90), (150, .restore), pyramid(two, 2, after: 170),
                exit(two, nil, after: 240),
            ]),
        Scenario(
            "poison-signal", "an entry ends every process that decides it, while an exit of another instrument waits", isAlone: true,
            [base(two), (29, .poisonNext), base(one, after: 30), exit(two, nil, after: 31)]
        ) { evidence in
            flat(evidence)
                ?? (evidence.signals.values.contains { $0.status == .quarantined } ? nil : "the signal that kills was not set aside")
        },
        Scenario(
            "waiting-exit", "an exit waits over many deaths for a base whose order is not found", isAlone: true,
            [
                (4, .expect([.unknownWithOrder(visibleAfter: .seconds(50))])), base(one), exit(one, 1, after: 13),
                (14, .crashLoop(.seconds(35))),
            ], judge: flat),
        Scenario(
            "leg-rests", "the second leg of a base fills in part and rests",
            [(4, .expect([.fill, .restsPartly(30)])), base(two), exit(two, nil, after: 300)], judge: flat),
        Scenario(
            "exit-leg-rests", "the second leg of an exit fills in part and rests",
            [base(two), (89, .expect([.fill, .restsPartly(30)])), exit(two, 1, after: 90)], judge: flat),
        Scenario(
            "roll-leg-rests", "a new leg of a roll fills in part and rests", rollDays: 0,
            [
                base(two), (60, .night), (89, .expect([.fill, .fill, .fill, .restsPartly(30)])), (90, .ask(.rollover(execute: true))),
                exit(two, nil, after: 600),
            ]),
        Scenario(
            "first-order-empty-book", "the broker took the first order of the day, and its book shows nothing for minutes",
            [
                (1, .silence(.seconds(160))), (4, .expect([.unknownWithOrder(visibleAfter: .zero)])), base(one), exit(one, 1, after: 400),
            ]
        ) { evidence in
            // A death before the call leaves an order that the broker never had.
            evidence.orders.values.contains { order in order.state == .absent && evidence.executions.contains { $0.tag == order.tag } }
                ? "an order was given up by a book that had shown nothing" : nil
        },
        Scenario(
            "crash-loop-exit", "processes die again and again while one leg of an exit is closed",
            [
                base(two), (89, .expect([.fill, .notSent, .notSent])), exit(two, 1, after: 90), (92, .crashLoop(.seconds(60))),
            ], judge: flat),
        Scenario(
            "absurd-prices", "two exits at prices that add up to more than an account can hold", comesToRest: false,
            [
                base(one), (60, .send(.exit, one, .all, price: 14_000_000_000_000, stop: 0)), base(one, after: 120),
                (180, .send(.exit, one, .all, price: 14_000_000_000_000, stop: 0)), base(two, after: 240), exit(two, nil, after: 330),
            ]),
    ]

    /// Nothing is open at the end, unless people were told and the scope is theirs.
    @Sendable private static func flat(_ evidence: RunEvidence) -> String? {
        // A webhook that every resend of lost closes nothing.
        guard evidence.signals.values.contains(where: { $0.signal.content.kind == .exit }) else { return nil }
        return evidence.positions.values.contains { $0.status.isLive && !evidence.isSetAside($0.instrument) }
            ? "a position is still open" : nil
    }
}
