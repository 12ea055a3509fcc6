/// Tags of the day's orders that need no further attention, kept as 64-bit digests so that a long day does not fill the memory.
///
/// A day has very many of them, and the machine is copied before each batch of events: the digests are kept in parts, of which a batch copies only those
/// that it adds to, and the newest ones apart, of which there are few.
public struct EndedTags: Sendable {
    private var parts = [[UInt64]](repeating: [], count: 256)
    private var newest: [UInt64] = []
    private static let fewest = 64

    /// Exactly these tags.
    public init(_ tags: [Tag] = []) {
        for tag in tags { insert(tag) }
    }

    /// Whether the tag was added.
    public func contains(_ tag: Tag) -> Bool {
        contains(digest: Self.digest(tag))
    }

    private func contains(digest: UInt64) -> Bool {
        guard !newest.contains(digest) else { return true }
        let part = parts[Int(digest >> 56)]
        let index = Self.index(of: digest, in: part)
        return index < part.count && part[index] == digest
    }

    /// Adds a tag; answers whether it was not there.
    @discardableResult
    mutating func insert(_ tag: Tag) -> Bool {
        insert(digest: Self.digest(tag))
    }

    private mutating func insert(digest: UInt64) -> Bool {
        guard !contains(digest: digest) else { return false }
        newest.append(digest)
        if newest.count > Self.fewest { sort() }
        return true
    }

    /// Puts the newest digests where the others are.
    private mutating func sort() {
        for digest in newest {
            let number = Int(digest >> 56)
            parts[number].insert(digest, at: Self.index(of: digest, in: parts[number]))
        }
        newest = []
    }

    /// Takes a tag out again.
    mutating func remove(_ tag: Tag) {
        let digest = Self.digest(tag)
        newest.removeAll { $0 == digest }
        let number = Int(digest >> 56)
        let index = Self.index(of: digest, in: parts[number])
        guard index < parts[number].count, parts[number][index] == digest else { return }
        parts[number].remove(at: index)
    }

    /// Where a digest is, or would be, in a part, which is ascending.
    private static func index(of digest: UInt64, in part: [UInt64]) -> Int {
        var low = 0
        var high = part.count
        while low < high {
            let middle = (low + high) / 2
            if part[middle] < digest { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Tags are random, so any mixing spreads them.
    private static func digest(_ tag: Tag) -> UInt64 {
        FNV1a.hash(tag.text)
    }
}

extension EndedTags: Codable {
    /// Decodes a list of digests, in any order.
    public init(from decoder: any Decoder) throws {
        for digest in try decoder.singleValueContainer().decode([UInt64].self) { _ = insert(digest: digest) }
    }

    /// Encodes all digests, ascending.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(all)
    }
}

extension EndedTags: Hashable {
    /// Every digest, ascending.
    private var all: [UInt64] {
        var sorted = self
        sorted.sort()
        return sorted.parts.flatMap(\.self)
    }

    /// Whether both have the same tags, however they came.
    public static func == (left: EndedTags, right: EndedTags) -> Bool { left.all == right.all }

    /// Hashes the tags.
    public func hash(into hasher: inout Hasher) { hasher.combine(all) }
}
