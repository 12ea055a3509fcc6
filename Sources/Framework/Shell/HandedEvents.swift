/// Signals and commands that a core was given and that a sweep may still find waiting.
///
/// A sweep that was asked before a verdict was committed may answer after it, so that what is decided is forgotten only with the answer to a question that
/// came after that. One question is out at a time.
struct HandedEvents: Sendable {
    private var known: Set<EventSubject>
    /// Decided since the question that is out was asked, or the last one where none is.
    private var decided: [EventSubject] = []
    /// Decided before the question that is out.
    private var forgettable: [EventSubject] = []
    /// How often a question had to wait for the one that is out; nil while none is.
    private var waits: Int?
    /// After so many waits the question that is out is taken for lost.
    private static let patience = 30

    init(_ known: [EventSubject] = []) { self.known = Set(known) }

    func contains(_ subject: EventSubject) -> Bool { known.contains(subject) }

    /// Whether it was not known.
    mutating func insert(_ subject: EventSubject) -> Bool { known.insert(subject).inserted }

    /// Its verdict or answer is committed; where nobody sweeps it is forgotten at once.
    mutating func noteEnd(of subject: EventSubject, isSwept: Bool) {
        if isSwept { decided.append(subject) } else { known.remove(subject) }
    }

    /// Whether a sweep may ask now.
    mutating func noteQuestion() -> Bool {
        if let waits, waits < Self.patience {
            self.waits = waits + 1
            return false
        }
        waits = 0
        (forgettable, decided) = (decided, [])
        return true
    }

    mutating func noteAnswer() {
        waits = nil
        known.subtract(forgettable)
        forgettable = []
    }
}
