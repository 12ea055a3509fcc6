import MunimKit

/// The three pure plugins of an instrument entry, created.
struct ConstructedInstrument: Sendable {
    /// Contracts, lots, hours and stops.
    let instrument: any InstrumentPlugin
    /// How many lots.
    let sizing: any SizingPlugin
    /// When to leave a contract.
    let rollover: any RolloverPlugin

    /// Creates the plugins of an entry; throws the sentence of the first that cannot be created.
    init(_ entry: InstrumentConfiguration, context: PluginContext) throws(ConstructionFault) {
        instrument = try Self.make(entry.instrument, context)
        sizing = try Self.make(entry.sizing, context)
        rollover = try Self.make(entry.rollover, context)
    }

    /// The plugins under the name of their entry.
    func traded(named name: InstrumentName) -> TradedInstrument {
        TradedInstrument(name: name, instrument: instrument, sizing: sizing, rollover: rollover)
    }

    private static func make<Made>(_ chosen: ChosenPlugin, _ context: PluginContext) throws(ConstructionFault) -> Made {
        let plugin = try chosen.make(in: context)
        // The registry admits no plugin that does not conform to the protocol of its kind.
        guard let made = plugin as? Made else {
            throw ConstructionFault(chosen: chosen, message: "plugin \(chosen.name) does not conform to the protocol of its kind")
        }
        return made
    }
}

/// A plugin that refuses its options, with the section that chose it.
struct ConstructionFault: Error {
    let chosen: ChosenPlugin
    let message: String

    /// The fault of a configuration.
    func fault(in file: String) -> ConfigFault { ConfigFault(file: file, mark: chosen.mark, path: chosen.path, message: message) }
}

extension ChosenPlugin {
    /// Creates the plugin; throws its sentence.
    func make(in context: PluginContext) throws(ConstructionFault) -> any Plugin {
        do { return try prepared.make(in: context) } catch {
            throw ConstructionFault(chosen: self, message: "plugin \(name) refuses its options: \(error)")
        }
    }
}
