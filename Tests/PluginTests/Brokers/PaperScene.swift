import MunimKit

/// Made-up contracts and instants that the tests of the paper broker share.
enum PaperScene {
    /// 09:30 on the exchange's clock, on a Friday.
    static let morning = TradingDay(daysSinceEpoch: 20_420).instant(at: TimeOfDay(secondsSinceMidnight: 34_200))
    static let expiry = TradingDay(daysSinceEpoch: 20_450)

    static func future(_ symbol: String = "ALPHAFUT", lot: LotSize = 10, freeze: Int64? = 1_000) -> Contract {
        Contract(
            venue: "X", root: "ALPHA", kind: .future, expiry: expiry, symbol: symbol, unitsPerLot: lot, tick: Tick(units: 500),
            freezeQuantity: freeze.map { Quantity($0) })
    }

    static func option(_ kind: ContractKind, _ symbol: String, tick: Int64 = 500) -> Contract {
        Contract(
            venue: "X", root: "BETA", kind: kind, expiry: expiry, symbol: symbol, unitsPerLot: 30, tick: Tick(units: tick),
            freezeQuantity: Quantity(900))
    }

    static func outright(_ contract: Contract = future()) -> Structure {
        Structure(
            legs: [StructureLeg(role: .future, contract: contract, openingSide: .buy)], expiry: expiry,
            pointValue: PointValue(whole: Int(contract.unitsPerLot.count)))
    }

    /// A bought call and a sold put.
    static func synthetic(strike: Price, tick: Int64 = 500) -> Structure {
        let call = option(.call(strike: strike), "BETA\(strike)CE", tick: tick)
        let put = option(.put(strike: strike), "BETA\(strike)PE", tick: tick)
        return Structure(
            legs: [
                StructureLeg(role: .put, contract: put, openingSide: .sell), StructureLeg(role: .call, contract: call, openingSide: .buy),
            ], expiry: expiry, strike: strike, pointValue: PointValue(whole: 30))
    }

    static func price(_ whole: Int, _ units: Int64 = 0) -> Price { Price(units: Int64(whole) * 10_000 + units) }

    static func observation(_ price: Price, _ structure: Structure = outright(), at instant: Instant = morning) -> PriceObservation {
        PriceObservation(instrument: "ALPHA", price: price, structure: structure, at: instant)
    }

    static func request(
        _ tag: Tag = "T1", _ side: Side = .buy, _ quantity: Int64 = 20, limit: Price? = nil, _ contract: Contract = future()
    ) -> OrderRequest {
        OrderRequest(tag: tag, contract: contract, side: side, quantity: Quantity(quantity), limit: limit)
    }
}

extension PlaceOutcome {
    /// The report of an accepted order, or nil.
    var report: OrderReport? { if case .accepted(let report) = self { report } else { nil } }
    /// The sentence of a refusal, or nil.
    var refusal: String? { if case .rejected(let reason) = self { reason } else { nil } }
    /// Whether nobody knows.
    var isUnknown: Bool { if case .unknown = self { true } else { false } }
}
