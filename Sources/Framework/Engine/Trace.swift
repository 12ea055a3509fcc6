/// Takes every event of the lane with what it led to.
public protocol TraceSink: Sendable {
    /// Records one event and its effects; returns soon.
    func record(_ stimulus: Stimulus, _ effects: [Effect])
}

/// One line of a trace.
public struct TraceLine: Codable, Sendable {
    /// The event with its time and randomness.
    public var stimulus: Stimulus
    /// What it led to.
    public var effects: [Effect]

    /// Creates a line.
    public init(stimulus: Stimulus, effects: [Effect]) {
        self.stimulus = stimulus
        self.effects = effects
    }
}

extension Transaction: Codable {
    /// Decodes a list of writes.
    public init(from decoder: any Decoder) throws {
        self.init()
        for write in try [Write](from: decoder) { append(write) }
    }
    /// Encodes the list of writes.
    public func encode(to encoder: any Encoder) throws { try writes.encode(to: encoder) }
}

extension Write: Codable {
    private enum Keys: String, CodingKey {
        case operation, table, record
    }

    private var operation: String {
        switch self {
        case .insert: "insert"
        case .insertIfAbsent: "insert_if_absent"
        case .update: "update"
        case .delete: "delete"
        case .require: "require"
        }
    }

    /// Encodes the operation, the table and the record.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Keys.self)
        try container.encode(operation, forKey: .operation)
        try container.encode(type(of: record).table.name, forKey: .table)
        try record.encode(to: container.superEncoder(forKey: .record))
    }

    /// Decodes a write to one of the host's own tables.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        let operation = try container.decode(String.self, forKey: .operation)
        let table = try container.decode(String.self, forKey: .table)
        guard let type = Tables.records.first(where: { $0.table.name == table }) else {
            throw DecodingError.dataCorruptedError(forKey: .table, in: container, debugDescription: "no table is called \(table)")
        }
        let record = try type.init(from: container.superDecoder(forKey: .record))
        switch operation {
        case "insert": self = .insert(record)
        case "insert_if_absent": self = .insertIfAbsent(record)
        case "update": self = .update(record)
        case "delete": self = .delete(record)
        case "require": self = .require(record)
        default:
            throw DecodingError.dataCorruptedError(forKey: .operation, in: container, debugDescription: "no write is called \(operation)")
        }
    }
}
