package import MunimKit

/// Rolls before the days in which a seller may tender delivery, for contracts that end in goods.
package struct TenderPeriod: RolloverPlugin {
    /// Where the tender period begins and how long before it to leave.
    package struct Options: PluginOptions, Hashable {
        /// The tender period begins so many trading days before the expiry.
        package var tenderDays: Int
        /// The roll is due so many trading days before the tender period begins.
        package var leadDays: Int

        package init(tenderDays: Int = 5, leadDays: Int = 3) {
            self.tenderDays = tenderDays
            self.leadDays = leadDays
        }

        package init(from reader: inout OptionReader) {
            let standard = Options()
            tenderDays = reader.value(
                "tender_days", .integer.within(1...60), default: standard.tenderDays, unit: "trading days",
                summary: "The tender period begins so many trading days before the expiry.")
            leadDays = reader.value(
                "lead_days", .integer.within(0...60), default: standard.leadDays, unit: "trading days",
                summary: "The roll is due so many trading days before the tender period begins.")
        }
    }

    package static let manifest = PluginManifest(
        kind: .rollover, name: "tender-period", version: "1.0.0", summary: "Rolls some trading days before the tender period begins.")

    let options: Options

    package init(options: Options, context: PluginContext) { self.options = options }

    /// With none strictly between, the expiry is one trading day away.
    package func advice(on view: RolloverView) -> RolloverAdvice {
        let distance = view.tradingDaysLeft < Int.max ? view.tradingDaysLeft + 1 : Int.max
        let tender = "the tender period begins \(options.tenderDays) trading days before the expiry on \(view.expiry)"
        guard distance <= options.tenderDays + options.leadDays else {
            return .stay("\(tender), which is \(distance) trading days away")
        }
        return .roll("\(tender), which is \(distance) trading days away: the position leaves \(options.leadDays) trading days earlier")
    }
}
