/// Whether this process decides for the account: asked for by lease, made right by an epoch in storage, given up before the lease ends.
///
/// A value without effects of its own, like the core. All times are of the boot clock, which counts suspended time and never jumps, so that a process
/// that was paused knows on waking that its time is over.
public struct Leadership: Sendable {
    /// What is to be done.
    public enum Effect: Hashable, Sendable {
        /// Ask the lease service; answers ``answered(isGranted:askedAt:at:)``.
        case ask
        /// Write the next epoch into storage; answers ``claimed(_:at:)``.
        case claim
        /// Read all rows and begin to decide.
        case begin(LeaseRecord)
        /// Stop deciding: another does, or may soon.
        case retire
    }

    private enum State: Sendable {
        case standby
        /// `isAgain` when the process decides and must read its rows anew.
        case claiming(askedAt: Span, isAgain: Bool)
        case deciding(LeaseRecord, askedAt: Span)
    }

    /// How long leases last.
    public let times: LeaseTimes
    private var state = State.standby

    /// A process that decides nothing yet.
    public init(times: LeaseTimes = LeaseTimes()) { self.times = times }

    /// The row that every commit demands; nil while the process does not decide.
    public var lease: LeaseRecord? {
        guard case .deciding(let lease, _) = state else { return nil }
        return lease
    }

    /// When to look next.
    public var interval: Span {
        switch state {
        case .standby, .claiming: times.campaign
        case .deciding: times.renewal
        }
    }

    /// A time to ask or to renew has come.
    public mutating func woke(at now: Span) -> [Effect] {
        switch state {
        case .standby: return [.ask]
        case .claiming(let askedAt, let isAgain):
            guard left(of: askedAt, at: now) <= .zero else { return [.ask] }
            state = .standby
            return isAgain ? [.retire, .ask] : [.ask]
        case .deciding(_, let askedAt):
            // It steps down with 30 % of the lease left, because an answer of storage may take that long.
            guard left(of: askedAt, at: now) <= Span(microseconds: times.span.microseconds / 10 * 3) else { return [.ask] }
            state = .standby
            return [.retire, .ask]
        }
    }

    /// The lease service answered a question of `askedAt`.
    public mutating func answered(isGranted: Bool, askedAt: Span, at now: Span) -> [Effect] {
        switch state {
        case .standby:
            guard isGranted, left(of: askedAt, at: now) > .zero else { return [] }
            state = .claiming(askedAt: askedAt, isAgain: false)
            return [.claim]
        case .claiming(let earlier, let isAgain):
            if isGranted {
                state = .claiming(askedAt: max(earlier, askedAt), isAgain: isAgain)
            } else if isAgain {
                state = .standby
                return [.retire]
            }
            return []
        case .deciding(let lease, let earlier):
            guard isGranted else {
                state = .standby
                return [.retire]
            }
            state = .deciding(lease, askedAt: max(earlier, askedAt))
            return []
        }
    }

    /// The next epoch was written, or was not because another was quicker or storage did not answer.
    public mutating func claimed(_ lease: LeaseRecord?, at now: Span) -> [Effect] {
        guard case .claiming(let askedAt, let isAgain) = state else { return [] }
        guard left(of: askedAt, at: now) > .zero else {
            state = .standby
            return isAgain ? [.retire] : []
        }
        guard let lease else {
            if isAgain { return [.claim] }
            state = .standby
            return []
        }
        state = .deciding(lease, askedAt: askedAt)
        return [.begin(lease)]
    }

    /// The rows must be read anew: storage did not say what became of a commit, or refused it.
    ///
    /// The process takes the next epoch before it reads. A commit that is still on its way demands the epoch before and can land no more; rows
    /// that do not show the new epoch, as from a replica that lags behind, are known to be old.
    public mutating func doubted() -> [Effect] {
        guard case .deciding(_, let askedAt) = state else { return [] }
        state = .claiming(askedAt: askedAt, isAgain: true)
        return [.claim]
    }

    /// Storage showed a later epoch, of another process.
    public mutating func overruled() -> [Effect] {
        switch state {
        case .standby, .claiming(_, isAgain: false): return []
        case .deciding, .claiming(_, isAgain: true):
            state = .standby
            return [.retire]
        }
    }

    /// Until when enough of the lease is left for an order to leave (I26); nothing may while the process does not decide.
    public var sendsUntil: Span {
        switch state {
        case .standby, .claiming(_, isAgain: false): Span(microseconds: .min)
        case .deciding(_, let askedAt), .claiming(let askedAt, isAgain: true): askedAt + times.span - times.sendMargin
        }
    }

    /// What is left of a lease, counted from the question, because nobody knows when the answer was given.
    private func left(of askedAt: Span, at now: Span) -> Span { times.span - (now - askedAt) }
}
