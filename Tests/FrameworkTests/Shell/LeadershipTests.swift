import MunimKit
import Simulation
import Testing

@Suite("Who decides")
struct LeadershipTests {
    /// Round numbers, so that the tests can be read.
    private static var times: LeaseTimes {
        var times = LeaseTimes()
        (times.span, times.renewal, times.campaign, times.sendMargin) = (.seconds(2), .milliseconds(600), .milliseconds(200), .seconds(1))
        return times
    }

    private static let row = LeaseRecord(name: "account", holder: "I1L1", at: .testing)

    /// A process that decides since `at`, by its boot clock.
    private static func deciding(at: Span = .seconds(10)) -> Leadership {
        var leadership = Leadership(times: Self.times)
        _ = leadership.answered(isGranted: true, askedAt: at, at: at)
        _ = leadership.claimed(row, at: at)
        return leadership
    }

    /// Whether an order may leave at a boot time.
    private func maySend(_ leadership: Leadership, at now: Span) -> Bool { now <= leadership.sendsUntil }

    @Test("A process asks, claims the next epoch, and begins with the rows of it")
    func begin() {
        var leadership = Leadership(times: Self.times)
        #expect(leadership.woke(at: .zero) == [.ask])
        #expect(leadership.answered(isGranted: false, askedAt: .zero, at: .milliseconds(1)) == [])
        #expect(leadership.answered(isGranted: true, askedAt: .milliseconds(200), at: .milliseconds(201)) == [.claim])
        #expect(leadership.lease == nil && !maySend(leadership, at: .milliseconds(202)))
        #expect(leadership.claimed(Self.row, at: .milliseconds(203)) == [.begin(Self.row)])
        #expect(leadership.lease == Self.row && maySend(leadership, at: .milliseconds(204)))
    }

    @Test("A claim that another won, and an answer that came too late, leave it waiting", arguments: [true, false])
    func lost(isLate: Bool) {
        var leadership = Leadership(times: Self.times)
        _ = leadership.answered(isGranted: true, askedAt: .zero, at: .milliseconds(1))
        #expect(leadership.claimed(isLate ? Self.row : nil, at: isLate ? .seconds(2) : .milliseconds(2)) == [])
        #expect(leadership.lease == nil)
        #expect(leadership.woke(at: .seconds(3)) == [.ask])
    }

    @Test("It stops with 30 % of the lease left, sends nothing with less than the margin, and stops when the lease goes to another")
    func end() {
        var leadership = Self.deciding()
        #expect(maySend(leadership, at: .seconds(11)) && !maySend(leadership, at: .milliseconds(11_001)))
        #expect(leadership.woke(at: .milliseconds(11_399)) == [.ask])
        #expect(leadership.woke(at: .milliseconds(11_400)) == [.retire, .ask])
        leadership = Self.deciding()
        #expect(leadership.answered(isGranted: false, askedAt: .seconds(10), at: .milliseconds(10_010)) == [.retire])
        leadership = Self.deciding()
        #expect(leadership.overruled() == [.retire] && leadership.overruled() == [])
    }

    @Test("Before it reads its rows anew it takes the next epoch, as often as that fails, and what was decided may leave meanwhile")
    func doubt() {
        var leadership = Self.deciding()
        #expect(leadership.doubted() == [.claim])
        #expect(leadership.lease == nil && maySend(leadership, at: .seconds(11)))
        #expect(leadership.doubted() == [])
        #expect(leadership.claimed(nil, at: .milliseconds(10_100)) == [.claim])
        #expect(leadership.answered(isGranted: true, askedAt: .seconds(11), at: .milliseconds(11_001)) == [])
        let next = Self.row.taken(by: "I1L1", at: .testing)
        #expect(leadership.claimed(next, at: .milliseconds(12_900)) == [.begin(next)])
        #expect(leadership.lease == next)
    }

    @Test("A process in doubt stops when its lease ends, or another has it")
    func doubtToTheEnd() {
        var leadership = Self.deciding()
        _ = leadership.doubted()
        #expect(leadership.woke(at: .seconds(12)) == [.retire, .ask])
        leadership = Self.deciding()
        _ = leadership.doubted()
        #expect(leadership.claimed(Self.row, at: .seconds(12)) == [.retire])
        leadership = Self.deciding()
        _ = leadership.doubted()
        #expect(leadership.answered(isGranted: false, askedAt: .seconds(10), at: .seconds(11)) == [.retire])
        leadership = Self.deciding()
        _ = leadership.doubted()
        #expect(leadership.overruled() == [.retire])
    }
}
