/// A small map kept in order of its keys, so that walking it is the same in every process.
public struct SortedMap<Key: Comparable & Sendable, Element: Sendable>: Sendable {
    private var pairs: [(key: Key, value: Element)] = []

    /// An empty map.
    public init() {}

    /// How many elements.
    public var count: Int { pairs.count }
    /// Whether there is nothing in it.
    public var isEmpty: Bool { pairs.isEmpty }
    /// Keys in order.
    public var keys: [Key] { pairs.map(\.key) }
    /// Elements in the order of their keys.
    public var values: [Element] { pairs.map(\.value) }

    /// Shows each element in the order of the keys, without making a list of them first.
    public func forEach(_ body: (Element) -> Void) {
        for index in pairs.indices { body(pairs[index].value) }
    }

    /// Whether an element fulfils a condition.
    public func contains(where condition: (Element) -> Bool) -> Bool {
        for index in pairs.indices where condition(pairs[index].value) { return true }
        return false
    }

    /// The element of a key; setting nil removes it.
    public subscript(key: Key) -> Element? {
        get {
            let index = insertionIndex(of: key)
            return index < pairs.count && pairs[index].key == key ? pairs[index].value : nil
        }
        set {
            let index = insertionIndex(of: key)
            let isPresent = index < pairs.count && pairs[index].key == key
            switch (newValue, isPresent) {
            case (let value?, true): pairs[index].value = value
            case (let value?, false): pairs.insert((key, value), at: index)
            case (nil, true): pairs.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// Changes the element of a key in place; returns nil without calling `change` when the key is absent.
    public mutating func change<Result>(_ key: Key, _ change: (inout Element) -> Result) -> Result? {
        let index = insertionIndex(of: key)
        guard index < pairs.count, pairs[index].key == key else { return nil }
        return change(&pairs[index].value)
    }

    private func insertionIndex(of key: Key) -> Int {
        var low = 0
        var high = pairs.count
        while low < high {
            let middle = (low + high) / 2
            if pairs[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
