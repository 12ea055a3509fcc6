import MunimKit
import Testing

/// One reading of one option: what is written, and the value or the message.
struct Reading: CustomTestStringConvertible, Sendable {
    let title: String
    let node: ConfigNode
    let outcome: String
    let read: @Sendable (inout OptionReader) -> String

    init<Value: Sendable>(_ kind: OptionKind<Value>, _ node: ConfigNode, _ outcome: String) {
        title = "\(kind.name) \(outcome)"
        self.node = node
        self.outcome = outcome
        read = { "\($0.value("option", kind, summary: "An option."))" }
    }

    var testDescription: String { title }
}

@Suite("Reading options")
struct ConfigReaderTests {
    static let values: [Reading] = [
        Reading(.text, "munim-1", "munim-1"), Reading(.text, 5, "5"), Reading(.flag, true, "true"), Reading(.flag, "false", "false"),
        Reading(.integer, -3, "-3"), Reading(.lots, 4, "4"), Reading(.quantity, 30, "30"), Reading(.price, "52000.05", "52000.05"),
        Reading(.money, "-250000.5", "-250000.5"), Reading(.pointValue, 30, "30"), Reading(.ratio, "0.000001", "0.000001"),
        Reading(.percent, "1.0%", "0.01"), Reading(.percent, "0%", "0"), Reading(.percent, "0.05 %", "0.0005"),
        Reading(.span, "90s", "90 s"), Reading(.span, "1.5 s", "1.5 s"), Reading(.span, "250ms", "250 ms"), Reading(.span, "2m", "120 s"),
        Reading(.span, "1h", "3600 s"), Reading(.span, "15min", "900 s"), Reading(.span, "0s", "0 µs"), Reading(.span, "7us", "7 µs"),
        Reading(.timeOfDay, "15:25", "15:25"), Reading(.timeOfDay, "15:25:30", "15:25:30"), Reading(.day, "2025-11-28", "2025-11-28"),
        Reading(.instant, "2025-11-28T10:30:00+05:30", "2025-11-28T05:00:00Z"),
        Reading(.instant, "2025-11-28T10:30:00", "2025-11-28T05:00:00Z"),
        Reading(.choice(Weekday.self), "friday", "friday"), Reading(OptionKind<InstrumentName>.identifier("instrument"), "ALPHA", "ALPHA"),
    ]

    @Test("A text becomes the value of its type", arguments: values)
    func value(_ reading: Reading) {
        let (value, faults) = OptionReader.read(["option": reading.node], file: "test") { reading.read(&$0) }
        #expect(faults == [])
        #expect(value == reading.outcome)
    }

    static let faults: [Reading] = [
        Reading(.text, "", #"expected a text, found """#), Reading(.text, ["a"], "expected a text, found a list"),
        Reading(.text, ["a": 1], "expected a text, found a section"),
        Reading(.text, ConfigNode(.scalar(.init("~"))), "expected a text, found nothing"),
        Reading(.flag, "yes", #"expected true or false, found "yes""#), Reading(.integer, "+1", #"expected a whole number, found "+1""#),
        Reading(.integer, "1.0", #"expected a whole number, found "1.0""#),
        Reading(.integer, "99999999999999999999", #"expected a whole number, found "99999999999999999999", which is too large"#),
        Reading(.lots, -1, #"expected a whole number of lots, found "-1", which is negative"#),
        Reading(.price, "NaN", #"expected a price (such as 52000.05), found "NaN""#),
        Reading(.price, "1e400", #"expected a price, found "1e400", which is too large"#),
        Reading(.ratio, "0.1234567", #"expected a ratio, found "0.1234567", which has more than 6 decimals"#),
        Reading(.percent, "1.00001%", #"expected a percentage, found "1.00001%", which has more than 4 decimals"#),
        Reading(.percent, "1.0", #"expected a percentage, found "1.0", which has no %: write 1% or 100%"#),
        Reading(.percent, "0.01", #"expected a percentage, found "0.01", which has no %: write 0.01% or 1%"#),
        Reading(.percent, 50, #"expected a percentage, found "50", which has no %: write 50%"#),
        Reading(.percent, 0, #"expected a percentage, found "0", which has no %: write 0%"#),
        Reading(.percent, "-0.5", #"expected a percentage, found "-0.5", which has no %: write -0.5% or -50%"#),
        Reading(.percent, "92233720368547.7", #"expected a percentage, found "92233720368547.7", which has no %: write 92233720368547.7%"#),
        Reading(.percent, "%", #"expected a percentage (such as 1.5%), found "%""#),
        Reading(.span, "90", #"expected a time span (with its unit, such as 90s, 250ms or 15min), found "90""#),
        Reading(.span, "999999999999d", #"expected a time span, found "999999999999d", which is too large"#),
        Reading(.timeOfDay, "25:00", #"expected a time (as HH:MM or HH:MM:SS), found "25:00""#),
        Reading(.session, "15:30-09:15", #"expected a session, found "15:30-09:15", which ends before it begins"#),
        Reading(.session, "09:15", #"expected a session (as HH:MM-HH:MM), found "09:15""#),
        Reading(.day, "2025-02-29", #"expected a day (as YYYY-MM-DD), found "2025-02-29""#),
        Reading(.secret, ["a"], "expected a secret, found a list"),
        Reading(.secret, "", "expected a secret, found a value that is not shown"),
        Reading(
            .secret(minimumLength: 8), "hunter2", "expected a secret of at least 8 characters, found a value that is not shown"),
        Reading(
            .choice(SignalKind.self), "PYRAMIT",
            #"expected BASE_ENTRY, PYRAMID, EXIT or MARKET_DATA, found "PYRAMIT" (did you mean "PYRAMID"?)"#),
        Reading(.integer.within(1...10), 0, #"expected a whole number from 1 to 10, found "0""#),
        Reading(.integer.within(1...10), 11, #"expected a whole number from 1 to 10, found "11""#),
        Reading(.lots.atLeast(Lots(1)), 0, #"expected a whole number of lots of at least 1, found "0""#),
        Reading(.price.above(.zero), 0, #"expected a price above 0, found "0""#),
        Reading(.span.below(.seconds(3)), "3s", #"expected a time span below 3s, found "3s""#),
        Reading(
            .percent.above(.zero, atMost: Ratio(units: 50_000)), "5.1%", #"expected a percentage above 0% and at most 5%, found "5.1%""#),
    ]

    @Test("A text that does not fit is a fault that says what was expected", arguments: faults)
    func fault(_ reading: Reading) {
        let (_, faults) = OptionReader.read(["option": reading.node], file: "test") { reading.read(&$0) }
        #expect(faults.map(\.description) == ["test:1:1: option: " + reading.outcome])
    }

    @Test(
        "Every text that a kind writes for a value is read back as that value",
        arguments: [0, 1, 999, 1_000, 1_500_000, 60_000_000, 86_400_000_000])
    func spanText(_ microseconds: Int64) throws {
        let span = Span(microseconds: microseconds)
        let description = OptionReader.describe { _ = $0.value("span", .span, default: span, summary: "A span.") }
        let text = try #require(description.first?.defaultText)
        let (value, faults) = OptionReader.read(["span": ConfigNode(stringLiteral: text)], file: "test") {
            $0.value("span", .span, summary: "A span.")
        }
        #expect(faults == [])
        #expect(value == span)
    }

    @Test("A session may end at midnight and its spaces do not count")
    func midnightSession() {
        let (session, faults) = OptionReader.read(["hours": "09:00 - 24:00"], file: "test") {
            $0.value("hours", .session, summary: "Hours.")
        }
        #expect(faults == [])
        #expect(session.close.secondsSinceMidnight == 86_400)
        #expect(session.contains(TimeOfDay(secondsSinceMidnight: 86_399)))
    }
}
