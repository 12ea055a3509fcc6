/// The three pure plugins that decide for one configured instrument.
public struct Desk: Sendable {
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
        var nearest = day
        for _ in 0..<6 {
            // Nearly always the first will do, so that no more than it and the one after it are asked for.
            let expiries = instrument.expiries(onOrAfter: nearest, count: 2)
            guard let expiry = expiries.first else { return nil }
            let left = max(0, instrument.tradingDays(from: day, to: expiry) - days)
            let view = RolloverView(day: day, expiry: expiry, nextExpiry: expiries.dropFirst().first, tradingDaysLeft: left)
            if !rollover.advice(on: view).isDue { return expiry }
            nearest = expiry.advanced(by: 1)
        }
        return nil
    }

    /// The expiry after `expiry`, nil when the instrument knows none.
    func expiry(after expiry: TradingDay) -> TradingDay? {
        instrument.expiries(onOrAfter: expiry.advanced(by: 1), count: 1).first
    }
}
