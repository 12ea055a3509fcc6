import Synchronization

/// People and requests that wait for something with a name: a verdict, an answer.
final class Waiters<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// A place in the queue; taken before the question is asked, so that no answer is missed.
    struct Ticket: Sendable {
        fileprivate let key: Key
        fileprivate let number: Int
        fileprivate let values: AsyncStream<Value>
    }

    private struct State {
        var count = 0
        var waiting: [Key: [(number: Int, continuation: AsyncStream<Value>.Continuation)]] = [:]
    }

    private let state = Mutex(State())

    func register(_ key: Key) -> Ticket {
        let (values, continuation) = AsyncStream<Value>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.count += 1
            state.waiting[key, default: []].append((state.count, continuation))
            return state.count
        }
        return Ticket(key: key, number: number, values: values)
    }

    /// Gives the value to everyone who waits for the key.
    func resolve(_ key: Key, _ value: Value) {
        let waiting = state.withLock { $0.waiting.removeValue(forKey: key) } ?? []
        for waiter in waiting {
            waiter.continuation.yield(value)
            waiter.continuation.finish()
        }
    }

    /// The value, or nil when `deadline` passes first; the place in the queue is given up then.
    func value(of ticket: Ticket, until deadline: Instant, clock: any Clock) async -> Value? {
        let value = await next(of: ticket, until: deadline, clock: clock)
        if value == nil { drop(ticket) }
        return value
    }

    /// The value, or nil when `deadline` passes first; the place in the queue is kept until it is given up.
    func next(of ticket: Ticket, until deadline: Instant, clock: any Clock) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { await ticket.values.first { _ in true } }
            group.addTask {
                try? await clock.sleep(until: deadline)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// Gives a place in the queue up.
    func drop(_ ticket: Ticket) {
        state.withLock { state in
            state.waiting[ticket.key]?.removeAll { $0.number == ticket.number }
            if state.waiting[ticket.key]?.isEmpty ?? false { state.waiting[ticket.key] = nil }
        }
    }
}
