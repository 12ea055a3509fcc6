/// The way back to the machine before a batch: an earlier copy of it and what it was given since.
///
/// The machine is the same function of the same stimuli, so that the value from before a batch is made anew in the rare case that a commit fails. A copy
/// for each batch instead would have every list copied that the batch changes.
struct Journal: Sendable {
    private var origin: Core?
    private var stimuli: [Stimulus] = []
    /// How many of the stimuli are in rows.
    private var confirmed = 0
    /// After so many stimuli there is another copy.
    private static let limit = 128

    /// Begins a batch of this machine.
    mutating func begin(_ core: Core) {
        guard origin == nil || stimuli.count >= Self.limit else { return }
        self = Journal()
        origin = core
    }

    mutating func note(_ stimulus: Stimulus) { stimuli.append(stimulus) }

    /// What was noted so far is in rows, or needs none.
    mutating func confirm() { confirmed = stimuli.count }

    /// The machine as it was when the last stimulus was confirmed; nil when no batch has begun.
    mutating func rewind() -> Core? {
        guard var core = origin else { return nil }
        for stimulus in stimuli.prefix(confirmed) { _ = core.handle(stimulus) }
        self = Journal()
        return core
    }
}
