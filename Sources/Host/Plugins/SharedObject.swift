/// The head of a shared object in the executable and linkable format, as far as it says where in the file things lie.
///
/// The loader of the system maps what the head promises without a look at the size of the file; touching a page behind its end kills the process.
struct SharedObject {
    /// A piece of the file.
    struct Piece {
        var offset: UInt64
        var size: Int
    }

    /// Why the file is not a library of this machine, in a sentence.
    struct Damage: Error {
        let description: String
    }

    /// How many bytes the head has.
    static let headSize = 64

    /// The table of segments; within the file.
    let segments: Piece
    private let fileSize: UInt64

    private static let segmentSize = 56
    private static let sectionSize = 64

    /// Reads the head; throws when it is none, or when a table does not lie within the file.
    init(head: [UInt8], fileSize: UInt64) throws(Damage) {
        self.fileSize = fileSize
        guard head.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { throw Damage(description: "it does not begin as one") }
        guard head.count == Self.headSize else { throw Damage(description: "it is cut short: \(fileSize) bytes are not even its head") }
        guard head[4] == 2, head[5] == 1 else { throw Damage(description: "expected one of 64 bits, lowest byte first") }
        guard head.number(at: 16, 2) == 3 else { throw Damage(description: "expected a shared library, found another kind of program") }
        guard let machine = Self.machine, head.number(at: 18, 2) == machine else {
            throw Damage(description: "it was built for another machine, of number \(head.number(at: 18, 2))")
        }
        let segmentCount = head.number(at: 56, 2)
        let sectionCount = head.number(at: 60, 2)
        guard segmentCount > 0, head.number(at: 54, 2) == Self.segmentSize,
            sectionCount == 0 || head.number(at: 58, 2) == Self.sectionSize
        else { throw Damage(description: "its head is damaged") }
        segments = Piece(offset: head.number(at: 32, 8), size: Int(segmentCount) * Self.segmentSize)
        try check(segments.offset, UInt64(segments.size), "its table of segments")
        // The sections stand last as a rule, so that they show first that an end is missing.
        try check(head.number(at: 40, 8), sectionCount * UInt64(Self.sectionSize), "its table of sections")
    }

    /// Throws when a segment does not lie within the file.
    func check(segments bytes: [UInt8]) throws(Damage) {
        guard bytes.count == segments.size else { throw Damage(description: "it became shorter while it was read") }
        for start in stride(from: 0, to: bytes.count, by: Self.segmentSize) {
            let kind = bytes.number(at: start, 4)
            let inFile = bytes.number(at: start + 32, 8)
            try check(bytes.number(at: start + 8, 8), inFile, "a segment")
            let isLoaded = kind == 1
            guard !isLoaded || inFile <= bytes.number(at: start + 40, 8) else { throw Damage(description: "a segment of it is damaged") }
        }
    }

    private func check(_ offset: UInt64, _ size: UInt64, _ thing: String) throws(Damage) {
        let (end, isTooFar) = offset.addingReportingOverflow(size)
        guard !isTooFar, end <= fileSize else {
            throw Damage(description: "it is cut short: \(thing) ends at byte \(isTooFar ? UInt64.max : end), the file at \(fileSize)")
        }
    }

    /// The number of the machine for which this host was built.
    private static var machine: UInt64? {
        #if arch(x86_64)
            62
        #elseif arch(arm64)
            183
        #else
            nil
        #endif
    }
}

extension [UInt8] {
    /// A number of so many bytes, lowest first; the bytes must be there.
    fileprivate func number(at place: Int, _ count: Int) -> UInt64 {
        self[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
