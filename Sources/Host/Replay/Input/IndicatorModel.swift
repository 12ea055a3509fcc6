import MunimKit

/// Indicators for trade lists, which have none: results of such a run measure the engine, not the strategy.
struct IndicatorModel: Equatable, Sendable {
    /// Average true range as a share of the price.
    let volatility: Ratio
    /// Distance of the stop in average true ranges.
    let stopMultiple: Ratio
    /// Efficiency ratio of every signal.
    let efficiencyRatio: Ratio

    /// The model of an instrument: 0.8 % of the price, 1 % for silver, 1.5 % for copper.
    init(instrument: InstrumentName, stopMultiple: Ratio) {
        let shares = [("SILVER", Ratio(units: 10_000)), ("COPPER", Ratio(units: 15_000))]
        volatility = shares.first { instrument.text.uppercased().hasPrefix($0.0) }?.1 ?? Ratio(units: 8_000)
        self.stopMultiple = stopMultiple
        efficiencyRatio = Ratio(units: 850_000)
    }

    /// Average true range at a price; at least one ten-thousandth.
    func averageTrueRange(at price: Price) -> Price { max(Price(units: 1), (try? price.times(volatility)) ?? price) }

    /// The stop of an entry; above zero and below the price.
    func stop(below price: Price, averageTrueRange: Price) -> Price {
        let distance = max(Price(units: 1), (try? averageTrueRange.times(stopMultiple)) ?? averageTrueRange)
        return max(Price(units: 1), (try? price.subtracting(distance)) ?? Price(units: 1))
    }
}
