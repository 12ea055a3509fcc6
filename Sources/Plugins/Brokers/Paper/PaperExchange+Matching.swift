import MunimKit

extension PaperExchange {
    /// The largest quantity of one order; keeps every sum of a book within 64 bits.
    static var largestQuantity: Int64 { 1_000_000_000 }

    /// What is wrong with a request by itself, or nil.
    static func fault(of request: OrderRequest) -> String? {
        let contract = request.contract
        guard request.quantity > .zero, request.quantity.count <= largestQuantity else {
            return "a quantity of \(request.quantity) is not between 1 and \(largestQuantity)"
        }
        guard request.quantity.isWhole(unitsPerLot: contract.unitsPerLot) else {
            return "a quantity of \(request.quantity) is not a multiple of the lot of \(contract.unitsPerLot) units of \(contract.symbol)"
        }
        if let freeze = contract.freezeQuantity, request.quantity > freeze {
            return "a quantity of \(request.quantity) is above the freeze quantity of \(freeze) units of \(contract.symbol)"
        }
        guard let limit = request.limit else { return nil }
        guard limit > .zero, limit.units % contract.tick.units == 0 else {
            return "a limit of \(limit) is not a positive multiple of the tick of \(contract.tick) of \(contract.symbol)"
        }
        return nil
    }

    /// Why the exchange or the risk check refuses a well-formed request, or nil.
    func refusal(of request: OrderRequest, _ listing: Int, at instant: Instant) -> String? {
        let symbol = request.contract.symbol
        guard terms.isOpen(at: instant) else { return "the market is closed at \(TimeOfDay(of: instant)) on \(day)" }
        if terms.refusesExpired, request.contract.expiry < day { return "\(symbol) expired on \(request.contract.expiry)" }
        guard let mark = listings[listing].mark else { return "there is no price for \(symbol)" }
        return terms.checksFunds ? shortage(request, listing, at: mark) : nil
    }

    /// The index of a contract's listing, made on first sight.
    mutating func list(_ contract: Contract) -> Int {
        let listing = list(contract.symbol)
        if listings[listing].contract == nil { listings[listing].contract = contract }
        return listing
    }

    mutating func list(_ symbol: String) -> Int {
        if let listing = listingIndex[symbol] { return listing }
        listings.append(PaperListing(symbol: symbol))
        listingIndex[symbol] = listings.count - 1
        return listings.count - 1
    }

    /// Writes an order into the book as open and answers with its index.
    mutating func book(_ request: OrderRequest, _ listing: Int, at instant: Instant) -> Int {
        let id = BrokerOrderID(PaperNumber.text(dayPrefix, nextOrder, isTrade: false))
        let report = OrderReport(
            orderID: id, tag: request.tag, symbol: request.contract.symbol, side: request.side, quantity: request.quantity, state: .open,
            updatedAt: instant)
        orders.append(PaperOrder(number: nextOrder, report: report, limit: request.limit, listing: listing))
        nextOrder += 1
        return orders.count - 1
    }

    /// Fills a new order as far as price and portion allow; the rest waits.
    mutating func match(_ index: Int, _ portion: PaperPortion, at instant: Instant) {
        let listing = orders[index].listing
        guard let mark = listings[listing].mark, isCrossed(index, by: mark) else {
            listings[listing].resting.append(index)
            return
        }
        switch portion {
        case .whole: fill(index, orders[index].rest, against: mark, at: instant)
        case .part:
            let lot = listings[listing].contract?.unitsPerLot.count ?? 1
            listings[listing].resting.append(index)
            fill(index, orders[index].rest / lot / 2 * lot, against: mark, at: instant)
        }
    }

    /// Sets a price and fills the orders that it crosses, unless the market is closed.
    mutating func mark(_ listing: Int, _ price: Price, at instant: Instant, _ changed: inout [Int]) {
        listings[listing].mark = price
        listings[listing].markedAt = instant
        guard !listings[listing].resting.isEmpty, terms.isOpen(at: instant) else { return }
        for index in listings[listing].resting where isCrossed(index, by: price) {
            fill(index, orders[index].rest, against: orders[index].limit ?? price, isResting: true, at: instant)
            changed.append(index)
        }
    }

    private func isCrossed(_ index: Int, by mark: Price) -> Bool {
        guard let limit = orders[index].limit else { return true }
        let order = orders[index]
        let opposite = terms.opposite(mark, order.report.side, tick: tick(order.listing))
        return order.report.side == .buy ? opposite <= limit : opposite >= limit
    }

    /// Books one trade of `units` against the market at `mark`; a limit bounds the price.
    mutating func fill(_ index: Int, _ units: Int64, against mark: Price, isResting: Bool = false, at instant: Instant) {
        guard units > 0 else { return }
        let order = orders[index]
        let side = order.report.side
        var price = terms.marketPrice(mark, side, tick: tick(order.listing))
        if let limit = order.limit { price = isResting ? limit : side == .buy ? min(price, limit) : max(price, limit) }
        let id = TradeID(PaperNumber.text(dayPrefix, nextTrade, isTrade: true))
        nextTrade += 1
        orders[index].report.fills.append(Fill(id: id, quantity: Quantity(units), price: price, at: instant))
        orders[index].report.updatedAt = instant
        orders[index].filled += units
        if orders[index].rest == 0 {
            orders[index].report.state = .filled
            listings[order.listing].resting.removeAll { $0 == index }
        }
        listings[order.listing].post(units, side, at: price, charges: terms.charges)
    }

    /// Ends a resting order; what was filled stays.
    mutating func end(_ index: Int, _ reason: String, as state: BrokerOrderState = .cancelled, at instant: Instant) {
        orders[index].report.state = state
        orders[index].report.message = reason
        orders[index].report.updatedAt = max(instant, orders[index].report.updatedAt)
        listings[orders[index].listing].resting.removeAll { $0 == index }
    }

    /// The index of an order of the current day.
    func index(of id: BrokerOrderID) -> Int? {
        guard let first = orders.first?.number, let number = PaperNumber.number(of: id) else { return nil }
        let guess = Int(clamping: number.subtractingReportingOverflow(first).partialValue)
        if orders.indices.contains(guess), orders[guess].report.orderID == id { return guess }
        return orders.firstIndex { $0.report.orderID == id }
    }

    private func tick(_ listing: Int) -> Tick { listings[listing].contract?.tick ?? Tick(units: 1) }
}

extension PaperListing {
    /// The value of `units` at `price`: price × lots × point value; without a known point value a unit is worth its price.
    func value(_ units: Int64, at price: Price) throws(Overflow) -> Money {
        let lot = Int128(contract?.unitsPerLot.count ?? 1)
        let point = Int128(pointValue?.units ?? PointValue.unitsPerWhole) * (pointValue == nil ? lot : 1)
        let (first, overflowed) = (Int128(price.units) * point).multipliedReportingOverflow(by: Int128(units))
        guard !overflowed else { throw Overflow() }
        return try Money(wide: first.divided(by: 10_000 * lot, rounding: .halfAwayFromZero))
    }

    /// Moves units and money as a trade does; sums beyond 64 bits stay at the limit.
    mutating func post(_ units: Int64, _ side: Side, at price: Price, charges: Ratio) {
        let value = (try? value(units, at: price)) ?? Money(units: .max)
        let fee = charges == .zero ? .zero : (try? value.times(charges)) ?? .zero
        let flow = side == .buy ? Int128(0) - Int128(value.units) : Int128(value.units)
        let total = Int128(cash.units) + flow - Int128(fee.units)
        cash = Money(units: Int64(clamping: total))
        netUnits = Int64(clamping: Int128(netUnits) + Int128(side == .buy ? units : 0 - units))
    }
}
