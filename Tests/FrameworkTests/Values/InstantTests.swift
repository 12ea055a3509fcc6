import FoundationEssentials
import MunimKit
import Testing

@Suite("Instants and spans")
struct InstantTests {
    @Test(
        "Text without a zone is on the exchange's clock, text with one is that instant",
        arguments: [
            ("2025-12-12T10:15:00", "2025-12-12T04:45:00Z"), ("2025-12-12T23:40:00", "2025-12-12T18:10:00Z"),
            ("2025-11-28T10:30:00", "2025-11-28T05:00:00Z"), ("2025-11-28T10:30:00+05:30", "2025-11-28T05:00:00Z"),
            ("2025-11-28T05:00:00Z", "2025-11-28T05:00:00Z"), ("2025-11-28 10:30:00", "2025-11-28T05:00:00Z"),
            ("2025-11-27T23:00:00-06:00", "2025-11-28T05:00:00Z"), ("2025-11-28T05:00:00.25Z", "2025-11-28T05:00:00.25Z"),
            ("2025-11-28T05:00:00.000001Z", "2025-11-28T05:00:00.000001Z"),
            ("2025-11-28T05:00:00.123456789Z", "2025-11-28T05:00:00.123456Z"),
        ])
    func zones(text: String, utc: String) throws {
        let instant = try #require(Instant(text, defaultOffset: .exchange))
        #expect(instant.description == utc)
    }

    @Test("An evening on the exchange belongs to its own day")
    func eveningDay() throws {
        let instant = try #require(Instant("2025-12-12T23:40:00", defaultOffset: .exchange))
        #expect(TradingDay(of: instant).description == "2025-12-12")
    }

    @Test("Without a default the zone is required")
    func zoneRequired() { #expect(Instant("2025-12-12T10:15:00", defaultOffset: nil) == nil) }

    @Test(
        "Text of no instant is refused",
        arguments: [
            "", "2025-12-12", "2025-02-30T10:00:00Z", "2025-12-12T24:00:00Z", "2025-12-12T10:60:00Z", "2025-12-12T10:00:60Z",
            "2025-12-12T10:00:00+5:30",
            "2025-12-12T10:00:00+15:00", "2025-12-12T10:00:00.Z", "2025-12-12T10:00:00ZZ", "2025-12-12t10:00:00Z", "2025-12-12T10:00Z",
            "2025-12-12T10:00:00.1234567890Z", "2025-12-12T10:00:00 +05:30", "２025-12-12T10:00:00Z",
        ])
    func refused(text: String) { #expect(Instant(text, defaultOffset: .exchange) == nil) }

    @Test("Every instant from 1900 to 2100 survives its text and its JSON", arguments: [UInt64(11), 12, 13])
    func roundTrip(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        for _ in 0..<3_000 {
            let instant = Instant(microseconds: generator.number(-2_208_988_800_000_000...4_133_980_800_000_000))
            #expect(Instant(instant.description, defaultOffset: nil) == instant)
            #expect(try JSONDecoder().decode([Instant].self, from: JSONEncoder().encode([instant])) == [instant])
            #expect(TradingDay(of: instant).instant(at: TimeOfDay(of: instant)) == Instant(seconds: instant.seconds))
        }
    }

    @Test("Arithmetic saturates at the edges instead of trapping")
    func saturation() {
        #expect(Instant(microseconds: .max).description == "294247-01-10T04:00:54.775807Z")
        #expect(Instant(microseconds: .min).description == "-290308-12-21T19:59:05.224192Z")
        #expect(Instant(microseconds: .max) + .seconds(1) == Instant(microseconds: .max))
        #expect(Instant(microseconds: .min) - .seconds(1) == Instant(microseconds: .min))
        #expect(Instant(microseconds: .max) - Instant(microseconds: .min) == Span(microseconds: .max))
        #expect(Instant(microseconds: .min) - Instant(microseconds: .max) == Span(microseconds: -Int64.max))
        #expect(Instant(seconds: .max) == Instant(microseconds: .max) && Instant(seconds: .min) == Instant(microseconds: .min))
        #expect(Instant(microseconds: .max) - Span(microseconds: .min) == Instant(microseconds: .max))
        #expect(Span.zero - Span(microseconds: .min) == Span(microseconds: .max))
        #expect(Span(microseconds: .min) - .seconds(1) == Span(microseconds: -Int64.max))
    }

    @Test("The last instants of the range have a second, a day and a text", arguments: [Int64.min, .min + 1, .max - 1, .max])
    func edges(microseconds: Int64) {
        let instant = Instant(microseconds: microseconds)
        #expect(instant.description.hasSuffix("Z"))
        #expect(TradingDay(of: instant).instant(at: TimeOfDay(of: instant)) <= Instant(microseconds: .max))
        #expect((Instant(seconds: instant.seconds) - instant).microseconds.magnitude < 1_000_000)
    }

    @Test("Spans of any count saturate", arguments: [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max])
    func counts(count: Int64) {
        for (span, unit) in [
            (Span.milliseconds(count), Int128(1_000)), (.seconds(count), 1_000_000), (.minutes(count), 60_000_000),
            (.days(count), 86_400_000_000), (Span(microseconds: count), 1),
        ] {
            let exact = Int128(count) * unit
            #expect(Int128(span.microseconds) == min(max(exact, -Int128(Int64.max)), Int128(Int64.max)))
        }
    }

    @Test("A span comes back from its JSON, at the edges too", arguments: [Int64.min, -1, 0, 90_000_000, .max])
    func spanJSON(microseconds: Int64) throws {
        let span = Span(microseconds: microseconds)
        #expect(try JSONDecoder().decode([Span].self, from: JSONEncoder().encode([span])) == [span])
        let stored = Data("[{\"microseconds\":\(microseconds)}]".utf8)
        #expect(try JSONDecoder().decode([Span].self, from: stored) == [span])
    }

    @Test(
        "Whole seconds round down on both sides of the epoch",
        arguments: [(Int64(-1), Int64(-1)), (-1_000_000, -1), (0, 0), (999_999, 0), (1_000_000, 1)])
    func seconds(microseconds: Int64, seconds: Int64) { #expect(Instant(microseconds: microseconds).seconds == seconds) }

    @Test(
        "Spans print in the largest unit that fits",
        arguments: [
            (Span.seconds(90), "90 s"), (.milliseconds(1_500), "1.5 s"), (.milliseconds(250), "250 ms"), (Span(microseconds: 7), "7 µs"),
            (.zero, "0 µs"),
            (.days(1), "86400 s"), (Span(microseconds: -1_500), "-1.5 ms"),
        ])
    func spans(span: Span, text: String) { #expect(span.description == text) }
}
