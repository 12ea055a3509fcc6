/// A moment at which a test may end the process, to see what an end there leads to.
public enum StopPoint: Hashable, Sendable, CustomStringConvertible {
    /// A request was read, nothing is stored.
    case beforeInbox
    /// A signal is stored, its sender has no answer.
    case afterInbox
    /// A commit that moves something to a state is about to be made.
    case beforeCommit(entity: String, state: String)
    /// Such a commit was made, and nothing after it was done.
    case afterCommit(entity: String, state: String)
    /// The send gate is committed, the broker has not heard of the order.
    case beforePlace
    /// The broker's answer was read, and is not stored.
    case afterPlace

    /// The name for people: `after-commit:order.sending`.
    public var description: String {
        switch self {
        case .beforeInbox: "before-inbox"
        case .afterInbox: "after-inbox"
        case .beforeCommit(let entity, let state): "before-commit:\(entity).\(state)"
        case .afterCommit(let entity, let state): "after-commit:\(entity).\(state)"
        case .beforePlace: "before-place"
        case .afterPlace: "after-place"
        }
    }

    /// Every stop point, by the states that the core's audit knows.
    public static var all: [StopPoint] {
        let states: [(String, [String])] = [
            ("signal", SignalStatus.allCases.map(\.rawValue)), ("intent", IntentState.allCases.map(\.rawValue)),
            ("order", OrderState.allCases.map(\.rawValue)), ("position", PositionStatus.allCases.map(\.rawValue)),
            ("switch", ["stopped", "running"]),
        ]
        let commits = states.flatMap { entity, names in
            names.flatMap { [StopPoint.beforeCommit(entity: entity, state: $0), .afterCommit(entity: entity, state: $0)] }
        }
        return [.beforeInbox, .afterInbox] + commits + [.beforePlace, .afterPlace]
    }
}

/// What is called at each stop point; only test builds of the host pass one.
public protocol StopPointObserver: Sendable {
    /// The process has come to `point`; the observer may end it.
    func reach(_ point: StopPoint)
}
