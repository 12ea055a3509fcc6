/// Signals that a core was given and that a sweep may still find without a verdict.
///
/// A sweep that was asked before a verdict was committed may answer after it, so that a signal is forgotten only with the answer to a question that came
/// after its verdict. One question is out at a time.
struct HandedSignals: Sendable {
    private var known: Set<Fingerprint>
    /// Decided since the question that is out was asked, or the last one where none is.
    private var decided: [Fingerprint] = []
    /// Decided before the question that is out.
    private var forgettable: [Fingerprint] = []
    /// How often a question had to wait for the one that is out; nil while none is.
    private var waits: Int?
    /// After so many waits the question that is out is taken for lost.
    private static let patience = 30

    init(_ known: [Fingerprint] = []) { self.known = Set(known) }

    func contains(_ signal: Fingerprint) -> Bool { known.contains(signal) }

    /// Whether the signal was not known.
    mutating func insert(_ signal: Fingerprint) -> Bool { known.insert(signal).inserted }

    /// The verdict on a signal is committed; where nobody sweeps it is forgotten at once.
    mutating func noteVerdict(on signal: Fingerprint, isSwept: Bool) {
        if isSwept { decided.append(signal) } else { known.remove(signal) }
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
