import MunimKit

/// The values of the columns of a key, equal only when they are equal byte for byte, as in a database file.
///
/// Swift finds two spellings of one accented letter equal; two orders whose identifiers differ in such a way are still two orders.
enum Key: Hashable, Sendable {
    case integer(Int64)
    case text(String)
    case several([Value])

    /// The key in some of the values.
    init(_ values: [Value], at indices: [Int]) {
        guard indices.count == 1 else {
            self = .several(indices.map { values[$0] })
            return
        }
        self.init(values[indices[0]])
    }

    /// The key of a single column.
    init(_ value: Value) {
        switch value {
        case .integer(let number): self = .integer(number)
        case .text(let text): self = .text(text)
        case .null, .bytes, .document: self = .several([value])
        }
    }

    /// The value of the column at `index`.
    func value(at index: Int) -> Value {
        switch self {
        case .integer(let number): .integer(number)
        case .text(let text): .text(text)
        case .several(let values): values[index]
        }
    }

    static func == (left: Key, right: Key) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)): left == right
        case (.text(let left), .text(let right)): left.hasBytes(of: right)
        case (.several(let left), .several(let right)): left.elementsEqual(right) { $0.order(to: $1) == .same }
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .integer(let number): hasher.combine(number)
        case .text(let text): hasher.combine(text)
        case .several(let values): for value in values { hasher.combine(value) }
        }
    }

    /// How two keys of the same columns are ordered.
    func order(to other: Key) -> ValueOrder {
        switch (self, other) {
        case (.several(let left), .several(let right)):
            for (left, right) in zip(left, right) {
                let order = left.order(to: right)
                if order != .same { return order }
            }
            return .same
        default: return value(at: 0).order(to: other.value(at: 0))
        }
    }
}

/// How one value is ordered to another.
enum ValueOrder {
    case before, same, after
}

extension Value {
    /// The order of SQLite: nothing, then numbers, then text by its bytes, then bytes.
    func order(to other: Value) -> ValueOrder {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): Self.order(left, right)
        case (.text(let left), .text(let right)): Self.order(left, right)
        case (.bytes(let left), .bytes(let right)): Self.order(left, right)
        case (.document(let left), .document(let right)): Self.order(left.text, right.text)
        case (.document(let left), .text(let right)): Self.order(left.text, right)
        case (.text(let left), .document(let right)): Self.order(left, right.text)
        default: Self.order(rank, other.rank)
        }
    }

    private var rank: Int64 {
        switch self {
        case .null: 0
        case .integer: 1
        case .text, .document: 2
        case .bytes: 3
        }
    }

    private static func order(_ left: Int64, _ right: Int64) -> ValueOrder { left < right ? .before : left == right ? .same : .after }

    private static func order(_ left: String, _ right: String) -> ValueOrder {
        if left.hasBytes(of: right) { return .same }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? .before : .after
    }

    private static func order(_ left: [UInt8], _ right: [UInt8]) -> ValueOrder {
        if left == right { return .same }
        return left.lexicographicallyPrecedes(right) ? .before : .after
    }
}

extension String {
    /// Whether two texts are equal byte for byte; eight bytes at a time, because every look-up by key ends here.
    func hasBytes(of other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let areSame = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in Self.areSame(UnsafeRawBufferPointer(left), UnsafeRawBufferPointer(right))
            }
        }
        return (areSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    private static func areSame(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset + 8 <= left.count {
            guard
                left.loadUnaligned(fromByteOffset: offset, as: UInt64.self) == right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            else { return false }
            offset += 8
        }
        while offset < left.count {
            guard left[offset] == right[offset] else { return false }
            offset += 1
        }
        return true
    }
}

extension Condition {
    /// The column that the condition looks at.
    var column: String {
        switch self {
        case .equal(let column, _), .isNull(let column), .isIn(let column, _), .less(let column, _), .atLeast(let column, _): column
        }
    }

    /// Whether a value satisfies the condition; an empty value satisfies only `isNull`, and nothing equals an empty value.
    func holds(for value: Value) -> Bool {
        if case .isNull = self { return value.order(to: .null) == .same }
        guard value.order(to: .null) != .same else { return false }
        return switch self {
        case .equal(_, let other): value.order(to: other) == .same
        case .isIn(_, let others): others.contains { value.order(to: $0) == .same }
        case .less(_, let bound): value.order(to: bound) == .before && bound.order(to: .null) != .same
        case .atLeast(_, let bound): value.order(to: bound) != .before && bound.order(to: .null) != .same
        case .isNull: false
        }
    }

    /// The values that alone can satisfy the condition, when they are few and known.
    var candidates: [Value]? {
        switch self {
        case .equal(_, let value): [value]
        case .isIn(_, let values): values.count <= 64 ? values : nil
        case .isNull: [.null]
        case .less, .atLeast: nil
        }
    }
}
