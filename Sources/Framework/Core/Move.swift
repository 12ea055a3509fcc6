/// The one way in which a record gets another state.
extension Core {
    /// Moves a record to a state that may follow its own, with a row of the trail. False, and nothing changed, when it may not: people are told.
    @discardableResult
    mutating func move<R: Versioned, S: Succession>(
        _ record: inout Tracked<R>, _ path: WritableKeyPath<R, S>, to next: S, of entity: String, _ id: some CustomStringConvertible,
        cause: @autoclosure () -> String, _ transition: inout Transition
    ) -> Bool {
        let state = record[dynamicMember: path]
        guard mayMove(from: state, to: next, "\(entity) \(id)", &transition) else { return false }
        guard state != next || state.successors.contains(next) else { return true }
        if !(policy.has(.trailGap) && R.self == OrderRecord.self) {
            audit(entity, id, from: state.rawValue, to: next.rawValue, cause: cause(), &transition)
        }
        record[dynamicMember: path] = next
        return true
    }

    /// Whether a state may follow another, or is the same. One that may not is a mistake of this program or of whoever changed its rows: going on
    /// from it is wrong and ending the process is worse, so that nothing moves and the scope takes no entries before a person has looked.
    func mayMove<S: Succession>(from state: S, to next: S, _ name: @autoclosure () -> String, _ transition: inout Transition) -> Bool {
        if state == next || state.successors.contains(next) { return true }
        transition.refuse("\(name()) is \(state.rawValue) and was to become \(next.rawValue)")
        return false
    }

    /// Stops entries of a scope in which something was to happen that cannot, and tells people once what it was.
    mutating func freezeRefused(_ scope: inout Scope, _ transition: inout Transition) {
        for sentence in transition.takeRefused() where toldRefused.insert(sentence).inserted {
            freeze(&scope, "impossible_change", "\(sentence), which cannot be; it stays as it was", happensOnce: true, &transition)
        }
    }

    /// Notes what the broker told of an order.
    mutating func bring(_ order: inout Tracked<OrderRecord>, to state: OrderState, cause: String, _ transition: inout Transition) {
        guard order.state != state, move(&order, \.state, to: state, of: "order", order.tag, cause: cause, &transition) else { return }
        if order.record.reason != nil { order.reason = nil }
        if state.isTerminal { order.finishedAt = transition.at }
        if state != .filled, state != .working, state != .sending { order.message = cause }
    }

    /// Ends an order by our own decision: it is dropped, or given up as proven or believed not to be there.
    mutating func end(_ order: inout Tracked<OrderRecord>, as state: OrderState, because reason: Reason, _ transition: inout Transition) {
        guard order.state != state, move(&order, \.state, to: state, of: "order", order.tag, cause: reason.rawValue, &transition) else {
            return
        }
        order.reason = reason
        order.finishedAt = transition.at
    }
}
