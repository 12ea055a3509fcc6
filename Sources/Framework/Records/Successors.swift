/// A state that names the states which may follow it; whoever moves a record asks it.
public protocol Succession: StoredName {
    /// The states that may follow. One that names itself may be noted again.
    var successors: Set<Self> { get }
}

extension SignalStatus: Succession {
    /// A verdict never changes again.
    public var successors: Set<SignalStatus> {
        switch self {
        case .accepted: [.working, .executed, .refused, .expired, .superseded, .quarantined, .failed]
        case .working: [.executed, .refused, .expired, .superseded, .failed]
        case .executed, .refused, .expired, .superseded, .quarantined, .failed: []
        }
    }
}

extension IntentState: Succession {
    /// Nothing that is over begins again; a slot is freed into the end that its intent had.
    public var successors: Set<IntentState> {
        switch self {
        case .active: [.flat, .quarantined, .settled, .failed]
        case .flat: [.quarantined, .settled, .failed]
        case .quarantined: [.settled, .failed]
        case .settled, .failed: []
        }
    }
}

extension OrderState: Succession {
    /// Nothing is sent twice; only evidence leads out of `unknown`; fills are taken in every state, and an order that was not found may still show up.
    public var successors: Set<OrderState> {
        switch self {
        // Unknown without being sent: the broker has one that restored rows only plan.
        case .planned: [.sending, .dropped, .unknown]
        case .sending: [.unknown, .working, .filled, .rejected, .cancelled, .notSent]
        case .unknown: [.working, .filled, .rejected, .cancelled, .notSent, .absent]
        case .working: [.filled, .rejected, .cancelled, .absent]
        case .absent: [.working, .filled, .rejected, .cancelled]
        case .rejected, .cancelled, .dropped, .notSent: [.filled]
        case .filled: []
        }
    }
}

extension PositionStatus: Succession {
    /// A closed position is never opened again; each part that is closed is noted.
    public var successors: Set<PositionStatus> {
        switch self {
        case .open: [.closing, .partial, .closed]
        case .closing: [.open, .partial, .closed]
        case .partial: [.closing, .partial, .closed]
        case .closed: []
        }
    }
}

extension RolloverStatus: Succession {
    /// A roll ends only by what was booked of it, and another may follow each.
    public var successors: Set<RolloverStatus> {
        switch self {
        case .none, .rolled, .failed: [.pending, .inProgress]
        case .pending: [.inProgress]
        case .inProgress: [.rolled, .failed]
        }
    }
}

extension ScopeState: Succession {
    /// A person may say of one that takes entries that it does.
    public var successors: Set<ScopeState> {
        switch self {
        case .active: [.active, .frozen]
        case .frozen: [.active]
        }
    }
}
