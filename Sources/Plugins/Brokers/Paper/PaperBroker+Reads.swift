public import MunimKit

extension PaperBroker {
    public func orders() async throws(BrokerError) -> [OrderReport] {
        let (isOut, isEmpty) = (dice.hits(.bookOutage), dice.hits(.emptyBook))
        try await open()
        if isOut { throw .unavailable("the order book does not answer") }
        if isEmpty { return [] }
        try await readFinishedOrders()
        let now = context.clock.now()
        visibleFrom = visibleFrom.filter { $0.value > now }
        let shown = exchange.reports.filter { visibleFrom[$0.orderID] == nil }
        try await vouch()
        return shown
    }

    public func positions() async throws(BrokerError) -> [BrokerPosition] {
        let isOut = dice.hits(.bookOutage)
        try await open()
        if isOut { throw .unavailable("the positions do not answer") }
        let held = exchange.positions
        try await vouch()
        return held
    }

    public func quotes(_ contracts: [Contract]) async throws(BrokerError) -> [ContractQuote] {
        try await open()
        do { try await reloadQuotes() } catch { throw .unavailable("\(error)") }
        return exchange.quotes(contracts)
    }

    public func funds() async throws(BrokerError) -> Funds {
        try await open()
        return exchange.funds
    }

    /// Comes back when the broker can be read, with the book at the current day.
    private func open() async throws(BrokerError) {
        let isExpired = dice.hits(.sessionExpired)
        await pause(dice.faults.latency)
        guard store != nil else { throw .unavailable("the paper broker is not started") }
        if let breakdown { throw .unavailable("the paper book is closed: \(breakdown)") }
        if isExpired { throw .sessionExpired("a person must log in") }
        turn(to: context.clock.now())
    }

    /// Comes back when everything that was just read is kept, because a broker never shows what it could still forget.
    private func vouch() async throws(BrokerError) {
        guard keeping.hasOrders || isWriting else { return }
        if let failure = await keep() { throw .unavailable("the paper book could not be written: \(failure)") }
    }
}
