/// A small map kept in order of its keys, so that walking it is the same in every process.
///
/// An element can be taken out for a change and put back: meanwhile the map knows its key and shows no element for it.
public struct SortedMap<Key: Comparable & Sendable, Element: Sendable>: Sendable {
    /// Keys in order.
    public private(set) var keys: [Key] = []
    private var elements: [Element?] = []

    /// An empty map.
    public init() {}

    /// Elements in the order of their keys.
    public var values: [Element] { elements.compactMap(\.self) }

    /// Shows each element in the order of the keys, without making a list of them first.
    public func forEach(_ body: (Element) -> Void) {
        for case let element? in elements { body(element) }
    }

    /// Whether an element fulfils a condition.
    public func contains(where condition: (Element) -> Bool) -> Bool {
        elements.contains { $0.map(condition) ?? false }
    }

    /// The element of a key; setting nil removes it.
    public subscript(key: Key) -> Element? {
        get { index(of: key).flatMap { elements[$0] } }
        set {
            let index = insertionIndex(of: key)
            let isKnown = index < keys.count && keys[index] == key
            if newValue == nil {
                guard isKnown else { return }
                keys.remove(at: index)
                elements.remove(at: index)
            } else if isKnown {
                elements[index] = newValue
            } else {
                keys.insert(key, at: index)
                elements.insert(newValue, at: index)
            }
        }
    }

    /// Changes the element of a key without a copy of it; returns nil without calling `change` when there is none.
    @discardableResult
    public mutating func change<Result>(_ key: Key, _ change: (inout Element) -> Result) -> Result? {
        guard let index = index(of: key), var element = elements[index].take() else { return nil }
        let result = change(&element)
        elements[index] = element
        return result
    }

    /// Takes the element of a key out, to be changed without a copy and put back by setting it; nil when there is none.
    public mutating func take(_ key: Key) -> Element? { index(of: key).flatMap { elements[$0].take() } }

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
