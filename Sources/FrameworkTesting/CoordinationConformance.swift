public import MunimKit
public import Testing

/// What every coordination plugin promises, as checks that its own tests run one by one.
///
/// ```swift
/// @Test("The plugin keeps the promise", arguments: CoordinationConformance.Promise.allCases)
/// func promise(_ promise: CoordinationConformance.Promise) async throws { try await suite.check(promise) }
/// ```
public struct CoordinationConformance: Sendable {
    /// A started plugin that has given no lease, and a way to let time pass.
    public struct Bench: Sendable {
        /// The plugin.
        public var plugin: any CoordinationPlugin
        /// The clock by which leases are given.
        public var clock: any Clock
        /// Lets so much time pass.
        public var pass: @Sendable (Span) async -> Void

        /// Creates a bench.
        public init(plugin: any CoordinationPlugin, clock: any Clock, pass: @escaping @Sendable (Span) async -> Void) {
            self.plugin = plugin
            self.clock = clock
            self.pass = pass
        }
    }

    /// One promise; the raw value is the sentence.
    public enum Promise: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case exclusive = "a lease has one holder at a time"
        case describes = "a lease says its name, its holder and when it ends"
        case renews = "the holder renews its lease and keeps the epoch"
        case renewalExtends = "a renewed lease lasts from the renewal"
        case ends = "a lease ends by itself, and not before"
        case epochRises = "each change of holder raises the epoch"
        case releases = "a released lease is free at once"
        case foreignRelease = "a release by someone else changes nothing"
        case releaseTwice = "a release twice, or of a lease that nobody has, is harmless"
        case namesApart = "leases of different names do not touch each other"
        case oneWinner = "of many who ask at the same time one wins"
        case refusesNothing = "a lease for no time is refused"

        public var testDescription: String { rawValue }
    }

    private let make: @Sendable () async throws -> Bench
    private let span = Span.seconds(2)

    /// Creates the suite; `make` gives a fresh bench for each check.
    public init(make: @escaping @Sendable () async throws -> Bench) { self.make = make }

    /// Checks one promise on a fresh plugin.
    public func check(_ promise: Promise) async throws {
        let bench = try await make()
        switch promise {
        case .exclusive, .describes, .namesApart, .oneWinner, .refusesNothing: try await checkGrant(promise, bench)
        case .renews, .renewalExtends, .ends, .epochRises: try await checkTime(promise, bench)
        case .releases, .foreignRelease, .releaseTwice: try await checkRelease(promise, bench)
        }
        await bench.plugin.stop()
    }

    private func checkGrant(_ promise: Promise, _ bench: Bench) async throws {
        let plugin = bench.plugin
        let now = bench.clock.now()
        let first = try #require(try await plugin.acquire("a", holder: "one", for: span))
        switch promise {
        case .describes:
            #expect(first.name == "a" && first.holder == "one")
            #expect(first.until >= now + span && first.until <= bench.clock.now() + span)
        case .namesApart:
            #expect(try await plugin.acquire("b", holder: "two", for: span)?.holder == "two")
            await plugin.release("b", holder: "two")
            #expect(try await plugin.acquire("a", holder: "two", for: span) == nil)
        case .oneWinner:
            let winners = try await withThrowingTaskGroup(of: Lease?.self) { group in
                for number in 0..<50 { group.addTask { try await plugin.acquire("c", holder: Incarnation("h\(number)"), for: span) } }
                return try await group.reduce(into: 0) { count, lease in count += lease == nil ? 0 : 1 }
            }
            #expect(winners == 1)
        case .refusesNothing:
            await #expect(throws: (any Error).self) { try await plugin.acquire("d", holder: "one", for: .zero) }
            #expect(try await plugin.acquire("d", holder: "two", for: span) != nil)
        default: #expect(try await plugin.acquire("a", holder: "two", for: span) == nil)
        }
    }

    private func checkTime(_ promise: Promise, _ bench: Bench) async throws {
        let plugin = bench.plugin
        let first = try #require(try await plugin.acquire("a", holder: "one", for: span))
        switch promise {
        case .renews:
            #expect(try await plugin.acquire("a", holder: "one", for: span)?.epoch == first.epoch)
        case .renewalExtends:
            await bench.pass(.milliseconds(1_500))
            #expect(try await plugin.acquire("a", holder: "one", for: span) != nil)
            await bench.pass(.milliseconds(1_500))
            #expect(try await plugin.acquire("a", holder: "two", for: span) == nil)
        case .epochRises:
            var epochs = [first.epoch]
            for holder in ["two", "one", "three"] as [Incarnation] {
                await bench.pass(span)
                epochs.append(try #require(try await plugin.acquire("a", holder: holder, for: span)).epoch)
            }
            #expect(zip(epochs, epochs.dropFirst()).allSatisfy { $0 < $1 }, "\(epochs)")
        default:
            await bench.pass(.milliseconds(1_500))
            #expect(try await plugin.acquire("a", holder: "two", for: span) == nil)
            await bench.pass(.milliseconds(500))
            #expect(try await plugin.acquire("a", holder: "two", for: span)?.holder == "two")
            #expect(try await plugin.acquire("a", holder: "one", for: span) == nil)
        }
    }

    private func checkRelease(_ promise: Promise, _ bench: Bench) async throws {
        let plugin = bench.plugin
        if promise == .releaseTwice { await plugin.release("a", holder: "one") }
        let first = try #require(try await plugin.acquire("a", holder: "one", for: span))
        switch promise {
        case .foreignRelease:
            await plugin.release("a", holder: "two")
            #expect(try await plugin.acquire("a", holder: "two", for: span) == nil)
        case .releaseTwice:
            await plugin.release("a", holder: "one")
            let second = try await plugin.acquire("a", holder: "two", for: span)
            await plugin.release("a", holder: "one")
            #expect(second != nil)
            #expect(try await plugin.acquire("a", holder: "one", for: span) == nil)
        default:
            await plugin.release("a", holder: "one")
            let second = try #require(try await plugin.acquire("a", holder: "two", for: span))
            #expect(second.epoch > first.epoch)
        }
    }
}
