import MunimKit

/// A lease service as a value: one holder of a name at a time, for as long as was agreed.
struct ModelLeases: Sendable {
    private struct Grant {
        var holder: Incarnation?
        var epoch: Int64
        var end: Instant
    }

    private var grants: [String: Grant] = [:]

    /// Who was last given the lease and has not given it back, even when it has ended since.
    func holder(of name: String) -> Incarnation? { grants[name]?.holder }

    /// Takes or renews a lease and answers its epoch; nil when another holds it. `now` may be of any clock that never goes back.
    mutating func acquire(_ name: String, holder: Incarnation, for span: Span, at now: Instant) -> Int64? {
        var grant = grants[name] ?? Grant(holder: nil, epoch: 0, end: now)
        if grant.holder != holder {
            guard grant.holder == nil || grant.end <= now else { return nil }
            grant.holder = holder
            grant.epoch += 1
        }
        grant.end = now + span
        grants[name] = grant
        return grant.epoch
    }

    /// Makes a lease free, whoever holds it.
    mutating func free(_ name: String) { grants[name]?.holder = nil }

    /// Gives a lease back, if it is the holder's.
    mutating func release(_ name: String, holder: Incarnation) {
        if self.holder(of: name) == holder { free(name) }
    }
}
