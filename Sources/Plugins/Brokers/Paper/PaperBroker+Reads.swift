public import MunimKit

extension PaperBroker {
    public func book(leavingOut settled: EndedTags) async throws(BrokerError) -> OrderBook {
        let (isOut, isEmpty) = (dice.hits(.bookOutage), dice.hits(.emptyBook))
        try await open()
        if isOut { throw .unavailable("the order book does not answer") }
        if isEmpty { return OrderBook([]) }
        try await vouch()
        return try await readBook(leavingOut: settled)
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

/// What a walk over the orders of a day found.
private struct PaperWalk: Sendable {
    /// How many orders there are to see.
    var count = 0
    /// The numbers of those that are asked for.
    var wanted: [Int64] = []
}

extension PaperBroker {
    /// The book of the day as it is kept, read without the rows of orders that nobody asks for.
    ///
    /// An order that has not ended is shown as the market has it: its row and its trades are two reads, between which it could change. One that
    /// has ended changes no more.
    private func readBook(leavingOut settled: EndedTags) async throws(BrokerError) -> OrderBook {
        guard let store else { throw .unavailable("the paper broker is stopped") }
        do {
            let walk = try await walk(store, leavingOut: settled)
            let open = walk.wanted.compactMap { exchange.open[$0] }
            let ended = Set(walk.wanted).subtracting(open.map(\.number))
            try await vouch()
            let reports = try await reports(of: ended.sorted(), in: store) + open.map { ($0.number, $0.report) }
            return OrderBook(count: walk.count, orders: reports.sorted { $0.number < $1.number }.map(\.report))
        } catch let error as BrokerError { throw error } catch { throw .unavailable("the paper book cannot be read: \(error)") }
    }

    private func walk(_ store: any RecordStore, leavingOut settled: EndedTags) async throws(StorageError) -> PaperWalk {
        let now = context.clock.now()
        visibleFrom = visibleFrom.filter { $0.value > now }
        let hidden = Set(visibleFrom.keys.compactMap(PaperNumber.number))
        let query = Query<PaperOrderRecord>(.equal("day", exchange.day), order: [.ascending("number")])
        return try await store.reduce(["number", "tag"], of: query, into: PaperWalk()) { walk, row throws(StorageError) in
            let (number, tag): (Int64, Tag?) = (try row.read("number"), try row.read("tag"))
            guard !hidden.contains(number) else { return }
            walk.count += 1
            if let tag, settled.contains(tag) { return }
            walk.wanted.append(number)
        }
    }

    private func reports(
        of numbers: [Int64], in store: any RecordStore
    ) async throws(StorageError) -> [(number: Int64, report: OrderReport)] {
        let orders: [PaperOrderRecord] = try await store.fetch(where: "number", isIn: numbers)
        let trades: [PaperTradeRecord] = try await store.fetch(where: "order_id", isIn: orders.map(\.id))
        let fills = Dictionary(grouping: trades, by: \.order)
        return try orders.map { order throws(StorageError) in (order.number, try order.report(fills[order.id] ?? [])) }
    }
}
