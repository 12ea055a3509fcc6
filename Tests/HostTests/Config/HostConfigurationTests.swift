import MunimKit
import Testing

@testable import munim

@Suite("A valid configuration")
struct HostConfigurationTests {
    static let minimal = """
        instruments:
          ALPHA:
            use: future
            root: ALPHA
            point_value: 10
            rollover: {use: days-before-expiry}
        """

    static func reading(_ text: String, loading: PluginLoading = { _, _ in }) throws -> ConfigurationReading {
        ConfigurationReading(
            bytes: Array(text.utf8), file: "plugins.yaml", registry: try SamplePlugins.registry(), environment: SamplePlugins.environment,
            loading: loading)
    }

    @Test("One instrument is enough, everything else has its default")
    func defaults() throws {
        let reading = try Self.reading(Self.minimal)
        #expect(reading.faults == [])
        let configuration = try #require(reading.configuration)
        #expect(configuration.instance.name == "munim-1")
        #expect(configuration.instance.mode == .paper)
        #expect(configuration.instance.data == "var")
        #expect(configuration.http.listen.description == "127.0.0.1:8080")
        #expect(configuration.http.admin == nil)
        #expect(configuration.http.replyWithin == .milliseconds(1_500))
        #expect(configuration.http.server.bodyBytes == HTTPServerOptions().bodyBytes)
        #expect(configuration.http.server.idleLimit == HTTPServerOptions().idleLimit)
        #expect(configuration.http.server.port == 8_080)
        #expect(configuration.storage.name == "sqlite")
        #expect(configuration.coordination.name == "local")
        #expect(configuration.broker.name == "paper")
        #expect(configuration.alerts.map(\.name) == ["log"])
        #expect(configuration.instruments.map(\.name) == ["ALPHA"])
        #expect(configuration.instruments.first?.sizing.name == "three-constraint")
        #expect(configuration.policy == Policy())
        #expect(configuration.load == [])
    }

    static let complete = """
        instance: {name: "munim-${NODE:-2}", mode: live, data: /srv/munim}
        http:
          listen: ${LISTEN}
          admin: "[::1]:9001"
          secret: ${WEBHOOK_SECRET}
          operator_token: another-long-enough-token
          path_secret: true
          allow: [52.89.214.238, 10.0.0.0/8, "2001:db8::/32"]
          reply_within: 2 s
          body_limit: 1 MiB
        storage: &store {use: sqlite, path: a.db}
        broker: {use: zerodha, api_key: "12345678"}
        alerts:
          - {use: log, severity: error}
          - {use: webhook, url: "https://example.org/alerts"}
        load: []
        risk:
          equity: blended
          blend: 25%
          limits: {order_value: 1000000, positions: 3}
          signals: {entry_window: 45s}
          orders: {resolution: [1s, 2s]}
          rollover: {hours: "14:00-15:00"}
        instruments:
          ALPHA:
            use: future
            root: ALPHA
            point_value: 10
            mode: live
            lot_sizes:
              - {from: 2025-01-01, units: 35}
            sizing: {use: fixed-lots, lots: 2}
            rollover: {use: days-before-expiry, days: 5}
            tests:
              - name: two lots
                signal: {type: PYRAMID, position: Long_2, price: 500, stop: 300, lots: 3, atr: 100, er: 0.8, timestamp: 2025-11-28T10:30:00}
                account: {equity: 1000000, available_margin: 500000.50}
                base: {taken: 1, lots: 4, entry: 400, risk: 100}
                expect: {lots: 2, limiter: fixed, legs: [buy future], symbols: [ALPHA2025-12-18]}
        """

    @Test("Every section reads what it says")
    func complete() throws {
        let reading = try Self.reading(Self.complete)
        #expect(reading.faults == [])
        let configuration = try #require(reading.configuration)
        #expect(configuration.instance.name == "munim-2")
        #expect(configuration.instance.mode == .live)
        #expect(configuration.http.server.port == 9_000)
        #expect(configuration.http.admin?.address == IPAddress("::1"))
        #expect(configuration.http.secret?.reveal() == "correct-horse-battery-staple")
        #expect(configuration.http.allow.count == 3)
        #expect(configuration.http.server.bodyBytes == 1_048_576)
        #expect(configuration.alerts.map(\.name) == ["log", "webhook"])
        #expect(configuration.policy.mode == .live)
        #expect(configuration.policy.equity == .blended(Ratio(units: 250_000)))
        #expect(configuration.policy.limits.orderValue == Money(whole: 1_000_000))
        #expect(configuration.policy.entryWindow == .seconds(45))
        #expect(configuration.policy.resolution == [.seconds(1), .seconds(2)])
        #expect(configuration.policy.rolloverHours?.open == TimeOfDay("14:00"))
        let instrument = try #require(configuration.instruments.first)
        #expect(instrument.mode == .live)
        #expect(instrument.sizing.name == "fixed-lots")
        #expect(instrument.sizing.mark == Mark(line: 32, column: 5))
        let test = try #require(instrument.tests.first)
        #expect(test.signal.kind == .pyramid)
        #expect(test.signal.timestamp.description == "2025-11-28T05:00:00Z")
        #expect(test.base?.baseLots == Lots(4))
        #expect(test.account.availableMargin.description == "500000.5")
        #expect(test.expected.legs == [ExpectedLeg(side: .buy, role: .future)])
    }

    @Test("No printed form of a configuration shows a secret")
    func secretsDoNotPrint() throws {
        let configuration = try #require(try Self.reading(Self.complete).configuration)
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [dumped, "\(configuration)", String(reflecting: configuration)] {
            #expect(!text.contains("battery"))
            #expect(!text.contains("another-long-enough-token"))
        }
    }

    @Test("Plugins are loaded before options are checked, and a refusal stands at the file's name")
    func loading() throws {
        let text = "load: [good.so, bad.so]\n" + Self.minimal.replacing("days-before-expiry", with: "loaded")
        let reading = try Self.reading(text) { request, registry throws(PluginFault) in
            guard request.path == "good.so" else { throw PluginFault("\(request.path) is not a plugin") }
            try registry.add(LoadedRollover.self, origin: .loaded(request.path))
        }
        #expect(reading.faults.map(\.description) == ["plugins.yaml:1:17: load[2]: bad.so is not a plugin"])
        #expect(reading.configuration == nil)
        #expect(reading.registry.entry(.rollover, "loaded") != nil)
    }

    @Test("A plugin whose library could not be loaded is not unknown as well")
    func missingLibrary() throws {
        let text = "load: [bad.so]\n" + Self.minimal.replacing("days-before-expiry", with: "loaded")
        let reading = try Self.reading(text) { request, _ throws(PluginFault) in throw PluginFault("\(request.path) is not a plugin") }
        #expect(reading.faults.map(\.description) == ["plugins.yaml:1:8: load[1]: bad.so is not a plugin"])
    }

    @Test(
        "The folder of the host begins at the folder of the file, as what it loads does",
        arguments: [
            ("plugins.yaml", "var", "var"), ("configs/plugins.yaml", "var/a", "configs/var/a"),
            ("/etc/munim/a.yaml", "var", "/etc/munim/var"),
            ("/a.yaml", "../b", "/../b"), ("configs/plugins.yaml", "/srv/munim", "/srv/munim"),
        ])
    func dataFolder(_ file: String, _ data: String, _ expected: String) throws {
        let reading = ConfigurationReading(
            bytes: Array("instance: {data: \(data)}\n\(Self.minimal)".utf8), file: file, registry: try SamplePlugins.registry(),
            environment: SamplePlugins.environment)
        #expect(try #require(reading.configuration).instance.data == expected)
    }

    @Test("Who trusts proxies needs a secret, as does who listens for other machines; a proxy's connections are not counted by address")
    func proxies() throws {
        let proxies = "http: { trusted_proxies: [127.0.0.1] }\n"
        #expect(
            try Self.reading(proxies + Self.minimal).faults.map(\.message) == [
                "missing option: expected a secret, because http.trusted_proxies let other machines reach this one"
            ])
        #expect(try Self.reading(Self.minimal).configuration?.http.server.connectionsPerAddress == 512)
        let secret = "http: { trusted_proxies: [127.0.0.1], secret: \"${WEBHOOK_SECRET}\" }\n"
        #expect(try Self.reading(secret + Self.minimal).configuration?.http.server.connectionsPerAddress == 0)
        let own = "http: { connections_per_address: 7 }\n"
        #expect(try Self.reading(own + Self.minimal).configuration?.http.server.connectionsPerAddress == 7)
    }

    @Test("An empty list of alerts tells nobody") func noAlerts() throws {
        let configuration = try #require(try Self.reading("alerts: []\n" + Self.minimal).configuration)
        #expect(configuration.alerts.isEmpty)
    }

    @Test("The host describes each of its own options once, with a summary")
    func descriptions() {
        let described = HostConfiguration.descriptions()
        #expect(Set(described.map(\.path)).count == described.count)
        #expect(described.allSatisfy { $0.summary.hasSuffix(".") })
        for path in ["instance.name", "http.reply_within", "risk.limits.order_value", "instruments.NAME.tests[].expect.lots", "load"] {
            #expect(described.contains { $0.path == path })
        }
        #expect(described.first { $0.path == "risk.signals.entry_window" }?.defaultText == "90s")
    }
}

private struct LoadedRollover: RolloverPlugin {
    static var manifest: PluginManifest { PluginManifest(kind: .rollover, name: "loaded", version: "1", summary: "Loaded.") }
    init(options: NoOptions, context: PluginContext) throws {}
    func advice(on view: RolloverView) -> RolloverAdvice { .stay("always") }
}
