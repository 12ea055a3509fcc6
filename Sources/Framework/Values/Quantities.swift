/// A count of the exchange's units of trading; never negative.
public struct Lots: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// How many.
    public let count: Int64
    /// So many lots; `count` must not be negative.
    public init(_ count: Int64) {
        precondition(count >= 0, "lots are never negative")
        self.count = count
    }
    /// No lots.
    public static let zero = Lots(0)
    /// Ordered by count.
    public static func < (left: Lots, right: Lots) -> Bool { left.count < right.count }
    /// The bare number.
    public var description: String { String(count) }

    /// Decodes a whole number of at least 0.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let count = try container.decode(Int64.self)
        guard count >= 0 else { throw DecodingError.dataCorruptedError(in: container, debugDescription: "lots are never negative") }
        self.count = count
    }
    /// Encodes the bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }

    /// The sum, or ``Overflow``.
    public func adding(_ other: Lots) throws(Overflow) -> Lots {
        let (sum, overflowed) = count.addingReportingOverflow(other.count)
        guard !overflowed else { throw Overflow() }
        return Lots(sum)
    }

    /// The same in units of the contract: `count × unitsPerLot`.
    public func quantity(unitsPerLot: LotSize) throws(Overflow) -> Quantity {
        let (units, overflowed) = count.multipliedReportingOverflow(by: unitsPerLot.count)
        guard !overflowed else { throw Overflow() }
        return Quantity(units)
    }
}

/// A count of units in which one contract's orders are counted; never negative, the side says the direction.
public struct Quantity: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// How many.
    public let count: Int64
    /// So many units; `count` must not be negative.
    public init(_ count: Int64) {
        precondition(count >= 0, "a quantity is never negative")
        self.count = count
    }
    /// No units.
    public static let zero = Quantity(0)
    /// Ordered by count.
    public static func < (left: Quantity, right: Quantity) -> Bool { left.count < right.count }
    /// The bare number.
    public var description: String { String(count) }

    /// Decodes a whole number of at least 0.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let count = try container.decode(Int64.self)
        guard count >= 0 else { throw DecodingError.dataCorruptedError(in: container, debugDescription: "a quantity is never negative") }
        self.count = count
    }
    /// Encodes the bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }

    /// The whole lots in this quantity; the remainder is lost, so ask ``isWhole(unitsPerLot:)`` first where it matters.
    public func lots(unitsPerLot: LotSize) -> Lots { Lots(count / unitsPerLot.count) }

    /// Whether this quantity is a whole number of lots.
    public func isWhole(unitsPerLot: LotSize) -> Bool { count % unitsPerLot.count == 0 }

    /// What is left of this quantity after `other`; zero when `other` is larger.
    public func remaining(after other: Quantity) -> Quantity { Quantity(Swift.max(0, count - other.count)) }

    /// The sum, or ``Overflow``.
    public func adding(_ other: Quantity) throws(Overflow) -> Quantity {
        let (sum, overflowed) = count.addingReportingOverflow(other.count)
        guard !overflowed else { throw Overflow() }
        return Quantity(sum)
    }
}

/// The units of one lot, at least one, so that a quantity can always be counted in lots.
public struct LotSize: Hashable, Comparable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// How many units.
    public let count: Int64
    /// So many units; nil unless there is at least one.
    public init?(_ count: Int64) {
        guard count > 0 else { return nil }
        self.count = count
    }
    /// A size written in code, at least 1.
    public init(integerLiteral count: Int64) {
        precondition(count > 0, "a lot has at least one unit")
        self.count = count
    }
    /// The largest number of units that is whole lots and not above `units`.
    public func wholeUnits(in units: Int64) -> Int64 { units - units % count }
    /// Ordered by count.
    public static func < (left: LotSize, right: LotSize) -> Bool { left.count < right.count }
    /// The bare number.
    public var description: String { String(count) }
}

extension LotSize: Codable {
    /// Decodes a whole number of at least 1.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let count = try container.decode(Int64.self)
        guard let size = LotSize(count) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "a lot has at least one unit, found \(count)")
        }
        self = size
    }
    /// Encodes the bare number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(count)
    }
}
