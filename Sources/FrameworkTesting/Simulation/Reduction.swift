public import MunimKit

extension Simulation {
    /// The instruments that runs may trade.
    public static let instruments = [SimulationStage.single, SimulationStage.synthetic, SimulationStage.sliced]

    /// What a smaller run has of the run of its seed; what is nil it has whole.
    ///
    /// Whatever the two runs have in common is drawn alike, and what only the smaller one has goes well.
    public struct Reduction: Hashable, Sendable {
        /// The signals that are sent, counted from 1.
        public var signals: Set<Int>?
        /// The single faults that happen, counted from 1 in the order in which they happened.
        public var faults: Set<Int>?
        /// How many processes there are.
        public var instances: Int?
        /// The instruments that are configured.
        public var instruments: Set<InstrumentName>?

        /// Everything.
        public init() {}
    }
}
