package import MunimKit

/// Takes the sender's own size; for replays, and for senders that know the account.
package struct AsSignalled: SizingPlugin {
    package static let manifest = PluginManifest(
        kind: .sizing, name: "as-signalled", version: "1.0.0", summary: "The lots that the signal carries, unchanged.")

    package init(options: NoOptions, context: PluginContext) {}

    package func size(_ request: SizingRequest) throws(Overflow) -> SizingDecision {
        let signal = SizingConstraint(name: "signal", quotient: try FractionalLots(request.suggestedLots), lots: request.suggestedLots)
        return SizingDecision(rule: Self.manifest.name, lots: request.suggestedLots, limiter: signal.name, constraints: [signal])
    }
}
