import MunimKit
import Simulation
import Testing

@Suite("Who decides")
struct TenureTests {
    private static let row = LeaseRecord(name: "account", holder: "I1L1", at: .testing)

    /// A process that decides since `at`, by its boot clock.
    private static func deciding(at: Span = .seconds(10)) -> Tenure {
        var tenure = Tenure()
        _ = tenure.answered(isGranted: true, askedAt: at, at: at)
        _ = tenure.claimed(row, at: at)
        return tenure
    }

    /// Whether an order may leave at a boot time.
    private func maySend(_ tenure: Tenure, at now: Span) -> Bool { now <= tenure.sendsUntil }

    @Test("A process asks, claims the next epoch, and begins with the rows of it")
    func begin() {
        var tenure = Tenure()
        #expect(tenure.woke(at: .zero) == [.ask])
        #expect(tenure.answered(isGranted: false, askedAt: .zero, at: .milliseconds(1)) == [])
        #expect(tenure.answered(isGranted: true, askedAt: .milliseconds(200), at: .milliseconds(201)) == [.claim])
        #expect(tenure.lease == nil && !maySend(tenure, at: .milliseconds(202)))
        #expect(tenure.claimed(Self.row, at: .milliseconds(203)) == [.begin(Self.row)])
        #expect(tenure.lease == Self.row && maySend(tenure, at: .milliseconds(204)))
    }

    @Test("A claim that another won, and an answer that came too late, leave it waiting", arguments: [true, false])
    func lost(isLate: Bool) {
        var tenure = Tenure()
        _ = tenure.answered(isGranted: true, askedAt: .zero, at: .milliseconds(1))
        #expect(tenure.claimed(isLate ? Self.row : nil, at: isLate ? .seconds(2) : .milliseconds(2)) == [])
        #expect(tenure.lease == nil)
        #expect(tenure.woke(at: .seconds(3)) == [.ask])
    }

    @Test("It stops with 30 % of the lease left, sends nothing with less than the margin, and stops when the lease goes to another")
    func end() {
        var tenure = Self.deciding()
        #expect(maySend(tenure, at: .seconds(11)) && !maySend(tenure, at: .milliseconds(11_001)))
        #expect(tenure.woke(at: .milliseconds(11_399)) == [.ask])
        #expect(tenure.woke(at: .milliseconds(11_400)) == [.retire, .ask])
        tenure = Self.deciding()
        #expect(tenure.answered(isGranted: false, askedAt: .seconds(10), at: .milliseconds(10_010)) == [.retire])
        tenure = Self.deciding()
        #expect(tenure.overruled() == [.retire] && tenure.overruled() == [])
    }

    @Test("Before it reads its rows anew it takes the next epoch, as often as that fails, and what was decided may leave meanwhile")
    func doubt() {
        var tenure = Self.deciding()
        #expect(tenure.doubted() == [.claim])
        #expect(tenure.lease == nil && maySend(tenure, at: .seconds(11)))
        #expect(tenure.doubted() == [])
        #expect(tenure.claimed(nil, at: .milliseconds(10_100)) == [.claim])
        #expect(tenure.answered(isGranted: true, askedAt: .seconds(11), at: .milliseconds(11_001)) == [])
        let next = Self.row.taken(by: "I1L1", at: .testing)
        #expect(tenure.claimed(next, at: .milliseconds(12_900)) == [.begin(next)])
        #expect(tenure.lease == next)
    }

    @Test("A process in doubt stops when its lease ends, or another has it")
    func doubtToTheEnd() {
        var tenure = Self.deciding()
        _ = tenure.doubted()
        #expect(tenure.woke(at: .seconds(12)) == [.retire, .ask])
        tenure = Self.deciding()
        _ = tenure.doubted()
        #expect(tenure.claimed(Self.row, at: .seconds(12)) == [.retire])
        tenure = Self.deciding()
        _ = tenure.doubted()
        #expect(tenure.answered(isGranted: false, askedAt: .seconds(10), at: .seconds(11)) == [.retire])
        tenure = Self.deciding()
        _ = tenure.doubted()
        #expect(tenure.overruled() == [.retire])
    }
}
