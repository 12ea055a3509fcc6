/// What an account is after a commit, for everybody who only wants to look: nothing of it is decided by.
///
/// Whoever decides publishes one after each commit, so that looking costs storage nothing; where nobody decides it is read from the rows.
public struct AccountView: Hashable, Sendable {
    /// The account's row; nil before the account was opened.
    public var portfolio: PortfolioRecord?
    /// The switch that stops all increase of risk; nil while it was never thrown.
    public var tradingSwitch: SwitchRecord?
    /// Scopes that have a row, by instrument.
    public var scopes: [ScopeRecord] = []
    /// Live positions, by instrument and time of entry.
    public var positions: [PositionRecord] = []
    /// How many signals have no verdict.
    public var waitingSignals = 0
    /// The signals that came last, newest first.
    public var latestSignals: [SignalRecord] = []

    /// How many signals ``latestSignals`` has at most.
    public static let latestLimit = 5

    /// Nothing.
    public init() {}
}

extension Core {
    /// The account as this machine has it, without the signals that came last.
    var view: AccountView {
        var view = AccountView()
        if portfolio.isStored { view.portfolio = portfolio.record }
        if tradingSwitch.isStored { view.tradingSwitch = tradingSwitch.record }
        scopes.forEach { scope in
            if scope.record.isStored { view.scopes.append(scope.record.record) }
            view.positions += scope.positions.map(\.record).sorted { $0.entryTimestamp < $1.entryTimestamp }
            view.waitingSignals += scope.signals.count
        }
        return view
    }
}

/// Keeps what the machine does not for a view: signals that are decided, and rows of instruments that are not configured any more.
struct ViewKeeping: Sendable {
    private var latest: [SignalRecord] = []
    private var scopes: [ScopeRecord] = []
    private var positions: [PositionRecord] = []

    init() {}

    init(_ snapshot: Snapshot, known: Set<InstrumentName>) {
        latest = snapshot.latestSignals
        scopes = snapshot.scopes.filter { !known.contains($0.instrument) }
        positions = snapshot.positions.filter { !known.contains($0.instrument) }
    }

    /// Takes the newest state of a signal.
    mutating func note(_ record: SignalRecord) {
        if let index = latest.firstIndex(where: { $0.fingerprint == record.fingerprint }) { return latest[index] = record }
        let index = latest.firstIndex { $0.receivedAt <= record.receivedAt } ?? latest.endIndex
        guard index < AccountView.latestLimit else { return }
        latest.insert(record, at: index)
        if latest.count > AccountView.latestLimit { latest.removeLast() }
    }

    /// The whole view.
    func view(of core: Core) -> AccountView {
        var view = core.view
        view.latestSignals = latest
        guard !scopes.isEmpty || !positions.isEmpty else { return view }
        view.scopes = (view.scopes + scopes).sorted { $0.instrument < $1.instrument }
        view.positions = (view.positions + positions).sorted {
            ($0.instrument, $0.entryTimestamp) < ($1.instrument, $1.entryTimestamp)
        }
        return view
    }
}
