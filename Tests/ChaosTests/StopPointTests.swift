import Foundation
import MunimKit
import Testing

/// One place to die at, and what must come of what was under way.
struct Death: CustomTestStringConvertible, Sendable {
    let row: String
    let point: String
    /// Whether what was asked for is done; false when it must be missed, with an alert; nil when the broker's pace decides.
    let isExecuted: Bool?
    /// Where the processes die that take over, one after the other.
    var again: [String] = []
    /// What the broker does wrong meanwhile. Its reports are lost by default, as one that overtakes an answer would be stored before it.
    var faults = "lost-updates"
    var testDescription: String { "\(row) at \(([point] + again).joined(separator: ", then "))" }

    /// Deaths while a two-legged entry is carried out.
    ///
    /// A decision and the gate of its first leg share a commit, as do a fill and the gate of the next leg: dying right behind one of them leaves an
    /// order that may have left, so the entry is missed, or its first leg taken back.
    static let ofEntries = [
        Death(row: "C1", point: "before-inbox", isExecuted: true),
        Death(row: "C2", point: "after-inbox", isExecuted: true),
        Death(row: "C4", point: "before-commit:intent.active", isExecuted: true),
        Death(row: "C5", point: "after-commit:intent.active", isExecuted: false),
        Death(row: "C6", point: "after-commit:order.sending", isExecuted: false),
        Death(row: "C6", point: "before-place", isExecuted: false),
        Death(row: "C8", point: "after-place", isExecuted: true),
        Death(row: "C10", point: "after-commit:order.working", isExecuted: nil, faults: ""),
        Death(row: "C11", point: "before-commit:order.filled", isExecuted: true),
        Death(row: "C12", point: "after-commit:order.filled", isExecuted: false),
        Death(row: "C13", point: "after-place#2", isExecuted: true),
        Death(row: "C15", point: "before-commit:position.open", isExecuted: true),
        Death(row: "C16", point: "after-commit:position.open", isExecuted: true),
        Death(row: "C16", point: "after-commit:signal.executed", isExecuted: true),
        Death(
            row: "C37", point: "after-place", isExecuted: true,
            again: [
                "before-commit:order.unknown", "after-commit:order.unknown", "before-commit:order.filled", "before-commit:order.filled#2",
                "before-commit:position.open", "after-commit:position.open",
            ]),
    ]

    /// Deaths while the exit of that position is carried out; it always ends flat, once.
    static let ofExits = [
        Death(row: "C2", point: "after-inbox", isExecuted: true),
        Death(row: "C19", point: "after-commit:position.closing", isExecuted: true),
        Death(row: "C20", point: "after-commit:order.sending", isExecuted: true),
        Death(row: "C20", point: "before-place", isExecuted: true),
        Death(row: "C20", point: "after-place", isExecuted: true),
        Death(row: "C22", point: "after-commit:order.filled", isExecuted: true),
        Death(row: "C22", point: "before-place#2", isExecuted: true),
        Death(row: "C16", point: "before-commit:position.closed", isExecuted: true),
        Death(row: "C16", point: "after-commit:position.closed", isExecuted: true),
        Death(
            row: "C37", point: "before-place", isExecuted: true,
            again: [
                "after-commit:order.unknown", "before-commit:order.absent", "after-commit:order.absent", "before-place",
                "before-commit:order.filled", "before-commit:order.filled#2", "before-commit:position.closed",
            ]),
    ]
}

extension HostUnderTest {
    /// Lets one process die while it does `act`, and those that take over where they die, too.
    func die(_ death: Death, sourceLocation: SourceLocation = #_sourceLocation, doing act: () async -> Void) async throws {
        try configure { $0.faults = death.faults }
        defer { try? configure { $0.faults = "" } }
        try await start(stopAt: death.point)
        await act()
        try await expectDeath(at: death.point, sourceLocation)
        for point in death.again {
            try await start(stopAt: point, waitingForReady: false)
            try await expectDeath(at: point, sourceLocation)
        }
    }

    private func expectDeath(at point: String, _ sourceLocation: SourceLocation) async throws {
        do { #expect(try await waitForEnd() == -1, sourceLocation: sourceLocation) } catch {
            Issue.record("no process comes to \(point): \(log)", sourceLocation: sourceLocation)
            throw error
        }
    }
}

@Suite("A host that dies at a named point", .fewAtATime, .timeLimit(.minutes(5)))
struct StopPointTests {
    @Test("An entry is carried out once, or missed with an alert", arguments: Death.ofEntries)
    func entry(death: Death) async throws {
        let host = try Self.host()
        let body = Sender.body("NIFTY", isEntry: true, second: Int(Date().timeIntervalSince1970) - 2)
        try await host.die(death) { _ = try? Exchange(port: host.port).post("/webhook", body) }
        let agreement = try await Self.recover(host, sending: body)
        agreement.check()
        let open = agreement.positions.filter { $0.status == .open }
        #expect(agreement.signals.count == 1)
        #expect(open.count <= 1)
        if let isExecuted = death.isExecuted { #expect(open.count == (isExecuted ? 1 : 0)) }
        if open.isEmpty {
            #expect(agreement.signals.first?.reason == .orderAbsent)
            #expect(host.log.contains("never reached the broker"))
        }
    }

    @Test("An exit is carried out once and never reverses the position", arguments: Death.ofExits)
    func exit(death: Death) async throws {
        let host = try Self.host()
        let second = Int(Date().timeIntervalSince1970) - 5
        try await host.start()
        Sender(port: host.port, instruments: []).deliver(Sender.body("NIFTY", isEntry: true, second: second))
        #expect(try await host.stop() == 0)
        let body = Sender.body("NIFTY", isEntry: false, second: second + 2)
        try await host.die(death) { _ = try? Exchange(port: host.port).post("/webhook", body) }
        let agreement = try await Self.recover(host, sending: body)
        agreement.check()
        #expect(agreement.positions.map(\.status) == [.closed])
    }

    private static func host() throws -> HostUnderTest {
        try HostUnderTest(.twoLegs)
    }

    /// Starts again, resends as the sender would, waits until all is decided, stops, and reads both books.
    private static func recover(_ host: HostUnderTest, sending body: String) async throws -> Agreement {
        try await host.start()
        Sender(port: host.port, instruments: []).deliver(body)
        try await Quiet.wait(for: host)
        #expect(try await host.stop() == 0)
        return try await Agreement(folder: host.records)
    }
}
