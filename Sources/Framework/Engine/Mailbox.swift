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

    /// All batches of at most `limit` elements, until the mailbox is closed and empty. Only one task may walk it.
    func batches(limit: Int) -> AsyncStream<[Element]> {
        var wakes = signals.makeAsyncIterator()
        return AsyncStream { [self] in
            while true {
                let batch = take(limit)
                if !batch.isEmpty { return batch }
                if await wakes.next() == nil {
                    let rest = take(limit)
                    return rest.isEmpty ? nil : rest
                }
            }
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
