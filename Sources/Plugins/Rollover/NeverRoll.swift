package import MunimKit

/// Holds every contract to its end; for contracts that settle in money and for replays of one endless series.
package struct NeverRoll: RolloverPlugin {
    package static let manifest = PluginManifest(
        kind: .rollover, name: "never", version: "1.0.0", summary: "Never rolls; the position is held until it is closed.")

    package init(options: NoOptions, context: PluginContext) {}

    package func advice(on view: RolloverView) -> RolloverAdvice { .stay("this instrument is never rolled") }
}
