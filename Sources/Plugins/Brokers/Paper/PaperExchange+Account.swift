public import MunimKit

extension PaperExchange {
    /// The orders that have not ended, oldest first.
    public var openOrders: [PaperOrder] { open.values.sorted { $0.number < $1.number } }

    /// What the account holds, by symbol; symbols of which nothing is held are left out.
    public var positions: [BrokerPosition] {
        let held = listings.filter { $0.netUnits != 0 }.sorted { $0.symbol < $1.symbol }
        return held.map { BrokerPosition(symbol: $0.symbol, netUnits: $0.netUnits) }
    }

    /// The last price of a symbol, or nil.
    public func price(ofSymbol symbol: String) -> Price? { listingIndex[symbol].flatMap { listings[$0].mark } }

    /// The prices of these contracts; those without a price are left out.
    public func quotes(_ contracts: [Contract]) -> [ContractQuote] {
        contracts.compactMap { contract in
            guard let index = listingIndex[contract.symbol], let mark = listings[index].mark, let at = listings[index].markedAt else {
                return nil
            }
            let bid = terms.opposite(mark, .sell, tick: contract.tick)
            let ask = terms.opposite(mark, .buy, tick: contract.tick)
            return ContractQuote(symbol: contract.symbol, quote: Quote(bid: bid, ask: ask, last: mark, at: at))
        }
    }

    /// The account's money: what it owns at current prices, less what its positions block.
    public var funds: Funds {
        let used = listings.reduce(Int128(0)) { $0 + blocked($1, units: $1.netUnits) }
        return Funds(available: Money(units: Int64(clamping: equity - used)), used: Money(units: Int64(clamping: used)))
    }

    /// The money at the start, what trades brought and cost, and the value of what is held.
    private var equity: Int128 {
        listings.reduce(Int128(terms.funds.units)) { sum, listing in
            let held = listing.mark.flatMap { try? listing.value(listing.netUnits, at: $0) } ?? .zero
            return sum + Int128(listing.cash.units) + Int128(held.units)
        }
    }

    /// The sentence about an order that needs more than is available, or nil; an order that reduces a position needs nothing.
    func shortage(_ request: OrderRequest, _ index: Int, at mark: Price) -> String? {
        let listing = listings[index]
        let units = request.side == .buy ? request.quantity.count : 0 - request.quantity.count
        let after = Int64(clamping: Int128(listing.netUnits) + Int128(units))
        let needed = blocked(listing, units: after) - blocked(listing, units: listing.netUnits)
        guard needed > 0 else { return nil }
        let available = funds.available
        guard needed > Int128(available.units) else { return nil }
        return "insufficient funds: the order needs \(Money(units: Int64(clamping: needed))), available is \(available)"
    }

    /// The margin of so many units: a share of the value for futures and sold options, the whole price for bought options.
    private func blocked(_ listing: PaperListing, units: Int64) -> Int128 {
        guard units != 0, let mark = listing.mark else { return 0 }
        let size = Int64(clamping: units.magnitude)
        let strike = listing.contract?.kind.strike
        if strike != nil, units > 0 { return Int128((try? listing.value(size, at: mark).units) ?? .max) }
        let value = (try? listing.value(size, at: strike ?? mark)) ?? Money(units: .max)
        return Int128((try? value.times(terms.margin).units) ?? .max)
    }
}
