import MunimKit

/// What is to happen, by time and then in the order in which it was planned: a binary heap.
struct Schedule<Action> {
    private var heap: [(at: Instant, number: Int, action: Action)] = []
    private var count = 0

    var isEmpty: Bool { heap.isEmpty }
    /// When the next action happens.
    var next: Instant? { heap.first?.at }

    mutating func add(_ action: Action, at: Instant) {
        count += 1
        heap.append((at, count, action))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func take() -> (at: Instant, action: Action)? {
        guard let last = heap.indices.last else { return nil }
        heap.swapAt(0, last)
        let (at, _, action) = heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) { least = child }
            guard least != parent else { return (at, action) }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool { (heap[left].at, heap[left].number) < (heap[right].at, heap[right].number) }
}
