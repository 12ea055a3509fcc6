/// Stored flat: which structures a document has tells its kind.
extension PositionPlan: Codable {
    private enum Key: String, CodingKey {
        case position, legs, isSettled, opens, closes, layer, lots, limiter, price, averageTrueRange, lateValue
    }

    /// Reads a document; throws where something is missing that its kind needs.
    public init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: Key.self)
        position = try row.decode(PositionID.self, forKey: .position)
        legs = try row.decode([Leg].self, forKey: .legs)
        isSettled = try row.decode(Bool.self, forKey: .isSettled)
        let opens = try row.decodeIfPresent(Structure.self, forKey: .opens)
        let closes = try row.decodeIfPresent(Structure.self, forKey: .closes)
        guard opens != nil || closes != nil else {
            kind = .repair(lateValue: try row.decode(Int64.self, forKey: .lateValue))
            return
        }
        let layer = try row.decode(Layer.self, forKey: .layer)
        let lots = try row.decode(Lots.self, forKey: .lots)
        if let opens, let closes {
            kind = .roll(from: closes, to: opens, layer: layer, lots: lots)
        } else if let closes {
            kind = .close(closes, layer: layer, lots: lots)
        } else {
            kind = .open(
                Opening(
                    structure: try row.decode(Structure.self, forKey: .opens), layer: layer, lots: lots,
                    limiter: try row.decode(String.self, forKey: .limiter), price: try row.decode(Price.self, forKey: .price),
                    averageTrueRange: try row.decode(Price.self, forKey: .averageTrueRange)))
        }
    }

    /// Writes what its kind has.
    public func encode(to encoder: any Encoder) throws {
        var row = encoder.container(keyedBy: Key.self)
        try row.encode(position, forKey: .position)
        try row.encode(legs, forKey: .legs)
        try row.encode(isSettled, forKey: .isSettled)
        try row.encodeIfPresent(opens, forKey: .opens)
        try row.encodeIfPresent(closes, forKey: .closes)
        try row.encodeIfPresent(layer, forKey: .layer)
        try row.encodeIfPresent(lots, forKey: .lots)
        switch kind {
        case .open(let opening):
            try row.encode(opening.limiter, forKey: .limiter)
            try row.encode(opening.price, forKey: .price)
            try row.encode(opening.averageTrueRange, forKey: .averageTrueRange)
        case .repair(let value): try row.encode(value, forKey: .lateValue)
        case .close, .roll: break
        }
    }
}
