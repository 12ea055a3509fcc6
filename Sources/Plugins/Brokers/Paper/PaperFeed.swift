import MunimKit
import Synchronization

/// Hands order reports to everyone who listens; a listener that falls behind loses the oldest ones, because the book is the truth.
final class PaperFeed: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<OrderReport>.Continuation] = [:]
        var lastNumber = 0
        var isFinished = false
    }

    private let state = Mutex(State())

    /// A stream of all reports from now until ``finish()``.
    func listen() -> AsyncStream<OrderReport> {
        let (stream, continuation) = AsyncStream.makeStream(of: OrderReport.self, bufferingPolicy: .bufferingNewest(8_192))
        let number: Int? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.lastNumber += 1
            state.listeners[state.lastNumber] = continuation
            return state.lastNumber
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.leave(number) }
        return stream
    }

    func send(_ report: OrderReport) {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(report) }
    }

    /// Ends all streams, and those asked for later at once.
    func finish() {
        let listeners = state.withLock { state in
            state.isFinished = true
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        listeners.forEach { $0.finish() }
    }

    private func leave(_ number: Int) { state.withLock { _ = $0.listeners.removeValue(forKey: number) } }
}
