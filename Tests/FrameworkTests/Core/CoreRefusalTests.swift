import MunimKit
import Simulation
import Testing

/// Every reason for which an entry is not traded, by its code.
@Suite("Refusals")
struct CoreRefusalTests {
    static func expectRefused(_ world: World, _ code: String, _ status: SignalStatus = .refused, _ place: SourceLocation = #_sourceLocation)
    {
        #expect(world.verdicts.last?.reason?.rawValue == code, sourceLocation: place)
        #expect(world.verdicts.last?.status == status, sourceLocation: place)
        #expect(world.verdicts.last?.explanation?.content.summary.isEmpty == false, sourceLocation: place)
        expectSound(world, atRest: false, place)
    }

    /// What is changed in a world before its second signal, and the refusal that follows.
    struct Case: Sendable, CustomTestStringConvertible {
        let code: String
        var status = SignalStatus.refused
        var policy: @Sendable (inout Policy) -> Void = { _ in }
        var facts: @Sendable (inout TestFuture.Facts) -> Void = { _ in }
        var lots: Int64? = 2
        let act: @Sendable (World) -> Void
        var testDescription: String { code }
    }

    static let cases: [Case] = [
        Case(code: "trading_stopped") { world in
            world.ask(.stop(reason: "drill"))
            world.send(Fixture.base())
        },
        Case(code: "signal_expired", status: .expired) { $0.send(Fixture.base(at: .testing - .milliseconds(90_001))) },
        Case(code: "signal_from_future") { $0.send(Fixture.base(at: .testing + .milliseconds(5_001))) },
        Case(code: "base_position_exists") { world in
            world.send(Fixture.base())
            world.wait(.seconds(70))
            world.send(Fixture.base(at: world.now))
        },
        Case(code: "position_exists") { world in
            world.send(Fixture.base())
            for _ in 0..<2 {
                world.wait(.seconds(70))
                world.send(Fixture.pyramid(at: world.now))
            }
        },
        Case(code: "no_capital", policy: { $0.initialCapital = .zero }) { $0.send(Fixture.base()) },
        Case(code: "outside_session") { world in
            world.wait(.minutes(300))
            world.send(Fixture.base(at: world.now))
        },
        Case(code: "no_base_position_found") { $0.send(Fixture.pyramid(at: .testing)) },
        Case(code: "base_is_closing") { world in
            world.send(Fixture.base())
            world.wait(.seconds(70))
            world.broker {
                $0.script = [.partialThenCancelled(30)]
                $0.foreign = ["TF2025-12-31": -30]
            }
            world.send(Fixture.exit(at: world.now))
            world.wait(.minutes(1))
            world.broker { $0.foreign = [:] }
            world.ask(.unfreeze(Fixture.future, reason: "the rest is ours"))
            world.send(Fixture.pyramid(at: world.now))
        },
        Case(code: "1r_gate_not_passed") { world in
            world.send(Fixture.base())
            world.send(Fixture.pyramid(price: "52525", at: .testing))
        },
        Case(code: "invalid_initial_risk", facts: { $0.terms.initialStopMultiple = .zero }) { world in
            world.send(Fixture.base())
            world.send(Fixture.pyramid(at: .testing))
        },
        Case(code: "maximum_pyramids", facts: { $0.terms.maximumPyramids = 1 }) { world in
            world.send(Fixture.base())
            world.send(Fixture.pyramid(at: .testing))
            world.send(Fixture.pyramid(3, price: "53300", stop: "53000", at: .testing))
        },
        Case(code: "negative_instrument_pnl") { world in
            world.send(Fixture.base())
            world.broker { $0.slippage = Fixture.price("1500") }
            world.send(Fixture.pyramid(at: .testing))
            world.send(Fixture.pyramid(3, price: "52900", stop: "52500", at: .testing))
        },
        Case(code: "no_quote") { world in
            world.broker { $0.quotes = false }
            world.send(Fixture.base())
        },
        Case(code: "no_contract", policy: { $0.entryRolloverDays = 1_000 }) { $0.send(Fixture.base()) },
        Case(code: "risk", lots: nil) { $0.send(Fixture.base(stop: "30000")) },
        Case(code: "margin", facts: { $0.terms.marginPerLot = Money(whole: 3_000_001) }, lots: nil) { $0.send(Fixture.base()) },
        Case(code: "fixed", lots: 0) { $0.send(Fixture.base()) },
        Case(code: "number_too_large", lots: 9_000_000_000) { $0.send(Fixture.base()) },
        Case(code: "portfolio_risk_gate", lots: 11) { $0.send(Fixture.base(stop: "49700")) },
        Case(code: "portfolio_vol_gate", policy: { $0.limits.entryVolatility = Ratio(units: 4_199) }) { $0.send(Fixture.base()) },
        Case(code: "portfolio_margin_gate", lots: 12) { $0.send(Fixture.base()) },
        Case(code: "position_count", policy: { $0.limits.positions = 0 }) { $0.send(Fixture.base()) },
        Case(code: "order_value", policy: { $0.limits.orderValue = Money(whole: 3_119_999) }) { $0.send(Fixture.base()) },
        Case(code: "unknown_instrument") { $0.send(Fixture.base("COFFEE")) },
        Case(code: "no_position") { $0.send(Fixture.exit(at: .testing)) },
    ]

    @Test("A signal is refused with a code, a sentence and one verdict", arguments: cases)
    func refusal(_ refusal: Case) {
        var policy = Policy.testing
        refusal.policy(&policy)
        var facts = TestFuture.Facts()
        refusal.facts(&facts)
        let world = Fixture.world([Fixture.traded(facts: facts, lots: refusal.lots)], policy: policy)
        refusal.act(world)
        Self.expectRefused(world, refusal.code, refusal.status)
        #expect(world.engine.store.all(SignalRecord.self).allSatisfy { $0.status.isVerdict })
    }

    @Test(
        "Vector 18: the same layer within 60 s is the same alert; 61 s later, or another layer, is not",
        arguments: [(60, "duplicate"), (61, "order_failed")])
    func duplicates(seconds: Int, code: String) {
        let world = Fixture.world()
        world.broker { $0.usual = .reject }
        world.send(Fixture.base())
        world.wait(.seconds(Int64(seconds)))
        world.send(Fixture.base(at: world.now))
        #expect(world.verdicts.last?.reason?.rawValue == code)
        let fresh = Fixture.world()
        fresh.send(Fixture.base())
        fresh.send(Fixture.pyramid(at: .testing))
        #expect(fresh.positions.count == 2)
    }

    @Test("L-03 L-01 A signal that arrives again is not decided again, whatever became of it", arguments: [true, false])
    func resend(isRejected: Bool) async throws {
        let world = Fixture.world()
        if isRejected { world.broker { $0.usual = .reject } }
        let signal = Fixture.base()
        for _ in 0..<3 { world.send(signal) }
        try await world.restart()
        world.send(signal)
        #expect(world.verdicts.count == 1)
        #expect(world.engine.broker.requests.count == 1)
        expectSound(world)
    }

    @Test("L-04 A second base, even much later, leaves the first as it is")
    func secondBase() {
        let world = Fixture.world()
        world.send(Fixture.base())
        let before = world.positions
        world.wait(.minutes(30))
        world.send(Fixture.base(price: "53000", stop: "52000", at: world.now))
        #expect(world.positions == before)
        #expect(world.verdicts.last?.reason == .basePositionExists)
    }

    @Test("L-36 The gate counts the real size, and the pyramid's profit is that of the signal's price")
    func realSize() throws {
        let world = Fixture.world([Fixture.traded(lots: 4)])
        world.send(Fixture.base())
        let pyramid = world.send(Fixture.pyramid(stop: "51700", at: .testing))
        let explanation = try #require(world.signal(pyramid)?.explanation?.content)
        let risk = try #require(explanation.gates.first { $0.name == "portfolio_risk_gate" })
        #expect(risk.value.contains("108000 new"))
        #expect(explanation.gates.first { $0.name == "negative_instrument_pnl" }?.value == "72000")
        #expect(
            explanation.request?.pyramid
                == PyramidContext(
                    taken: 0, baseLots: Lots(4), baseEntry: Fixture.price("52000"), baseRisk: Fixture.price("525")))
    }

    @Test("L-46 The host's own state decides: a pyramid of the chart on a base that was never filled is refused")
    func outOfStep() {
        let world = Fixture.world()
        world.broker { $0.script = [.reject] }
        world.send(Fixture.base())
        world.wait(.minutes(2))
        world.send(Fixture.pyramid(at: world.now))
        #expect(world.verdicts.last?.reason == .noBase)
        world.send(Fixture.exit(at: world.now))
        #expect(world.verdicts.last?.reason == .noPosition)
    }
}
