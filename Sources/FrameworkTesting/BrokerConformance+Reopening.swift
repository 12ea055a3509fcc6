import MunimKit
import Testing

extension BrokerConformance.Bench {
    func remembersBook() async throws {
        try await place("K1", lots: 3)
        try await place("K2", .sell, lots: 1)
        try await place("K3", limit: price(-100))
        _ = await broker.cancel(try await place("K4", limit: price(-100)))
        await settle()
        let (orders, positions, funds) = (try await broker.orders(), try await broker.positions(), try await broker.funds())
        #expect(orders.count == 4 && !positions.isEmpty)
        let again = try await reopened()
        #expect(try await again.broker.orders() == orders, "the book is another one after closing and opening")
        #expect(try await again.broker.positions() == positions, "positions are others after closing and opening")
        #expect(try await again.broker.funds() == funds, "the money is another one after closing and opening")
        await again.broker.stop()
    }

    func goesOnAfterReopening() async throws {
        let filled = try await place("G1")
        let crossed = try await place("G2", .sell, limit: price(50))
        let unwanted = try await place("G3", limit: price(-50))
        let again = try await reopened()
        try await again.bring(to: price)
        let cancelled = await again.broker.cancel(unwanted)
        await again.settle()
        #expect(cancelled == .requested, "a resting order cannot be cancelled after opening")
        try await again.bring(to: price(51))
        try await again.bring(to: price(-51))
        let added = try await again.place("G4")
        let numbers = [filled, crossed, unwanted, added]
        #expect(Set(numbers).count == numbers.count, "a number is given to another order after closing and opening")
        let book = try await again.broker.orders()
        #expect(
            numbers.map { number in book.filter { $0.orderID == number }.map(\.state) } == [[.filled], [.filled], [.cancelled], [.filled]])
        let trades = book.flatMap(\.fills).map(\.id)
        #expect(Set(trades).count == trades.count)
        await again.broker.stop()
    }

    /// The bench after the broker was closed and opened.
    private func reopened() async throws -> BrokerConformance.Bench {
        let reopen = try #require(reopen, "a broker without reopen does not promise that a host finds its orders again")
        await broker.stop()
        var again = self
        again.broker = try await reopen()
        await again.settle()
        return again
    }
}
