/// Tags that need no further attention, kept as 64-bit digests so that a long day does not fill the memory.
struct EndedTags: Sendable {
    private var digests: Set<UInt64> = []

    /// Adds a tag; `isNew` is false when it was there.
    mutating func insert(_ tag: Tag) -> (isNew: Bool, digest: UInt64) {
        let digest = Self.digest(tag)
        return (digests.insert(digest).inserted, digest)
    }

    /// Whether the tag was added.
    func contains(_ tag: Tag) -> Bool { digests.contains(Self.digest(tag)) }

    /// Forgets everything: the broker's book starts anew each day.
    mutating func removeAll() { digests.removeAll(keepingCapacity: true) }

    /// FNV-1a over the bytes; tags are random, so any mixing spreads them.
    private static func digest(_ tag: Tag) -> UInt64 {
        tag.text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
