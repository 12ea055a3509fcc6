import MunimKit

/// The prices that the legs of a structure have when the whole trades at one price.
enum PaperPricing {
    /// Calls `body` with each leg's contract and price.
    ///
    /// A future has the price itself. Options have their intrinsic value plus one time value common to all legs, so that strike + call − put is the
    /// price exactly. The time value falls with the distance from the strike, is at least one tick, and is a multiple of every leg's tick; a price
    /// that is not on a tick leaves its remainder in the option that is in the money, because the identity counts more than the tick.
    static func price(_ structure: Structure, at price: Price, timeValue: Ratio, _ body: (Contract, Price) -> Void) {
        guard price > .zero else { return }
        let step = commonTick(structure)
        for leg in structure.legs {
            switch leg.contract.kind {
            case .future: body(leg.contract, price)
            case .call(let strike):
                guard let value = option(price, strike, step: step, timeValue: timeValue)?.call else { continue }
                body(leg.contract, value)
            case .put(let strike):
                guard let value = option(price, strike, step: step, timeValue: timeValue)?.put else { continue }
                body(leg.contract, value)
            }
        }
    }

    /// The prices of the call and the put with one strike; nil when they leave the range of prices.
    static func option(_ price: Price, _ strike: Price, step: Price, timeValue: Ratio) -> (call: Price, put: Price)? {
        guard let distance = try? price.subtracting(strike), let atTheMoney = try? price.times(timeValue) else { return nil }
        let decayed = Int128(atTheMoney.units) - Int128(distance.units.magnitude / 2)
        let steps = max(1, decayed.divided(by: Int128(step.units), rounding: .halfAwayFromZero))
        guard let time = try? Price(wide: steps * Int128(step.units)),
            let inTheMoney = try? time.adding(Price(wide: Int128(distance.units.magnitude)))
        else { return nil }
        return distance >= .zero ? (inTheMoney, time) : (time, inTheMoney)
    }

    /// The smallest step that is a multiple of the tick of every option leg.
    static func commonTick(_ structure: Structure) -> Price {
        var step: Int64 = 1
        for leg in structure.legs where leg.contract.kind != .future {
            let tick = leg.contract.tick.units
            let (product, overflowed) = (step / divisor(step, tick)).multipliedReportingOverflow(by: tick)
            if !overflowed { step = product }
        }
        return Price(units: step)
    }

    private static func divisor(_ left: Int64, _ right: Int64) -> Int64 { right == 0 ? left : divisor(right, left % right) }
}
