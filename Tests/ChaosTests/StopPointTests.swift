import Foundation
import MunimKit
import Testing

/// One place to die at, and what must come of the entry or exit that was under way.
struct Death: CustomTestStringConvertible, Sendable {
    let row: String
    let point: String
    /// Whether the entry ends as a position; false when it must be missed, with an alert; nil when the broker's pace decides.
    let isExecuted: Bool?
    var testDescription: String { "\(row) at \(point)" }

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
        Death(row: "C10", point: "after-commit:order.working", isExecuted: nil),
        Death(row: "C11", point: "before-commit:order.filled", isExecuted: true),
        Death(row: "C12", point: "after-commit:order.filled", isExecuted: false),
        Death(row: "C13", point: "after-place#2", isExecuted: true),
        Death(row: "C15", point: "before-commit:position.open", isExecuted: true),
        Death(row: "C16", point: "after-commit:position.open", isExecuted: true),
        Death(row: "C16", point: "after-commit:signal.executed", isExecuted: true),
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
    ]
}

@Suite("A host that dies at a named point", .timeLimit(.minutes(5)))
struct StopPointTests {
    @Test("An entry is carried out once, or missed with an alert", arguments: Death.ofEntries)
    func entry(death: Death) async throws {
        let host = try Self.host()
        let body = Sender.body("NIFTY", isEntry: true, second: Int(Date().timeIntervalSince1970) - 2)
        try host.start(stopAt: death.point)
        try await Self.send(body, to: host)
        let agreement = try await Self.recover(host, sending: body)
        agreement.check()
        let open = agreement.positions.filter { $0.status == .open }
        #expect(agreement.signals.count == 1)
        #expect(open.count <= 1)
        if let isExecuted = death.isExecuted { #expect(open.count == (isExecuted ? 1 : 0)) }
        if open.isEmpty {
            #expect(agreement.signals.first?.reason == "order_absent")
            #expect(host.log.contains("never reached the broker"))
        }
    }

    @Test("An exit is carried out once and never reverses the position", arguments: Death.ofExits)
    func exit(death: Death) async throws {
        let host = try Self.host()
        let second = Int(Date().timeIntervalSince1970) - 5
        try host.start()
        Sender(port: host.port, instruments: []).deliver(Sender.body("NIFTY", isEntry: true, second: second))
        #expect(host.stop() == 0)
        let body = Sender.body("NIFTY", isEntry: false, second: second + 2)
        try host.start(stopAt: death.point)
        try await Self.send(body, to: host)
        let agreement = try await Self.recover(host, sending: body)
        agreement.check()
        #expect(agreement.positions.map(\.status) == [.closed])
    }

    private static func host() throws -> HostUnderTest {
        try HostUnderTest { ChaosConfiguration.text(port: $0, instruments: [(name: "NIFTY", preset: "bank-nifty")]) }
    }

    /// Sends without caring for the answer, and waits for the death.
    private static func send(_ body: String, to host: HostUnderTest) async throws {
        _ = try? Exchange(port: host.port).post("/webhook", body)
        host.waitForEnd()
    }

    /// Starts again, resends as the sender would, waits until all is decided, stops, and reads both books.
    private static func recover(_ host: HostUnderTest, sending body: String) async throws -> Agreement {
        try host.start()
        Sender(port: host.port, instruments: []).deliver(body)
        try await Quiet.wait(for: host)
        #expect(host.stop() == 0)
        return try await Agreement(folder: host.records)
    }
}
