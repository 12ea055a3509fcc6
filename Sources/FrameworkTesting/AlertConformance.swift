public import MunimKit
public import Testing

/// What every alert plugin promises, as checks that its own tests run one by one.
///
/// ```swift
/// @Test("The plugin keeps the promise", arguments: AlertConformance.Promise.allCases)
/// func promise(_ promise: AlertConformance.Promise) async throws { try await suite.check(promise) }
/// ```
public struct AlertConformance: Sendable {
    /// A started plugin, and what has arrived at the other end.
    public struct Bench: Sendable {
        /// The plugin.
        public var plugin: any AlertPlugin
        /// The text of each message that arrived, oldest first.
        public var received: @Sendable () async throws -> [String]

        /// Creates a bench.
        public init(plugin: any AlertPlugin, received: @escaping @Sendable () async throws -> [String]) {
            self.plugin = plugin
            self.received = received
        }
    }

    /// One promise; the raw value is the sentence.
    public enum Promise: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case says = "an alert arrives with its code, its message and its instrument"
        case severities = "alerts of every severity arrive"
        case withoutInstrument = "an alert without an instrument arrives"
        case repeats = "the same alert twice is accepted, and arrives at least once"
        case oddText = "a message with line ends, quotes, markup and letters of other scripts arrives whole"
        case longText = "a very long message is accepted"
        case together = "many alerts at the same time all arrive"

        public var testDescription: String { rawValue }
    }

    private let make: @Sendable () async throws -> Bench

    /// Creates the suite; `make` gives a fresh bench for each check.
    public init(make: @escaping @Sendable () async throws -> Bench) { self.make = make }

    /// Checks one promise on a fresh plugin.
    public func check(_ promise: Promise) async throws {
        let bench = try await make()
        let plugin = bench.plugin
        switch promise {
        case .says:
            try await plugin.deliver(Self.alert(1))
            let text = try #require(try await bench.received().first)
            for part in ["order_unknown", "message 1", "ALPHA"] { #expect(text.contains(part), "\(text)") }
        case .severities:
            for severity in Severity.allCases { try await plugin.deliver(Self.alert(1, severity)) }
            #expect(try await bench.received().count == Severity.allCases.count)
        case .withoutInstrument:
            try await plugin.deliver(Self.alert(1, instrument: nil))
            #expect(try await bench.received().count == 1)
        case .repeats:
            for _ in 0..<2 { try await plugin.deliver(Self.alert(1)) }
            #expect((1...2).contains(try await bench.received().count))
        case .oddText:
            let message = "first line\nsecond \"line\" <b>&amp;</b> *_` ₹ मुनीम 🙂"
            try await plugin.deliver(Self.alert(1, message: message))
            #expect(try await bench.received().first?.contains(message) == true)
        case .longText:
            try await plugin.deliver(Self.alert(1, message: String(repeating: "long ", count: 20_000)))
            #expect(try await bench.received().count >= 1)
        case .together: try await together(bench)
        }
        await plugin.stop()
        await plugin.stop()
    }

    private func together(_ bench: Bench) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 { group.addTask { try await bench.plugin.deliver(Self.alert(number)) } }
            try await group.waitForAll()
        }
        #expect(try await bench.received().count == 50)
    }

    private static func alert(
        _ number: Int, _ severity: Severity = .critical, message: String? = nil, instrument: InstrumentName? = "ALPHA"
    ) -> Alert {
        Alert(
            id: "alert-\(number)-\(severity.rawValue)", severity: severity, code: "order_unknown", message: message ?? "message \(number)",
            instrument: instrument, at: Instant(seconds: 1_764_302_400))
    }
}
