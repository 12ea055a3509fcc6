import MunimKit
import Testing

@testable import munim

@Suite("Checks that create the plugins")
struct ConstructionCheckTests {
    private func faults(_ text: String) throws -> [String] {
        let configuration = try #require(try HostConfigurationTests.reading(text).configuration)
        let check = ConstructionCheck(context: PluginContext(name: "check", clock: SystemClock()))
        return check.faults(of: configuration, in: "plugins.yaml").map(\.description)
    }

    @Test("A configuration whose plugins agree has no fault") func noFaults() throws {
        #expect(try faults(HostConfigurationTests.minimal) == [])
        #expect(try faults(HostConfigurationTests.complete) == [])
    }

    @Test("A plugin that refuses its options is a fault where it was chosen")
    func refusedOptions() throws {
        #expect(
            try faults(HostConfigurationTests.minimal.replacing("root: ALPHA", with: "root: BROKEN")) == [
                "plugins.yaml:2:3: instruments.ALPHA: plugin future refuses its options: the root BROKEN cannot be traded"
            ])
    }

    @Test("A live broker needs a live host, and a live host a live broker")
    func liveKeys() throws {
        let minimal = HostConfigurationTests.minimal
        #expect(
            try faults("broker: {use: zerodha, api_key: \"12345678\"}\n" + minimal) == [
                "plugins.yaml:1:1: broker: broker zerodha trades real money but instance.mode is paper: expected mode: live, or the paper broker"
            ])
        #expect(
            try faults("instance: {mode: live}\n" + minimal) == [
                "plugins.yaml:1:1: broker: instance.mode is live but broker paper trades no real money: expected a live broker, or mode: paper"
            ])
    }

    @Test(
        "An example that comes out otherwise is a fault at the expectation that was not met",
        arguments: [
            ("lots: 2", [] as [String]), ("lots: 3", ["11:24: lots: expected 3 lots, found 2, limited by risk"]),
            ("lots: 2, limiter: margin", ["11:36: limiter: expected the limiter margin, found risk"]),
            ("lots: 2, legs: [buy call, sell put]", ["11:33: legs: expected the legs [buy call, sell put], found [buy future]"]),
            // The expiry ten days later leaves 5 trading days, less 5 of the policy: the next one is taken.
            ("lots: 2, symbols: [ALPHA2025-12-18]", []),
            ("lots: 2, symbols: [OTHER]", ["11:36: symbols: expected the symbols [OTHER], found [ALPHA2025-12-18]"]),
            (
                "lots: 3, symbols: [OTHER]",
                [
                    "11:24: lots: expected 3 lots, found 2, limited by risk",
                    "11:36: symbols: expected the symbols [OTHER], found [ALPHA2025-12-18]",
                ]
            ),
        ])
    func examples(_ expected: String, _ messages: [String]) throws {
        let text =
            HostConfigurationTests.minimal + "\n" + """
                    tests:
                      - name: a case
                        signal: {price: 500, stop: 300, atr: 100, timestamp: 2025-11-28T10:30:00}
                        account: {equity: 1000000, available_margin: 1000000}
                        expect: {\(expected)}
                """
        let expectation = #/^(\d+:\d+): (\w+): /#
        #expect(
            try faults(text)
                == messages.map { message in
                    "plugins.yaml:" + message.replacing(expectation) { "\($0.1): instruments.ALPHA.tests[1].expect.\($0.2): a case: " }
                })
    }

    @Test("Examples size on the wider stop unless the policy says otherwise", arguments: [("wider", 3), ("signal", 2)])
    func sizingStop(_ word: String, _ lots: Int) throws {
        let text =
            "risk: {sizing_stop: \(word)}\n" + HostConfigurationTests.minimal + "\n" + """
                    tests:
                      - signal: {price: 500, stop: 300, atr: 300, timestamp: 2025-11-28T10:30:00}
                        account: {equity: 1000000, available_margin: 1000000}
                        expect: {lots: \(lots)}
                """
        #expect(try faults(text) == [])
    }
}

@Suite("Examples of the built-in instruments")
struct BuiltInExampleTests {
    static func text(sizingStop: String, lots: Int) -> String {
        """
        risk: {sizing_stop: \(sizingStop)}
        instruments:
          BANK_NIFTY:
            use: bank-nifty
            sizing: {use: three-constraint}
            rollover: {use: days-before-expiry}
            tests:
              - name: the worked example
                signal: {price: 52000, stop: 51650, atr: 350, er: 0.82, supertrend: 51650, timestamp: 2025-11-28T10:30:00}
                account: {equity: 5000000, available_margin: 3000000}
                expect: {lots: \(lots), limiter: volatility, legs: [buy call, sell put]}
        """
    }

    @Test("The shipped plugins pass an example, and fail a wrong one", arguments: [(2, 0), (3, 1)])
    func workedExample(_ lots: Int, _ count: Int) throws {
        let reading = ConfigurationReading(
            bytes: Array(Self.text(sizingStop: "signal", lots: lots).utf8), file: "plugins.yaml",
            registry: try RegisteredPlugin.mixedRegistry(),
            environment: SamplePlugins.environment)
        #expect(reading.faults == [])
        let configuration = try #require(reading.configuration)
        let check = ConstructionCheck(context: PluginContext(name: "check", clock: SystemClock()))
        let faults = check.faults(of: configuration, in: "plugins.yaml")
        #expect(faults.count == count, "\(faults)")
        #expect(
            faults.allSatisfy { $0.message.contains("expected 3 lots, found 2, limited by volatility (risk 3.") })
    }
}
