/// The three pure plugins that decide for one configured instrument.
public struct TradedInstrument: Sendable {
    /// The instrument's configured name.
    public let name: InstrumentName
    /// Contracts, lots, hours and stops.
    public let instrument: any InstrumentPlugin
    /// How many lots.
    public let sizing: any SizingPlugin
    /// When to leave a contract.
    public let rollover: any RolloverPlugin

    /// Puts three plugins together under a name.
    public init(name: InstrumentName, instrument: any InstrumentPlugin, sizing: any SizingPlugin, rollover: any RolloverPlugin) {
        self.name = name
        self.instrument = instrument
        self.sizing = sizing
        self.rollover = rollover
    }

    /// The first expiry that the rollover rule would not leave within `days` trading days; nil when there is none among the next six.
    public func entryExpiry(on day: TradingDay, avoidingDays days: Int) -> TradingDay? {
        // Nearly always the first will do, so that six are asked for only when it does not.
        let nearest = instrument.expiries(onOrAfter: day, count: 2)
        if let first = nearest.first, !isDue(first, before: nearest.dropFirst().first, on: day, avoidingDays: days) { return first }
        let expiries = instrument.expiries(onOrAfter: day, count: 6)
        return expiries.indices.dropFirst()
            .first { index in
                let next = index + 1 < expiries.count ? expiries[index + 1] : nil
                return !isDue(expiries[index], before: next, on: day, avoidingDays: days)
            }
            .map { expiries[$0] }
    }

    /// Whether the rule leaves an expiry on `day` or on one of the `days` trading days after it, each asked as the day that it is.
    private func isDue(_ expiry: TradingDay, before next: TradingDay?, on day: TradingDay, avoidingDays days: Int) -> Bool {
        var left = instrument.tradingDays(from: day, to: expiry)
        var day = day
        for ahead in 0...max(0, days) {
            if rollover.advice(on: RolloverView(day: day, expiry: expiry, nextExpiry: next, tradingDaysLeft: left)).isDue { return true }
            guard ahead < days, day < expiry else { return false }
            repeat { day = day.advanced(by: 1) } while day < expiry && instrument.schedule(on: day).sessions.isEmpty
            left = max(0, left - 1)
        }
        return false
    }

    /// The expiry after `expiry`, nil when the instrument knows none.
    func expiry(after expiry: TradingDay) -> TradingDay? {
        instrument.expiries(onOrAfter: expiry.advanced(by: 1), count: 1).first
    }
}
