import MunimKit
import Simulation
import Testing

/// A missing holiday is noticed by nobody before it comes, so people are told.
@Suite("Calendars that end")
struct CoreCalendarTests {
    private static func world(knownYears: ClosedRange<Int>, at: String, policy: Policy = .testing) throws -> World {
        var facts = TestFuture.Facts()
        facts.knownYears = knownYears
        let start = try #require(Instant(at, defaultOffset: nil))
        return Fixture.world([Fixture.traded(facts: facts), Fixture.traded(Fixture.synthetic)], policy: policy, at: start)
    }

    @Test(
        "The present year is an error, the one that begins within 60 days a warning, and what is known is nothing",
        arguments: [
            (2024...2026, "2025-11-28T05:00:00Z", []), (2024...2025, "2025-11-01T05:00:00Z", []),
            (2024...2025, "2025-11-02T05:00:00Z", ["warning 2026"]), (2024...2025, "2025-12-31T05:00:00Z", ["warning 2026"]),
            (2024...2025, "2025-12-31T18:30:00Z", ["error 2026"]), (2024...2024, "2025-12-01T05:00:00Z", ["error 2025", "warning 2026"]),
            (2024...2024, "2025-06-02T05:00:00Z", ["error 2025"]), (2026...2026, "2025-12-01T05:00:00Z", ["error 2025"]),
        ])
    func atStart(knownYears: ClosedRange<Int>, at: String, expected: [String]) throws {
        let world = try Self.world(knownYears: knownYears, at: at)
        let told = world.alerts.filter { $0.code == "calendar_unknown" }
        #expect(told.map { "\($0.severity) \($0.message.firstMatch(of: #/holidays of (\d+)/#)?.1 ?? "")" } == expected)
        #expect(told.allSatisfy { $0.instrument == Fixture.future })
    }

    @Test("People are told at the start, at each further start, and once on each new day")
    func daily() async throws {
        let world = try Self.world(knownYears: 2024...2025, at: "2025-12-08T05:00:00Z")
        #expect(world.alertCodes == ["calendar_unknown"])
        world.wait(.minutes(60 * 13))
        #expect(world.alertCodes.count == 1, "still the same day")
        world.wait(.days(3))
        #expect(world.alertCodes.count == 4)
        try await world.restart()
        #expect(world.alertCodes.count == 5)
        expectSound(world)
    }

    @Test("Many instruments that miss the same year are told of in one alert, which names the first of them")
    func together() throws {
        var facts = TestFuture.Facts()
        facts.knownYears = 2024...2025
        let tradedInstruments = ["A", "B", "C", "D", "E"].map { Fixture.traded(InstrumentName($0), facts: facts) }
        let world = Fixture.world(tradedInstruments, at: try #require(Instant("2025-12-08T05:00:00Z", defaultOffset: nil)))
        #expect(world.alertCodes == ["calendar_unknown"])
        #expect(world.alerts.first?.instrument == nil)
        #expect(world.alerts.first?.message.hasPrefix("A, B, C and 2 more do not know the holidays of 2026: only weekends") == true)
    }
}
