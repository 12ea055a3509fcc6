package import MunimKit

/// Trades the same number of lots whatever the signal and the account say.
package struct FixedLots: SizingPlugin {
    /// How many lots.
    package struct Options: PluginOptions, Hashable {
        /// Lots of a base entry.
        package var lots: Lots
        /// Lots of each pyramid; the lots of a base entry when nil.
        package var pyramidLots: Lots?

        package init(lots: Lots, pyramidLots: Lots? = nil) {
            self.lots = lots
            self.pyramidLots = pyramidLots
        }

        package init(from reader: inout OptionReader) {
            let range = Lots.zero...Lots(10_000)
            lots = reader.value("lots", .lots.within(range), default: Lots(1), summary: "Lots of each base entry.")
            pyramidLots = reader.optional(
                "pyramid_lots", .lots.within(range), summary: "Lots of each pyramid; as many as `lots` when absent.")
        }
    }

    package static let manifest = PluginManifest(
        kind: .sizing, name: "fixed-lots", version: "1.0.0", summary: "A fixed number of lots for each entry.")

    let options: Options

    package init(options: Options, context: PluginContext) { self.options = options }

    package func size(_ request: SizingRequest) throws(Overflow) -> SizingDecision {
        let lots = request.pyramid == nil ? options.lots : options.pyramidLots ?? options.lots
        let fixed = SizingConstraint(name: "fixed", quotient: try FractionalLots(lots), lots: lots)
        return SizingDecision(rule: Self.manifest.name, lots: lots, limiter: fixed.name, constraints: [fixed])
    }
}
