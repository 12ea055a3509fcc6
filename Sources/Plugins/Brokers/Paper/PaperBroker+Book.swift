import MunimKit

/// What a caller who waits for a commit is told.
enum PaperTurn: Sendable {
    /// The changes are kept, or why not.
    case done(StorageError?)
    /// It is the caller's turn to commit for all who wait.
    case lead
}

extension PaperBroker {
    /// Comes back when everything noted so far is kept; answers why not.
    ///
    /// One caller at a time commits for all: whoever comes meanwhile waits, and the first of them makes the next commit with the changes of all.
    /// So commits reach the store in order, and one commit carries many orders.
    func keep() async -> StorageError? {
        if isWriting {
            let turn = await withCheckedContinuation { queue.append($0) }
            if case .done(let failure) = turn { return failure }
        }
        isWriting = true
        let followers = queue
        queue = []
        let failure = await write()
        followers.forEach { $0.resume(returning: .done(failure)) }
        if queue.isEmpty { isWriting = false } else { queue.removeFirst().resume(returning: .lead) }
        return failure
    }

    private func write() async -> StorageError? {
        guard let store else { return keeping.isClean ? nil : .unavailable("the paper broker is stopped") }
        do {
            if isDoubtful { try await correct(from: store) }
        } catch { return error }
        let batch = keeping.take(from: exchange)
        let transaction = batch.transaction
        guard !transaction.isEmpty else { return nil }
        do {
            _ = try await store.commit(transaction)
            keeping.settle(batch)
            return nil
        } catch {
            keeping.giveBack(batch)
            if case .uncertain = error { isDoubtful = true }
            if case .conflict(_, let reason) = error {
                breakdown = "another process writes this paper book (\(reason))"
                context.log(.critical, "the paper book is written by another process", LogField("reason", reason))
            }
            return error
        }
    }

    /// Asks the store which rows it has, after a commit of unknown outcome.
    private func correct(from store: any RecordStore) async throws(StorageError) {
        let waiting = keeping.waiting
        let orders = try await store.fetch(Query<PaperOrderRecord>(.isIn("order_id", waiting.orders)))
        let positions = try await store.fetch(Query<PaperPositionRecord>(.isIn("symbol", waiting.symbols)))
        keeping.correct(orders: orders, positions: positions)
        isDoubtful = false
    }

    /// The book as it was last kept, without the orders that have ended, so that a start does not take longer the more was traded.
    static func load(_ store: any RecordStore) async throws(StorageError) -> PaperBook {
        var book = PaperBook()
        book.newest = try await store.fetch(Query<PaperOrderRecord>(order: [.descending("number")], limit: 1)).first
        book.lastTrade = try await store.fetch(Query<PaperTradeRecord>(order: [.descending("trade_id")], limit: 1)).first
        book.positions = try await store.fetch(Query<PaperPositionRecord>(order: [.ascending("symbol")]))
        guard let day = book.newest?.day else { return book }
        let unfinished = BrokerOrderState.allCases.filter { !$0.isTerminal }.map(\.rawValue)
        // The day is not part of the question: few orders are unfinished, and very many are of one day.
        book.orders = try await store.fetch(Query<PaperOrderRecord>(.isIn("state", unfinished))).filter { $0.day == day }
        book.trades = try await store.fetch(where: "order_id", isIn: book.orders.map(\.id))
        return book
    }
}
