package import MunimKit

/// Everything that an instrument is, as data: what the options of an entry and the numbers of a preset have in common.
package struct InstrumentFacts: Hashable, Sendable {
    /// What a position consists of.
    package enum Form: Hashable, Sendable {
        /// One future.
        case future
        /// A long call and a short put of one strike on this grid.
        case synthetic(StrikeGrid)
    }

    /// How a position is made of contracts.
    package var form: Form
    /// The exchange segment as the broker names it.
    package var venue: String
    /// The root of the contract family.
    package var root: String
    /// How symbols are spelled.
    package var symbol: SymbolPattern
    /// Units in which the broker counts one lot.
    package var unitsPerLot: DatedTable<LotSize>
    /// Money per point per lot.
    package var pointValue: DatedTable<PointValue>
    /// Margin that one lot needs.
    package var marginPerLot: DatedTable<Money>
    /// The largest quantity of one order; nil where it is not known.
    package var freezeQuantity: DatedTable<Quantity?>
    /// The smallest price step.
    package var tick: Tick
    /// The contracts in time, with the calendar.
    package var months: ContractMonths
    /// Initial stop in multiples of the average true range.
    package var initialStop: Ratio
    /// Trailing stop in multiples of the average true range.
    package var trailingStop: Ratio
    /// How many pyramids may stand on a base.
    package var maximumPyramids: Int
    /// Least distance between layers in multiples of the average true range.
    package var pyramidSpacing: Ratio
    /// Length of one bar of the sender.
    package var barLength: Span

    /// An option and what is wrong with it, where options contradict each other; nil when they do not.
    package var fault: (option: String, sentence: String)? {
        if let fault = months.fault { return ("expiries", fault) }
        if case .synthetic = form, !symbol.names([.strike, .right]) {
            return ("symbol", "expected a pattern with {strike} and {right}, found \(symbol)")
        }
        return nil
    }
}
