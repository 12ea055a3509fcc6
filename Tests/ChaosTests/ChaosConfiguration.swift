import MunimKit

/// A configuration with short times, so that what is unknown is known soon.
struct ChaosConfiguration {
    /// Names with the presets that they use.
    var instruments: [(name: String, preset: String)]
    /// The rollover rule of every instrument.
    var rollover = "use: never"
    /// What the broker does wrong, in its own words.
    var faults = ""
    /// Processes that may end deciding a signal.
    var attempts = 100

    /// A host with one instrument of two legs.
    static var twoLegs: ChaosConfiguration { ChaosConfiguration(instruments: [(name: "NIFTY", preset: "bank-nifty")]) }

    /// The file, for a host that listens at `port`.
    func text(port: UInt16) -> String {
        // No host alerts about its calendar, whenever the tests run.
        let year = TradingDay(of: SystemClock().now()).date.year
        let entries = instruments.map {
            """
              \($0.name):
                use: \($0.preset)
                known_years: [\(year), \(year + 1)]
                sizing: { use: fixed-lots, lots: 1, pyramid_lots: 1 }
                rollover: { \(rollover) }
            """
        }
        return """
            instance: { name: chaos }
            http: { listen: "127.0.0.1:\(port)", operator_token: a-token-for-operators }
            storage: { use: sqlite }
            broker: { use: paper, horizon: 100ms, slippage: 2 ticks, faults: "\(faults)" }
            risk:
              initial_capital: 100000000
              charge_rate: 0.01%
              limits: { positions: 1000 }
              signals: { sessions: ignored, duplicate_window: 0s, attempts: \(attempts) }
              orders:
                { resolution: [50ms, 110ms, 160ms, 300ms], resolution_interval: 200ms, poll_interval: 100ms, retry: [100ms, 1s],
                  empty_book_horizon: 1s }
            instruments:
            \(entries.joined(separator: "\n"))
            """
    }
}
