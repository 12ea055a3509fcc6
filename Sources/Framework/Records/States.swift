/// Where a signal stands: accepted until it gets its one verdict.
public enum SignalStatus: String, StoredName, Sendable {
    /// Committed, not decided.
    case accepted
    /// Decided and its intent is being carried out.
    case working
    /// Carried out.
    case executed
    /// Understood and declined, with a reason.
    case refused
    /// Too old to be traded.
    case expired
    /// Overtaken by a later exit, or closing something opened after it.
    case superseded
    /// Was being decided in three dying processes; a person must look.
    case quarantined
    /// Could not be carried out.
    case failed

    /// Whether this is a verdict, which never changes again.
    public var isVerdict: Bool { self != .accepted && self != .working }
}

/// What an intent changes.
public enum IntentKind: String, StoredName, Sendable {
    /// Opens layer 1, opens a further layer, closes layers, moves one to a later contract, or takes a late order back.
    case entry, pyramid, exit, roll, repair

    /// Whether what it opens increases risk.
    public var increasesRisk: Bool { self == .entry || self == .pyramid }

    /// Whether it opens anything at all, be it in place of what it closes.
    public var mayOpen: Bool { increasesRisk || self == .roll }
}

/// Where an intent stands.
public enum IntentState: String, StoredName, Sendable {
    /// Its orders are being carried out.
    case active
    /// A roll that closed the old contract and waits to open the new one.
    case flat
    /// An entry given up while a late order could still appear: its slot takes no entry.
    case quarantined
    /// Carried out and booked.
    case settled
    /// Ended with nothing changed.
    case failed

    /// Whether the core still has to do something for it.
    public var isOpen: Bool { self == .active || self == .flat || self == .quarantined }
}

/// Where an order stands.
public enum OrderState: String, StoredName, Sendable {
    /// Decided, not sent.
    case planned
    /// May have left: from the commit before the first byte on.
    case sending
    /// The outcome of sending is not known.
    case unknown
    /// At the broker.
    case working
    /// Completely filled.
    case filled
    /// Refused by the broker.
    case rejected
    /// Ended by the broker or by us before it was filled; its fills stay.
    case cancelled
    /// Searched for and not found in all the ways that count as evidence.
    case absent
    /// Never sent, and never will be.
    case dropped
    /// Proven not to have reached the broker.
    case notSent

    /// Whether an order may have left and has not ended.
    var isOut: Bool { self == .sending || self == .unknown || self == .working }

    /// Whether no further change is expected by itself; late fills are taken in every state.
    public var isTerminal: Bool {
        switch self {
        case .planned, .sending, .unknown, .working: false
        case .filled, .rejected, .cancelled, .absent, .dropped, .notSent: true
        }
    }
}

/// Where a position stands.
public enum PositionStatus: String, StoredName, Sendable {
    /// Held whole, being closed, over, or held after a part was closed.
    case open, closing, closed, partial

    /// Whether it still holds exposure.
    public var isLive: Bool { self != .closed }

    /// Whether it holds exposure that no decision closes.
    var isHeld: Bool { self == .open || self == .partial }
}

/// Where a position's rollover stands.
public enum RolloverStatus: String, StoredName, Sendable {
    /// No roll is under way, or one is due.
    case none, pending
    /// An intent is rolling it now.
    case inProgress = "in_progress"
    /// The last roll was carried out, or closed nothing.
    case rolled, failed
}

/// Whether a scope takes entries.
public enum ScopeState: String, StoredName, Sendable {
    /// Takes entries as far as the other gates allow.
    case active
    /// Takes no entries until a person has looked.
    case frozen
}

/// Why the ledger changed.
public enum LedgerEntryKind: String, StoredName, Sendable {
    /// Capital paid in; positive, and raises the equity high by as much.
    case deposit = "DEPOSIT"
    /// Capital taken out; negative, and lowers the equity high by as much.
    case withdraw = "WITHDRAW"
    /// Realised profit of a close, a roll or a repair before charges; negative for a loss.
    case tradingProfit = "TRADING_PNL"
    /// What trading cost; negative.
    case charges = "CHARGES"
    /// What it cost to trade too much and to take it back; negative, and of no position.
    case repairCharges = "REPAIR_CHARGES"
}

/// Where money is traded.
public enum TradingMode: String, StoredName, Sendable {
    /// Simulated fills without money, or orders to a real broker.
    case paper, live
}
