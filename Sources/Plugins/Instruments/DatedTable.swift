package import MunimKit

/// A fact that changes on known days: what held at first, and each change with the day from which it holds.
package struct DatedTable<Value: Hashable & Sendable>: Hashable, Sendable {
    /// One change; it holds from its day on, that day included.
    package struct Change: Hashable, Sendable {
        /// The first day on which it holds.
        package let from: TradingDay
        /// What holds.
        package let value: Value

        /// A change.
        package init(from: TradingDay, _ value: Value) {
            self.from = from
            self.value = value
        }
    }

    /// What holds before the first change.
    package let initial: Value
    /// The changes by day.
    package let changes: [Change]

    /// A fact with its changes in any order; of two changes on one day the later one in the list holds.
    package init(_ initial: Value, changes: [Change] = []) {
        self.initial = initial
        self.changes = changes.sorted { $0.from < $1.from }
    }

    /// What holds on `day`.
    package func value(on day: TradingDay) -> Value { changes.last { $0.from <= day }?.value ?? initial }

    /// Every value that holds at some time.
    package var values: [Value] { [initial] + changes.map(\.value) }

    /// The same table with every value replaced.
    package func map<Other>(_ transform: (Value) -> Other) -> DatedTable<Other> {
        DatedTable<Other>(transform(initial), changes: changes.map { .init(from: $0.from, transform($0.value)) })
    }
}
