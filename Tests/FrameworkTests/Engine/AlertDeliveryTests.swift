import MunimTesting
import Simulation
import Synchronization
import Testing

@testable import MunimKit

/// A channel that hangs until it is let go, whatever asks it to end.
private final class HangingChannel: AlertPlugin {
    static let manifest = PluginManifest(kind: .alerts, name: "hanging", version: "1.0.0", summary: "Hangs.")
    private let state = Mutex<(tries: [String], waiting: [CheckedContinuation<Void, Never>], isFree: Bool)>(([], [], false))

    init(options: NoOptions, context: PluginContext) throws {}

    var tries: [String] { state.withLock(\.tries) }

    func deliver(_ alert: Alert) async throws {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                state.tries.append(alert.id)
                if !state.isFree { state.waiting.append(continuation) }
                return state.isFree
            }
            if isFree { continuation.resume() }
        }
    }

    /// Lets every call come back, also those to come.
    func letGo() {
        let waiting = state.withLock { state in
            state.isFree = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

@Suite("Channels of alerts know nothing of each other", .timeLimit(.minutes(1)))
struct AlertDeliveryTests {
    private let clock = ManualClock()
    private let store = SharedStore()
    private let good: Channel
    private let failing: Channel
    private let hanging: HangingChannel

    init() throws {
        let context = PluginContext(name: "test", clock: clock)
        good = try Channel(options: NoOptions(), context: context)
        failing = try Channel(options: NoOptions(), context: context)
        hanging = try HangingChannel(options: NoOptions(), context: context)
    }

    private static func alert(_ number: Int) -> Alert {
        Alert(id: "P1-\(number)", severity: .error, code: "order_absent", message: "It happened.", instrument: nil, at: .testing)
    }

    /// Stores and sends alerts to channels, and runs `body` beside the delivery.
    private func deliver(
        _ numbers: ClosedRange<Int>, to plugins: [any AlertPlugin], _ body: (AlertDelivery) async throws -> Void
    ) async throws {
        let delivery = AlertDelivery(store: store, plugins: plugins, clock: clock, log: SilentLog())
        for number in numbers {
            var transaction = Transaction()
            transaction.insertIfAbsent(OutboxRecord(Self.alert(number)))
            _ = try await store.commit(transaction)
        }
        let running = Task { await delivery.run() }
        for number in numbers { delivery.send(Self.alert(number)) }
        try await body(delivery)
        delivery.close()
        running.cancel()
        await running.value
    }

    private func wait(until isThere: () async -> Bool) async throws {
        while await !isThere() { try await Task.sleep(for: .milliseconds(1)) }
    }

    /// Whether every alert is delivered by every channel, with nothing left beside the outbox.
    private var isDone: Bool {
        get async {
            let (alerts, left) = (await store.all(OutboxRecord.self), await store.all(DeliveryRecord.self))
            return alerts.allSatisfy { $0.deliveredAt != nil } && left.isEmpty
        }
    }

    @Test("A channel that fails is tried again alone; the others are told once")
    func failingAlone() async throws {
        failing.fail(6)
        try await deliver(1...3, to: [good, failing]) { _ in
            for _ in 1...2 {
                try await wait { await store.all(OutboxRecord.self).map(\.attempts).reduce(0, +) >= 6 }
                #expect(await store.all(OutboxRecord.self).allSatisfy { $0.deliveredAt == nil })
                await clock.waitForSleepers(1)
                clock.advance(by: .seconds(30))
            }
            try await wait { await isDone }
        }
        #expect(good.tries.sorted() == ["P1-1", "P1-2", "P1-3"])
        #expect(failing.tries.count == 9)
    }

    @Test("What a dead channel never took, however much it is, hides no alert from the others", arguments: [true, false])
    func dead(areOfOneInstant: Bool) async throws {
        var transaction = Transaction()
        for number in 1...25 {
            var record = OutboxRecord(Self.alert(number))
            if !areOfOneInstant { record.createdAt = record.createdAt + .milliseconds(Int64(number)) }
            transaction.insert(record)
            if number < 25 { transaction.insert(DeliveryRecord(alert: record.id, channel: "channel", at: clock.now())) }
        }
        _ = try await store.commit(transaction)
        failing.fail(.max)
        let delivery = AlertDelivery(store: store, plugins: [good, failing], clock: clock, log: SilentLog(), page: 10)
        let running = Task { await delivery.run() }
        try await wait { good.tries == ["P1-25"] }
        delivery.close()
        running.cancel()
        await running.value
    }

    @Test("A channel that hangs holds up none of the others, and only its own alerts wait")
    func hangingAlone() async throws {
        try await deliver(1...20, to: [hanging, good]) { _ in
            try await wait { good.tries.count == 20 }
            try await wait { await store.all(DeliveryRecord.self).count == 20 }
            #expect(hanging.tries.count == 1)
            // After its limit the next one is tried; one that hangs is not handed over again.
            await clock.waitForSleepers(1)
            clock.advance(by: .seconds(10))
            try await wait { hanging.tries.count == 2 }
            hanging.letGo()
            await clock.waitForSleepers(1)
            clock.advance(by: .seconds(30))
            try await wait { await isDone }
        }
        #expect(good.tries.count == 20)
        #expect(hanging.tries.sorted() == (1...20).map { "P1-\($0)" }.sorted(), "each was handed over once")
    }

    @Test("Which channel took an alert is known to the next process")
    func restart() async throws {
        failing.fail(.max)
        try await deliver(1...3, to: [good, failing]) { _ in
            // The failing channel may be asked again at once for what was stored and sent.
            try await wait { await store.all(OutboxRecord.self).map(\.attempts).reduce(0, +) >= 6 }
            try await wait { await store.all(DeliveryRecord.self).count == 3 }
        }
        #expect(await store.all(DeliveryRecord.self).map(\.channel) == ["channel", "channel", "channel"])
        failing.fail(0)
        let before = failing.tries.count
        try await deliver(1...3, to: [good, failing]) { _ in try await wait { await isDone } }
        #expect(good.tries.count == 3 && failing.tries.count == before + 3)
    }

    @Test("A host stops while a channel hangs")
    func stopping() async throws {
        let passing = Mutex<Task<Void, Never>?>(nil)
        try await deliver(1...3, to: [hanging, good]) { _ in
            try await wait { await store.all(DeliveryRecord.self).count == 3 }
            passing.withLock { task in
                task = Task { [clock] in
                    while !Task.isCancelled {
                        clock.advance(by: .milliseconds(10))
                        await Task.yield()
                    }
                }
            }
        }
        passing.withLock { $0?.cancel() }
        #expect(good.tries.count == 3 && hanging.tries.count == 1, "the others are left for the next process")
        hanging.letGo()
    }

    @Test("A note that could not be stored does not tell a channel twice")
    func unstored() async throws {
        try await deliver(1...1, to: [good]) { delivery in
            try await wait { await isDone }
            await store.setFull(true)
            delivery.send(Self.alert(2))
            try await wait { good.tries.count == 2 }
            await store.setFull(false)
            var transaction = Transaction()
            transaction.insert(OutboxRecord(Self.alert(2)))
            _ = try await store.commit(transaction)
            delivery.sweep()
            try await wait { await isDone }
        }
        #expect(good.tries == ["P1-1", "P1-2"])
    }
}
