extension InstrumentTemplate {
    /// The instrument itself: a future that expires on the last weekday of each month.
    var instrument: String {
        """
        public import MunimKit

        /// A future that expires on the last weekday of each month. Replace its numbers by those of your contract.
        public struct \(type): InstrumentPlugin {
            /// What an entry of a configuration may say.
            public struct Options: PluginOptions {
                let margin: Money

                /// Reads them, or their defaults.
                public init(from reader: inout OptionReader) {
                    margin = reader.value(
                        "margin_per_lot", .money.above(.zero), default: Money(whole: 100_000), summary: "Margin that one lot needs.")
                }
            }

            /// What configurations call it.
            public static let manifest = PluginManifest(
                kind: .instruments, name: "\(name)", version: "0.1.0", summary: "A future that expires on the last weekday of each month.")
            private let options: Options

            /// An instrument with its options.
            public init(options: Options, context: PluginContext) { self.options = options }

            /// Size, margin, stops and pyramids of a day.
            public func terms(on day: TradingDay) -> InstrumentTerms {
                InstrumentTerms(
                    pointValue: PointValue(whole: 10), unitsPerLot: 1, marginPerLot: options.margin,
                    initialStopMultiple: Ratio(whole: 2), trailingStopMultiple: Ratio(whole: 3), maximumPyramids: 5,
                    pyramidSpacing: Ratio(units: 500_000), barLength: .minutes(60))
            }

            /// When the exchange is open on a day.
            public func schedule(on day: TradingDay) -> DaySchedule {
                guard !day.weekday.isWeekend else { return .closed("weekend") }
                return .open([Session(open: TimeOfDay(secondsSinceMidnight: 9 * 3_600), close: TimeOfDay(secondsSinceMidnight: 17 * 3_600))])
            }

            /// Add your exchange's holidays to the schedule, and answer here for which years they are complete.
            public func knowsCalendar(of day: TradingDay) -> Bool { false }

            /// The next last trading days, earliest first.
            public func expiries(onOrAfter day: TradingDay, count: Int) -> [TradingDay] {
                var expiries: [TradingDay] = []
                var (year, month, _) = day.date
                while expiries.count < count, (1...9_999).contains(year) {
                    if let expiry = expiry(year: year, month: month), expiry >= day { expiries.append(expiry) }
                    (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
                }
                return expiries
            }

            /// The one contract of an expiry; throws when there is none on that day.
            public func structure(expiry: TradingDay, price: Price, on day: TradingDay) throws(InstrumentFault) -> Structure {
                let (year, month, _) = expiry.date
                guard expiry >= day, self.expiry(year: year, month: month) == expiry else { throw .noSuchExpiry(expiry) }
                let names = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
                let contract = Contract(
                    venue: "MCX", root: "\(root)", kind: .future, expiry: expiry,
                    symbol: "\(root)\\(expiry.description.dropFirst(2).prefix(2))\\(names[month - 1])FUT", unitsPerLot: 1,
                    tick: Tick(units: 10_000))
                return Structure(
                    legs: [StructureLeg(role: .future, contract: contract, openingSide: .buy)], expiry: expiry,
                    pointValue: PointValue(whole: 10))
            }

            /// The last trading day of a month.
            private func expiry(year: Int, month: Int) -> TradingDay? {
                var day = TradingDay(year: year, month: month, day: TradingDay.length(ofMonth: month, year: year))
                while let last = day, schedule(on: last).sessions.isEmpty { day = last.advanced(by: -1) }
                return day
            }
        }

        """
    }
}
