/// Lines that wait to be written: bounded in number and bytes, with room of its own for each rank.
///
/// A value without a lock or a thread. What does not fit is dropped and counted; a flood of lines of one rank takes no room from another.
struct LineQueue {
    /// How much a line matters to a person.
    enum Rank: Int, CaseIterable, Sendable {
        case ordinary, error, alert
    }

    /// How much may wait.
    struct Limit: Sendable {
        /// Lines.
        var lines: Int
        /// Bytes of all lines together.
        var bytes: Int
    }

    /// Lines of one rank that wait.
    private struct Room {
        let limit: Limit
        var lines: [[UInt8]] = []
        var bytes = 0

        mutating func take(_ line: [UInt8]) -> Bool {
            guard lines.count < limit.lines, bytes + line.count <= limit.bytes else { return false }
            lines.append(line)
            bytes += line.count
            return true
        }
    }

    private var rooms: [Room]
    /// Lines that did not fit since ``takeDropped()`` was last asked.
    private(set) var dropped = 0

    /// An empty queue with the limit of each room.
    init(_ limit: (Rank) -> Limit) { rooms = Rank.allCases.map { Room(limit: limit($0)) } }

    /// Whether nothing waits.
    var isEmpty: Bool { rooms.allSatisfy(\.lines.isEmpty) }

    /// Takes a line, or counts it as dropped and answers false.
    mutating func put(_ line: [UInt8], _ rank: Rank = .ordinary) -> Bool {
        let isTaken = rooms[rank.rawValue].take(line)
        if !isTaken { dropped += 1 }
        return isTaken
    }

    /// Everything that waits, what matters most first.
    mutating func takeAll() -> [[UInt8]] {
        let lines = rooms.reversed().flatMap(\.lines)
        for rank in Rank.allCases {
            rooms[rank.rawValue].lines.removeAll(keepingCapacity: true)
            rooms[rank.rawValue].bytes = 0
        }
        return lines
    }

    /// How many lines did not fit, counted from zero afterwards.
    mutating func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }
}
