import MunimKit

/// Creates every plugin, which opens nothing, and holds what they say of themselves against the configuration; runs the examples of instruments.
struct ConstructionCheck: Sendable {
    /// What plugins are created with; the name is replaced by that of each entry.
    let context: PluginContext

    /// The faults of a configuration whose options have none.
    func faults(of configuration: HostConfiguration, in file: String) -> [ConfigFault] {
        var faults = brokerFaults(of: configuration, in: file)
        for chosen in [configuration.storage, configuration.coordination] + configuration.alerts {
            do { _ = try chosen.make(in: named(chosen.name)) } catch { faults.append(error.fault(in: file)) }
        }
        for entry in configuration.instruments {
            do {
                let constructed = try ConstructedInstrument(entry, context: named(entry.name.text))
                faults += entry.tests.flatMap {
                    InstrumentTestRun(test: $0, instrument: constructed, policy: configuration.policy).faults(in: file)
                }
            } catch { faults.append(error.fault(in: file)) }
        }
        return faults
    }

    /// The holidays that instruments should know by now and do not, at the entries.
    func calendarGaps(of configuration: HostConfiguration, in file: String) -> [ConfigFault] {
        let day = TradingDay(of: context.clock.now())
        return configuration.instruments.flatMap { entry -> [ConfigFault] in
            guard let traded = try? ConstructedInstrument(entry, context: named(entry.name.text)).traded(named: entry.name) else {
                return []
            }
            return traded.calendarGaps(on: day).map {
                ConfigFault(
                    file: file, mark: entry.instrument.mark, path: entry.instrument.path, message: "\($0); \(CalendarGap.advice)")
            }
        }
    }

    private func brokerFaults(of configuration: HostConfiguration, in file: String) -> [ConfigFault] {
        let chosen = configuration.broker
        do {
            guard let broker = try chosen.make(in: named(chosen.name)) as? any BrokerPlugin else { return [] }
            let isLive = configuration.instance.mode == .live
            guard broker.traits.isLive != isLive else { return [] }
            let message =
                isLive
                ? "instance.mode is live but broker \(chosen.name) trades no real money: expected a live broker, or mode: paper"
                : "broker \(chosen.name) trades real money but instance.mode is paper: expected mode: live, or the paper broker"
            return [ConfigFault(file: file, mark: chosen.mark, path: chosen.path, message: message)]
        } catch { return [error.fault(in: file)] }
    }

    private func named(_ name: String) -> PluginContext {
        var context = context
        context.name = name
        return context
    }
}
