import MunimKit

extension CommandInput {
    /// The storage that a configuration names, not opened.
    func storage(of configuration: HostConfiguration) throws(CommandFailure) -> any StoragePlugin {
        let context = PluginContext(name: "storage", clock: world.clock, directory: configuration.instance.data)
        do throws(ConstructionFault) {
            guard let store = try configuration.storage.make(in: context) as? any StoragePlugin else {
                throw ConstructionFault(chosen: configuration.storage, message: "\(configuration.storage.name) is no storage plugin")
            }
            return store
        } catch { throw .usage(error.message) }
    }

    /// What `body` finds in the records, which a host may be writing meanwhile; nothing is changed.
    func reading<Answer>(
        _ configuration: HostConfiguration, _ body: (any StoragePlugin) async throws -> Answer
    ) async throws(CommandFailure) -> Answer {
        guard let store = try storage(of: configuration) as? any ReadableBesideHost else {
            throw .failed("the records of storage \(configuration.storage.name) can only be asked for at the host that keeps them")
        }
        do {
            try await store.startReading()
            let answer = try await body(store)
            await store.stop()
            return answer
        } catch {
            await store.stop()
            throw (error as? CommandFailure) ?? .failed("\(error)")
        }
    }

    /// The instruments of a configuration with their plugins.
    func tradedInstruments(of configuration: HostConfiguration) throws(CommandFailure) -> [TradedInstrument] {
        var tradedInstruments: [TradedInstrument] = []
        for entry in configuration.instruments {
            do throws(ConstructionFault) {
                let made = try ConstructedInstrument(entry, context: PluginContext(name: entry.name.text, clock: world.clock))
                tradedInstruments.append(made.traded(named: entry.name))
            } catch { throw .usage(error.message) }
        }
        return tradedInstruments
    }

    /// The instrument that `--instrument` names; throws the nearest known word when it is not configured.
    func instrument(in configuration: HostConfiguration) throws(CommandFailure) -> InstrumentName? {
        guard let name = values["instrument"] else { return nil }
        let known = configuration.instruments.map(\.name.text)
        guard known.contains(name) else { throw .usage(Vocabulary(known).unknown("instrument", name)) }
        return InstrumentName(name)
    }
}

extension CommandOption {
    /// Only one instrument.
    static let instrument = CommandOption(name: "instrument", value: "NAME", summary: "Only this instrument.")
    /// How many rows.
    static let limit = CommandOption(name: "limit", value: "COUNT", summary: "At most so many, newest first; 20 when left out.")
}

/// Times as people at the exchange read them.
enum ExchangeTime {
    /// `2025-11-28 09:16:05`, on the exchange's clock.
    static func text(_ instant: Instant) -> String { "\(TradingDay(of: instant)) \(TimeOfDay(of: instant).text)" }
    /// The same, or a hyphen.
    static func text(_ instant: Instant?) -> String { instant.map { text($0) } ?? "-" }
}
