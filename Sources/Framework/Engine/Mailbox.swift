import Synchronization

/// Events on their way to the lane: many put, one takes, in order.
final class Mailbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init() { (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// Adds an element; after ``close()`` it is dropped.
    func put(_ element: Element) {
        state.withLock { if !$0.isClosed { $0.elements.append(element) } }
        signal.yield()
    }

    /// How many elements wait.
    var count: Int { state.withLock { $0.elements.count } }

    /// Ends the mailbox; what waits is still taken.
    func close() {
        state.withLock { $0.isClosed = true }
        signal.finish()
    }

    /// Hands over batches of at most `limit` elements, one after the other, until the mailbox is closed and empty. Only one task may walk it.
    func walk(limit: Int, _ body: (_ batch: [Element]) async -> Void) async {
        for await _ in signals { await handOver(limit, body) }
        await handOver(limit, body)
    }

    private func handOver(_ limit: Int, _ body: (_ batch: [Element]) async -> Void) async {
        while true {
            let batch = take(limit)
            guard !batch.isEmpty else { return }
            await body(batch)
        }
    }

    private func take(_ limit: Int) -> [Element] {
        state.withLock { state in
            let batch = Array(state.elements.prefix(limit))
            state.elements.removeFirst(batch.count)
            return batch
        }
    }
}
