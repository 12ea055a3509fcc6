import MunimKit

/// What is to happen, by time and then in the order in which it was planned: a binary heap.
///
/// The heap holds numbers only, so that sorting moves no actions about.
struct Schedule<Action> {
    private struct Entry {
        let at: Instant
        let number: Int
        /// Where its action is.
        let place: Int

        func isBefore(_ other: Entry) -> Bool { at == other.at ? number < other.number : at < other.at }
    }

    private var heap: [Entry] = []
    private var actions: [Action?] = []
    private var free: [Int] = []
    private var count = 0

    var isEmpty: Bool { heap.isEmpty }
    /// When the next action happens.
    var next: Instant? { heap.first?.at }

    mutating func add(_ action: Action, at: Instant) {
        count += 1
        let entry = Entry(at: at, number: count, place: keep(action))
        var hole = heap.count
        heap.append(entry)
        while hole > 0 {
            let parent = (hole - 1) / 2
            guard entry.isBefore(heap[parent]) else { break }
            heap[hole] = heap[parent]
            hole = parent
        }
        heap[hole] = entry
    }

    mutating func take() -> (at: Instant, action: Action)? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty { sink(last) }
        guard let action = actions[first.place].take() else { return nil }
        free.append(first.place)
        return (first.at, action)
    }

    private mutating func keep(_ action: Action) -> Int {
        guard let place = free.popLast() else {
            actions.append(action)
            return actions.count - 1
        }
        actions[place] = action
        return place
    }

    /// Puts an entry where it belongs, beginning at the top, which is empty.
    private mutating func sink(_ entry: Entry) {
        var hole = 0
        while true {
            var child = 2 * hole + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
            guard heap[child].isBefore(entry) else { break }
            heap[hole] = heap[child]
            hole = child
        }
        heap[hole] = entry
    }
}
