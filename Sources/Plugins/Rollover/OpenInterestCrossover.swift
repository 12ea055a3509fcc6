package import MunimKit

/// Rolls with the crowd: when the next contract has more open contracts than the present one, and at the latest some days before expiry.
package struct OpenInterestCrossover: RolloverPlugin {
    /// How far the next contract must lead, and when waiting ends.
    package struct Options: PluginOptions, Hashable {
        /// Roll when the next open interest is above the present one times this ratio.
        package var ratio: Ratio
        /// Roll in any case when at most so many trading days lie strictly between today and the expiry.
        package var latestDays: Int

        package init(ratio: Ratio = .one, latestDays: Int = 5) {
            self.ratio = ratio
            self.latestDays = latestDays
        }

        package init(from reader: inout OptionReader) {
            let standard = Options()
            ratio = reader.value(
                "ratio", .ratio.above(.zero, atMost: Ratio(whole: 100)), default: standard.ratio,
                summary: "Roll when the next open interest is above the present one times this ratio.")
            latestDays = reader.value(
                "latest_days", .integer.within(0...120), default: standard.latestDays, unit: "trading days",
                summary: "Roll in any case when at most so many trading days lie strictly between today and the expiry.")
        }
    }

    package static let manifest = PluginManifest(
        kind: .rollover, name: "open-interest-crossover", version: "1.0.0",
        summary: "Rolls when the next contract has the larger open interest, or at the latest some days before the expiry.")

    let options: Options

    package init(options: Options, context: PluginContext) { self.options = options }

    package func advice(on view: RolloverView) -> RolloverAdvice {
        guard view.tradingDaysLeft > options.latestDays else {
            return .roll("\(view.tradingDaysLeft) trading days before the expiry on \(view.expiry): the latest day for a roll has come")
        }
        guard let present = view.openInterest, let next = view.nextOpenInterest else {
            return .stay("open interest is not known; rolls \(options.latestDays) trading days before the expiry on \(view.expiry)")
        }
        let figures = "open interest \(present) now and \(next) in the next contract"
        let leads = Int128(next) * Int128(Ratio.unitsPerWhole) > Int128(present) * Int128(options.ratio.units)
        return leads ? .roll("\(figures), more than \(options.ratio) times") : .stay("\(figures), not more than \(options.ratio) times")
    }
}
