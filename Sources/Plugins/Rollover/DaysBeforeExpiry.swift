package import MunimKit

/// Rolls when few trading days are left.
package struct DaysBeforeExpiry: RolloverPlugin {
    /// When to roll.
    package struct Options: PluginOptions, Hashable {
        /// Roll when at most so many trading days lie strictly between today and the expiry.
        package var days: Int

        package init(days: Int = 5) { self.days = days }

        package init(from reader: inout OptionReader) {
            days = reader.value(
                "days", .integer.within(0...120), default: Options().days, unit: "trading days",
                summary: "Roll when at most so many trading days lie strictly between today and the expiry.")
        }
    }

    package static let manifest = PluginManifest(
        kind: .rollover, name: "days-before-expiry", version: "1.0.0", summary: "Rolls a fixed number of trading days before the expiry.")

    let options: Options

    package init(options: Options, context: PluginContext) { self.options = options }

    package func advice(on view: RolloverView) -> RolloverAdvice {
        let left = "\(view.tradingDaysLeft) trading days before the expiry on \(view.expiry)"
        guard view.tradingDaysLeft <= options.days else { return .stay("\(left), rolls at \(options.days)") }
        return .roll("\(left), at most \(options.days) are allowed")
    }
}
