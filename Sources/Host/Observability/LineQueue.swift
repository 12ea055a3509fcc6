/// Lines that wait to be written: bounded in number and bytes, with room apart for those that a person must see.
///
/// A value without a lock or a thread. What does not fit is dropped and counted; a flood of ordinary lines takes no room from the urgent ones.
struct LineQueue {
    /// How much may wait.
    struct Limit: Sendable {
        /// Lines.
        var lines: Int
        /// Bytes of all lines together.
        var bytes: Int
    }

    /// Lines of one kind that wait.
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

        mutating func give() -> [[UInt8]] {
            defer {
                lines.removeAll(keepingCapacity: true)
                bytes = 0
            }
            return lines
        }
    }

    private var urgent: Room
    private var ordinary: Room
    /// Lines that did not fit since ``takeDropped()`` was last asked.
    private(set) var dropped = 0

    /// An empty queue with these limits for each of its two rooms.
    init(urgent: Limit, ordinary: Limit) {
        self.urgent = Room(limit: urgent)
        self.ordinary = Room(limit: ordinary)
    }

    /// Whether nothing waits.
    var isEmpty: Bool { urgent.lines.isEmpty && ordinary.lines.isEmpty }

    /// Takes a line, or counts it as dropped and answers false.
    mutating func put(_ line: [UInt8], isUrgent: Bool) -> Bool {
        let isTaken = isUrgent ? urgent.take(line) || ordinary.take(line) : ordinary.take(line)
        if !isTaken { dropped += 1 }
        return isTaken
    }

    /// Everything that waits, the urgent lines first.
    mutating func takeAll() -> [[UInt8]] { urgent.give() + ordinary.give() }

    /// How many lines did not fit, counted from zero afterwards.
    mutating func takeDropped() -> Int {
        defer { dropped = 0 }
        return dropped
    }
}
