import MunimKit
import Testing

/// Options as a plugin would declare them.
private struct SampleOptions: PluginOptions {
    let lots: Lots
    let limit: Price?
    let sides: [Side]
    let risk: Ratio
    let token: Secret
    let steps: [(from: TradingDay, lot: Quantity)]
    let names: [(name: String, value: Lots)]

    enum Side: String, CaseIterable, Sendable { case buy, sell }

    init(from reader: inout OptionReader) {
        lots = reader.value("lots", .lots.atLeast(Lots(1)), default: Lots(2), summary: "Lots of each order.")
        limit = reader.optional("limit", .price.above(.zero), unit: "INR", summary: "The highest price.")
        sides = reader.list("sides", of: .choice(Side.self), default: [.buy], count: 1...2, summary: "Which sides.")
        risk = reader.section("sizing", summary: "How much.") {
            $0.value("risk", .percent, default: Ratio(units: 10_000), summary: "Risk.")
        }
        token = reader.value("token", .secret, summary: "The key.")
        steps = reader.rows("lot_sizes", isRequired: true, summary: "Dated lot sizes.") { row in
            (row.value("from", .day, summary: "First day."), row.value("lot", .quantity, summary: "Units."))
        }
        names = reader.entries("legs", summary: "Legs.") { _, leg in leg.value("lots", .lots, default: Lots(1), summary: "Lots.") }
    }
}

@Suite("Sections of options")
struct ConfigSectionTests {
    @Test("What is left out has its default, what is given has its value")
    func defaults() throws {
        let options = try SampleOptions.read([
            "token": "abc", "sides": ["sell", "buy"], "sizing": ["risk": "2%"], "lot_sizes": [["from": "2025-01-01", "lot": 35]],
            "legs": ["near": [:], "far": ["lots": 3]],
        ])
        #expect(options.lots == Lots(2))
        #expect(options.limit == nil)
        #expect(options.sides == [.sell, .buy])
        #expect(options.risk == Ratio(units: 20_000))
        #expect(options.token.reveal() == "abc")
        #expect(options.steps.map(\.lot) == [Quantity(35)])
        #expect(options.names.map(\.name) == ["near", "far"])
        #expect(options.names.map(\.value) == [Lots(1), Lots(3)])
    }

    @Test("What holds is noted for every option in the order of reading, given or not; a secret is only named")
    func effective() {
        let given: ConfigNode = [
            "before": "x", "token": "abc", "limit": "70.50", "lot_sizes": [["from": "2025-01-01", "lot": 35]],
            "legs": ["near.by": [:], "far": ["lots": 3]],
        ]
        let (effective, faults) = OptionReader.read(given, file: "test") { reader in
            _ = reader.value("before", .text, summary: "Before.")
            _ = SampleOptions(from: &reader)
            return reader.effective
        }
        #expect(faults == [])
        func leg(_ lots: String) -> EffectiveValue { .section([EffectiveOption(key: "lots", value: .number(lots))]) }
        #expect(effective.map(\.key) == ["before", "lots", "limit", "sides", "sizing", "token", "lot_sizes", "legs"])
        #expect(
            effective.dropFirst().map(\.value) == [
                .number("2"), .text("70.5"), .list([.text("buy")]), .section([EffectiveOption(key: "risk", value: .text("1%"))]),
                .text(Secret.redacted),
                .list([
                    .section([
                        EffectiveOption(key: "from", value: .text("2025-01-01")), EffectiveOption(key: "lot", value: .number("35")),
                    ])
                ]),
                .section([EffectiveOption(key: "near.by", value: leg("1")), EffectiveOption(key: "far", value: leg("3"))]),
            ])
    }

    @Test("A kind that is bounded is still shown as the kind it is, and a secret stays one")
    func boundedKinds() {
        let secret = OptionKind.secret(minimumLength: 3).limited("of no blanks") { !$0.reveal().contains(" ") }
        let (effective, _) = OptionReader.read(["a": 4, "b": "hush", "c": true, "d": ["x": 2]], file: "test") { reader in
            _ = reader.value("a", .integer.within(1...9), summary: "A.")
            _ = reader.optional("b", secret, summary: "B.")
            _ = reader.value("c", .flag.limited("that is true") { $0 }, summary: "C.")
            _ = reader.values("d", of: .quantity.atLeast(Quantity(1)), summary: "D.")
            _ = reader.optional("e", .lots, summary: "E.")
            return reader.effective.map(\.value)
        }
        #expect(
            effective == [
                .number("4"), .text(Secret.redacted), .flag(true), .section([EffectiveOption(key: "x", value: .number("2"))]), .nothing,
            ])
    }

    @Test("All faults of a section are reported together, each under its path")
    func allFaults() throws {
        let error = try #require(throws: ConfigFaults.self) {
            try SampleOptions.read([
                "lotss": 1, "lots": 0, "limit": "high", "sides": ["bye", "sell", "buy"], "sizing": ["risc": 1], "token": ["x"],
                "lot_sizes": [["from": "2025-13-01"], "none"], "legs": ["near": 1, "near": 2],
            ])
        }
        #expect(
            error.faults.map { "\($0.path): \($0.message)" } == [
                #"legs.near: duplicate key, first given on line 1"#,
                #"legs.near: expected a section of options, found "1""#,
                #"limit: expected a price above 0 (such as 52000.05), found "high""#,
                #"lot_sizes[1].from: expected a day (as YYYY-MM-DD), found "2025-13-01""#,
                #"lot_sizes[1].lot: missing option: expected a whole number of units"#,
                #"lot_sizes[2]: expected a section of options, found "none""#,
                #"lots: expected a whole number of lots of at least 1, found "0""#,
                #"lotss: unknown option "lotss" (known: lots, limit, sides, sizing, token, lot_sizes, legs; did you mean "lots"?)"#,
                #"sides: expected a list of 1 to 2 elements, found 3"#,
                #"sides[1]: expected buy or sell, found "bye" (did you mean "buy"?)"#,
                #"sizing.risc: unknown option "risc" (known: risk; did you mean "risk"?)"#,
                #"token: expected a secret, found a list"#,
            ])
    }

    @Test("A section of the wrong type is one fault, not one for each option in it", arguments: [["a"], "text"] as [ConfigNode])
    func wrongSection(_ node: ConfigNode) {
        let (_, faults) = OptionReader.read(["outer": ["inner": node]], file: "test") { reader in
            reader.section("outer", summary: "Outer.") { outer in
                outer.section("inner", summary: "Inner.") { _ = $0.value("needed", .lots, summary: "Needed.") }
            }
        }
        #expect(faults.map(\.path) == ["outer.inner"])
    }

    @Test("The same initialiser describes every option with its type, default, unit, range and summary")
    func descriptions() {
        let described = SampleOptions.descriptions()
        #expect(
            described.map(\.path) == [
                "lots", "limit", "sides", "sizing", "sizing.risk", "token", "lot_sizes", "lot_sizes[].from", "lot_sizes[].lot", "legs",
                "legs.NAME.lots",
            ])
        #expect(
            described[0]
                == OptionDescription(
                    path: "lots", type: "lots", notation: .number, range: "of at least 1", defaultText: "2", summary: "Lots of each order.")
        )
        #expect(
            described[1] == OptionDescription(path: "limit", type: "price", unit: "INR", range: "above 0", summary: "The highest price."))
        #expect(described[2].defaultText == "[buy]" && described[2].words == ["buy", "sell"] && described[2].type == "list of choice")
        #expect(described[4].defaultText == "1%")
        #expect(described[5].isSecret && described[5].isRequired && described[5].defaultText == nil)
    }

    @Test(
        "A default is described as it would be written in a file",
        arguments: [
            ("plain", "plain"), ("09:15-15:30", "09:15-15:30"), ("{ROOT}", "\"{ROOT}\""), ("a\"b\\", #""a\"b\\""#), ("null", "\"null\""),
            ("a, b", "\"a, b\""),
        ])
    func writtenDefaults(_ value: String, _ written: String) {
        let described = OptionReader.describe { reader in
            _ = reader.value("one", .text, default: value, summary: "One.")
            _ = reader.list("many", of: .text, default: [value], summary: "Many.")
        }
        #expect(described.map(\.defaultText) == [written, "[\(written)]"])
    }

    @Test("A missing option is reported where its section is named")
    func missing() {
        let entry = ConfigNode.Entry(
            key: "inner", mark: Mark(line: 3, column: 5), value: ConfigNode(.mapping([]), mark: Mark(line: 4, column: 7)))
        let (_, faults) = OptionReader.read(ConfigNode(.mapping([entry])), file: "file") { reader in
            reader.section("inner", summary: "Inner.") { $0.value("lots", .lots, summary: "Lots.") }
        }
        #expect(faults.map(\.description) == ["file:3:5: inner.lots: missing option: expected a whole number of lots"])
    }

    @Test("Contradictions that the reader of options finds stand at the option")
    func ownFaults() {
        let (_, faults) = OptionReader.read(["from": 2, "to": 1], file: "test") { reader in
            let from = reader.value("from", .integer, summary: "From.")
            let to = reader.value("to", .integer, summary: "To.")
            if to < from { reader.fail("to", "expected at least from, \(from)") }
            reader.fail("the section as a whole")
        }
        #expect(faults.map(\.description) == ["test:1:1: the section as a whole", "test:1:1: to: expected at least from, 2"])
    }

    @Test("Keys that nobody may know are accepted only when asked")
    func acceptsUnknownKeys() {
        let (_, faults) = OptionReader.read(["use": "x", "other": 1], file: "test") { $0.acceptUnknownKeys() }
        #expect(faults == [])
    }

    @Test("Values under free names are read in the order of the file")
    func freeNames() {
        let (values, faults) = OptionReader.read(["margins": ["b": 2, "a": "x"]], file: "test") {
            $0.values("margins", of: .lots, summary: "Margins.")
        }
        #expect(values.map(\.name) == ["b", "a"])
        #expect(faults.map(\.path) == ["margins.a"])
    }

    @Test("A contradiction is not reported for an option that is faulty already")
    func faultyOptions() {
        let (_, faults) = OptionReader.read(["from": "x", "inner": ["to": "y"], "list": [1, "z"]], file: "test") { reader in
            _ = reader.value("from", .integer, summary: "From.")
            _ = reader.section("inner", summary: "Inner.") { $0.value("to", .integer, summary: "To.") }
            #expect(reader.isFaulty("from") && reader.isFaulty("inner.to") && !reader.isFaulty("inner"))
            reader.fail("from", "a consequence of the fault")
            _ = reader.list("list", of: .integer, summary: "List.")
            reader.fail("list", "a consequence of the fault of an element")
        }
        #expect(faults.map(\.message) == ["x", "y", "z"].map { "expected a whole number, found \"\($0)\"" })
    }

    @Test("Ranges of one kind add up in words")
    func combinedRanges() {
        let kind = OptionKind.integer.above(0).below(10).limited("that is even") { $0.isMultiple(of: 2) }
        let (values, faults) = OptionReader.read(["a": 4, "b": 3], file: "test") { reader in
            [reader.value("a", kind, summary: "A."), reader.value("b", kind, summary: "B.")]
        }
        #expect(values.first == 4)
        #expect(faults.map(\.message) == [#"expected a whole number above 0 and below 10 and that is even, found "3""#])
    }
}
