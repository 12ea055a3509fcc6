/// A small map kept in order of its keys, so that walking it is the same in every process.
///
/// An element can be taken out for a change and put back: meanwhile the map knows its key and shows no element for it. Copies of a map share the elements
/// that none of them has changed, each by itself.
public struct SortedMap<Key: Comparable & Sendable, Element: Sendable>: Sendable {
    /// Keys in order.
    public private(set) var keys: [Key] = []
    /// Arrays of one: copies of the map copy references, not elements.
    private var elements: [[Element]] = []

    /// An empty map.
    public init() {}

    /// Elements in the order of their keys.
    public var values: [Element] { elements.flatMap(\.self) }

    /// Shows each element in the order of the keys, without making a list of them first.
    public func forEach(_ body: (Element) -> Void) {
        for element in elements where !element.isEmpty { body(element[0]) }
    }

    /// Whether an element fulfils a condition.
    public func contains(where condition: (Element) -> Bool) -> Bool {
        elements.contains { $0.first.map(condition) ?? false }
    }

    /// The element of a key; setting nil removes it.
    public subscript(key: Key) -> Element? {
        get { index(of: key).flatMap { elements[$0].first } }
        set {
            let index = insertionIndex(of: key)
            let isKnown = index < keys.count && keys[index] == key
            guard let newValue else {
                guard isKnown else { return }
                keys.remove(at: index)
                elements.remove(at: index)
                return
            }
            if isKnown {
                put(newValue, at: index)
            } else {
                keys.insert(key, at: index)
                elements.insert([newValue], at: index)
            }
        }
    }

    /// Changes the element of a key without a copy of it; returns nil without calling `change` when there is none.
    @discardableResult
    public mutating func change<Result>(_ key: Key, _ change: (inout Element) -> Result) -> Result? {
        guard let index = index(of: key), !elements[index].isEmpty else { return nil }
        return change(&elements[index][0])
    }

    /// Takes the element of a key out, to be changed without a copy and put back by setting it; nil when there is none.
    public mutating func take(_ key: Key) -> Element? { index(of: key).flatMap { elements[$0].popLast() } }

    private mutating func put(_ element: Element, at index: Int) {
        if elements[index].isEmpty { elements[index].append(element) } else { elements[index][0] = element }
    }

    private func index(of key: Key) -> Int? {
        let index = insertionIndex(of: key)
        return index < keys.count && keys[index] == key ? index : nil
    }

    private func insertionIndex(of key: Key) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
