import Synchronization
import Testing

/// Records the faults that a conformance suite finds as issues at the line of the caller: each sentence once, and the first twenty.
final class ConformanceRecorder: Sendable {
    private let place: SourceLocation
    private let sentences = Mutex<Set<String>>([])

    init(place: SourceLocation) { self.place = place }

    /// Records `sentence` unless `condition` holds.
    func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) {
        guard !condition else { return }
        let text = sentence()
        let isNew = sentences.withLock { $0.count < 20 && $0.insert(text).inserted }
        if isNew { Issue.record(Comment(rawValue: text), sourceLocation: place) }
    }
}
