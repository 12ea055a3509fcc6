public import MunimKit

/// Every point of a scenario at which the deciding process can die: before and after each commit and each call.
public struct CrashMatrix: Sendable {
    /// What came of the deaths of one scenario.
    public struct Row: Sendable {
        /// The scenario.
        public var scenario: String
        /// Steps that somebody performs when nobody dies.
        public var steps = 0
        /// Runs, each with one death or two.
        public var runs = 0
        /// Runs in which every promise was kept and everything came to rest.
        public var recovered = 0
        /// The longest virtual time from the last death to rest.
        public var worst = Span.zero
        /// What was seen on the way; see ``Simulation/Outcome/marks``.
        public var marks: Set<String> = []
        /// The first broken promise of each run that broke one, with the death that led to it.
        public var breaches: [String] = []
    }

    /// The scenario.
    public let scenario: Scenario
    /// What all its runs have in common.
    private let whole: Simulation.Plan
    private let endsAtFirst: Bool

    /// The deaths of a scenario.
    public init(_ scenario: Scenario, instances: Int = 3) {
        self.init(scenario, like: Simulation.Plan(seed: 1, instances: instances))
    }

    /// The deaths of a scenario with the processes and the bug of a plan; until one is not recovered from when `endsAtFirst`.
    public init(_ scenario: Scenario, like plan: Simulation.Plan, endsAtFirst: Bool = false) {
        self.scenario = scenario
        self.endsAtFirst = endsAtFirst
        whole = plan
    }

    /// One death at every point, with each way to go on.
    public func single() async -> Row {
        var row = await row()
        guard row.breaches.isEmpty else { return row }
        for step in 1...max(1, row.steps) {
            for isDone in [false, true] {
                for recovery in Simulation.Recovery.allCases {
                    if endsAtFirst, !row.breaches.isEmpty { return row }
                    await run([Simulation.Death(step: step, isDone: isDone)], recovery, &row)
                }
            }
        }
        return row
    }

    /// A second death at every point of the recovery from each first one.
    public func pairs() async -> Row {
        var row = await row()
        guard row.breaches.isEmpty else { return row }
        for step in 1...max(1, row.steps) {
            for second in 1...200 {
                if endsAtFirst, !row.breaches.isEmpty { return row }
                let deaths = [Simulation.Death(step: step, isDone: true), Simulation.Death(step: second, isDone: second % 2 == 0)]
                guard await run(deaths, .both, &row) == deaths.count else { break }
            }
        }
        return row
    }

    private func plan(_ deaths: [Simulation.Death], _ recovery: Simulation.Recovery) -> Simulation.Plan {
        var plan = Simulation.Plan(seed: 1, signals: 0, instances: whole.instances, faults: [])
        #if DEBUG || MUTANTS
            plan.mutant = whole.mutant
        #endif
        plan.scenario = scenario
        plan.deaths = deaths
        plan.recovery = recovery
        return plan
    }

    private func row() async -> Row {
        let outcome = await Simulation(plan([], .both)).run()
        return Row(scenario: scenario.name, steps: outcome.steps, marks: outcome.marks, breaches: outcome.breaches)
    }

    /// Runs with some deaths; answers how many of them happened.
    @discardableResult
    private func run(_ deaths: [Simulation.Death], _ recovery: Simulation.Recovery, _ row: inout Row) async -> Int {
        let outcome = await Simulation(plan(deaths, recovery)).run()
        row.runs += 1
        row.marks.formUnion(outcome.marks)
        row.worst = max(row.worst, outcome.recovery ?? .zero)
        if let breach = outcome.breaches.first {
            let points = deaths.map { "\($0.isDone ? "after" : "before") step \($0.step)" }.joined(separator: ", then ")
            row.breaches.append("death \(points), \(recovery.rawValue): \(breach)")
        } else {
            row.recovered += 1
        }
        return outcome.deaths
    }
}
