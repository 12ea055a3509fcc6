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

    /// A new open order with the next number.
    mutating func number(_ request: OrderRequest, _ listing: Int, at instant: Instant) -> PaperOrder {
        let report = OrderReport(
            orderID: PaperNumber.order(dayPrefix, nextOrder), tag: request.tag, symbol: request.contract.symbol, side: request.side,
            quantity: request.quantity, state: .open, updatedAt: instant)
        defer { nextOrder += 1 }
        return PaperOrder(number: nextOrder, day: day, report: report, limit: request.limit, listing: listing)
    }

    /// Fills a new order as far as price and portion allow; the rest waits.
    mutating func match(_ order: inout PaperOrder, _ portion: PaperPortion, at instant: Instant) {
        guard let mark = listings[order.listing].mark, isCrossed(order, by: mark) else { return }
        switch portion {
        case .whole: fill(&order, order.rest, against: mark, at: instant)
        case .part:
            let lot = listings[order.listing].contract?.unitsPerLot.count ?? 1
            fill(&order, order.rest / lot / 2 * lot, against: mark, at: instant)
        }
    }

    /// Remembers an order as it is now, or forgets it when it has ended.
    mutating func put(_ order: PaperOrder) {
        let known = open.removeValue(forKey: order.number)
        if !order.report.state.isTerminal { open[order.number] = order }
        switch (known?.report.state == .open, order.report.state == .open) {
        case (false, true): listings[order.listing].resting.append(order.number)
        case (true, false): listings[order.listing].resting.removeAll { $0 == order.number }
        case (true, true), (false, false): break
        }
    }

    /// Sets a price and fills the orders that it crosses, unless the market is closed.
    mutating func mark(_ listing: Int, _ price: Price, at instant: Instant, _ changed: inout [PaperOrder]) {
        listings[listing].mark = price
        listings[listing].markedAt = instant
        guard !listings[listing].resting.isEmpty, terms.isOpen(at: instant) else { return }
        for number in listings[listing].resting {
            guard var order = open[number], isCrossed(order, by: price) else { continue }
            fill(&order, order.rest, against: order.limit ?? price, isResting: true, at: instant)
            put(order)
            changed.append(order)
        }
    }

    private func isCrossed(_ order: PaperOrder, by mark: Price) -> Bool {
        guard let limit = order.limit else { return true }
        let opposite = terms.opposite(mark, order.report.side, tick: tick(order.listing))
        return order.report.side == .buy ? opposite <= limit : opposite >= limit
    }

    /// Books one trade of `units` against the market at `mark`; a limit bounds the price.
    mutating func fill(_ order: inout PaperOrder, _ units: Int64, against mark: Price, isResting: Bool = false, at instant: Instant) {
        guard units > 0 else { return }
        let side = order.report.side
        var price = terms.marketPrice(mark, side, tick: tick(order.listing))
        if let limit = order.limit { price = isResting ? limit : side == .buy ? min(price, limit) : max(price, limit) }
        let id = TradeID(PaperNumber.text(dayPrefix, nextTrade, isTrade: true))
        nextTrade += 1
        order.report.fills.append(Fill(id: id, quantity: Quantity(units), price: price, at: instant))
        order.report.updatedAt = instant
        order.filled += units
        if order.rest == 0 { order.report.state = .filled }
        listings[order.listing].post(units, side, at: price, charges: terms.charges)
    }

    /// Ends an open order; what was filled stays.
    mutating func end(_ order: PaperOrder, _ reason: String, as state: BrokerOrderState = .cancelled, at instant: Instant) -> PaperOrder {
        var order = order
        order.report.state = state
        order.report.message = reason
        order.report.updatedAt = max(instant, order.report.updatedAt)
        put(order)
        return order
    }

    /// An order that has not ended.
    func openOrder(_ id: BrokerOrderID) -> PaperOrder? {
        guard let number = PaperNumber.number(of: id), let order = open[number], order.report.orderID == id else { return nil }
        return order
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
