/// Reading the account from its rows, where nobody decides for it in this process.
extension AccountView {
    /// Reads it from the rows.
    public static func read(from store: any RecordStore) async throws(StorageError) -> AccountView {
        var view = AccountView()
        view.portfolio = try await store.fetch(Query<PortfolioRecord>()).first
        view.tradingSwitch = try await store.fetch(Query<SwitchRecord>(.equal("name", Core.tradingSwitchName))).first
        view.scopes = try await store.fetch(Query<ScopeRecord>(order: [.ascending("instrument")]))
        view.positions = try await store.fetch(.livePositions)
        view.waitingSignals = try await store.count(
            Query<SignalRecord>(.isIn("processing_status", SignalStatus.allCases.filter { !$0.isVerdict })))
        view.latestSignals = try await store.fetch(.latest)
        return view
    }
}

extension Query<PositionRecord> {
    /// Positions that hold exposure, by instrument and time of entry.
    public static var livePositions: Query {
        Query(
            .isIn("status", PositionStatus.allCases.filter(\.isLive)), order: [.ascending("instrument"), .ascending("entry_timestamp")])
    }
}

extension Query<SignalRecord> {
    static var latest: Query {
        Query(order: [.descending("received_at")], limit: AccountView.latestLimit)
    }
}
