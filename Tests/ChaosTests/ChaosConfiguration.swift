/// A configuration with short times, so that what is unknown is known soon.
enum ChaosConfiguration {
    static func text(port: UInt16, instruments: [(name: String, preset: String)]) -> String {
        let entries = instruments.map {
            "  \($0.name):\n    use: \($0.preset)\n    sizing: { use: fixed-lots, lots: 1, pyramid_lots: 1 }\n    rollover: { use: never }"
        }
        return """
            instance: { name: chaos }
            http: { listen: "127.0.0.1:\(port)" }
            storage: { use: sqlite }
            broker: { use: paper, horizon: 300ms }
            risk:
              initial_capital: 100000000
              limits: { positions: 1000 }
              signals: { sessions: ignored, duplicate_window: 0s, attempts: 100 }
              orders: { resolution: [100ms, 200ms, 400ms, 600ms, 800ms, 1s], resolution_interval: 500ms, poll_interval: 100ms }
            instruments:
            \(entries.joined(separator: "\n"))
            """
    }
}
