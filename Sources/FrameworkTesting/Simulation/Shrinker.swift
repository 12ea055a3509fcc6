public import MunimKit

/// Looks for the smallest part of a failing run that still breaks the same promise, by leaving things out as long as it does.
///
/// First signals are left out, then kinds of faults, single faults, processes and instruments, over and over until nothing can go. Each attempt is
/// one run, and the same plan always leads to the same part.
public struct Shrinker {
    /// What is left, and how it was found.
    public struct Result: Sendable {
        /// The plan with what is left of it.
        public var plan: Simulation.Plan
        /// The promise that is broken, as its number.
        public var promise: String
        /// The sentence of the smallest run.
        public var breach: String
        /// The signals that are left.
        public var signals: [(number: Int, signal: Signal)] = []
        /// The single faults that are left.
        public var faults: [(number: Int, fault: Fault, at: Instant)] = []
        /// The single faults of the whole run.
        public var faultsOfWhole: Int
        /// The instruments of the whole run.
        public var instrumentsOfWhole: Int
        /// How many runs it took.
        public var runs: Int
    }

    /// How far it is.
    public struct Progress: Sendable {
        /// Runs so far.
        public var runs = 0
        /// Signals that are left.
        public var signals = 0
        /// Single faults that are left.
        public var faults = 0
    }

    private let plan: Simulation.Plan
    private let mostRuns: Int
    private let onProgress: (Progress) -> Void
    private var tape = Tape()
    private var promise = ""
    private var reduction = Simulation.Reduction()
    private var best: Simulation.Outcome?
    private var runs = 0

    /// A search from a failing run; it ends with what it has after `mostRuns` runs.
    public init(_ plan: Simulation.Plan, mostRuns: Int = 5_000, onProgress: @escaping (Progress) -> Void = { _ in }) {
        self.plan = plan
        self.mostRuns = mostRuns
        self.onProgress = onProgress
    }

    /// The number of a broken promise, by which two are the same.
    public static func promise(of breach: String) -> String {
        let parts = breach.split(separator: ":").map { $0.drop { $0 == " " } }
        guard parts.count > 1, ["rest", "own"].contains(parts[0]) else { return String(parts.first ?? "") }
        return "\(parts[0]): \(parts[1])"
    }

    /// Searches; nil when the plan breaks no promise.
    public mutating func run() async -> Result? {
        let (whole, tape) = await Simulation.record(plan)
        guard let breach = whole.breaches.first else { return nil }
        self.tape = tape
        promise = Self.promise(of: breach)
        reduction.signals = Set(1...max(1, plan.signals))
        reduction.faults = Set(1...max(1, tape.occurrences.count))
        reduction.instances = plan.instances
        let instruments = Simulation(plan).stage.tradedInstruments.map(\.name)
        reduction.instruments = Set(instruments)
        // What the tape does not have goes well, so that even the whole of it is a run of its own.
        guard await breaks(reduction) else { return nil }
        var before: Simulation.Reduction?
        while reduction != before, runs < mostRuns {
            before = reduction
            await leaveOutSignals()
            await leaveOutFaults()
            await leaveOutProcesses()
            await leaveOut(instruments.filter { reduction.instruments?.contains($0) ?? true }) { $0.instruments = Set($1) }
        }
        return result(breach, instruments.count)
    }

    private func result(_ breach: String, _ instruments: Int) -> Result {
        var smallest = plan
        smallest.reduction = reduction
        var result = Result(
            plan: smallest, promise: promise, breach: best?.breaches.first ?? breach, faultsOfWhole: tape.occurrences.count,
            instrumentsOfWhole: instruments, runs: runs)
        result.signals = (reduction.signals ?? []).sorted().filter { $0 <= tape.signals.count }.map { ($0, tape.signals[$0 - 1]) }
        result.faults = (reduction.faults ?? []).sorted().map { ($0, tape.occurrences[$0 - 1].fault, tape.occurrences[$0 - 1].at) }
        return result
    }

    // MARK: - What is left out

    private mutating func leaveOutSignals() async { await leaveOut((reduction.signals ?? []).sorted()) { $0.signals = Set($1) } }

    private mutating func leaveOutFaults() async {
        let kinds = Fault.allCases.filter { kind in (reduction.faults ?? []).contains { tape.occurrences[$0 - 1].fault == kind } }
        let faults = reduction.faults ?? []
        let occurrences = tape.occurrences
        await leaveOut(kinds) { reduction, kinds in reduction.faults = faults.filter { kinds.contains(occurrences[$0 - 1].fault) } }
        await leaveOut((reduction.faults ?? []).sorted()) { $0.faults = Set($1) }
    }

    private mutating func leaveOutProcesses() async {
        guard let instances = reduction.instances, instances > 1 else { return }
        for fewer in 1..<instances {
            var candidate = reduction
            candidate.instances = fewer
            if await breaks(candidate) { return }
        }
    }

    /// Leaves out elements, first many at once, then fewer, as long as the promise breaks without them.
    private mutating func leaveOut<Element>(
        _ elements: [Element], _ keep: (inout Simulation.Reduction, [Element]) -> Void
    ) async {
        var kept = elements
        var size = kept.count
        while size > 0 {
            var start = 0
            while start < kept.count, runs < mostRuns {
                var candidate = reduction
                let rest = Array(kept[..<start] + kept[min(kept.count, start + size)...])
                keep(&candidate, rest)
                if await breaks(candidate) { kept = rest } else { start += size }
            }
            size /= 2
        }
    }

    /// Plays a part of the run; one that breaks the promise is the part to go on with, without the faults that did not happen in it.
    private mutating func breaks(_ candidate: Simulation.Reduction) async -> Bool {
        var smaller = plan
        smaller.reduction = candidate
        runs += 1
        let simulation = Simulation(smaller, use: TapeUse(tape, isRecording: false))
        let outcome = await simulation.run()
        guard let breach = outcome.breaches.first, Self.promise(of: breach) == promise else { return false }
        reduction = candidate
        reduction.faults = simulation.use?.happened
        best = outcome
        onProgress(Progress(runs: runs, signals: reduction.signals?.count ?? 0, faults: reduction.faults?.count ?? 0))
        return true
    }
}
