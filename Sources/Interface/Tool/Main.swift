import FoundationEssentials

/// `munim-interface OUTPUT FILE...`: writes a Swift file with the digest of what the files declare.
@main
struct Main {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let output = arguments.first else { throw Usage() }
        // In the order of their text, so that moving a file changes nothing.
        let texts = try arguments.dropFirst().map { Declarations(of: Array(try Data(contentsOf: URL(filePath: $0)))).text }.sorted()
        let text = file(digest: String(Digest(of: texts).value, radix: 16))
        // An equal file keeps its time, so that nothing is compiled again.
        guard (try? String(contentsOfFile: output, encoding: .utf8)) != text else { return }
        try text.write(toFile: output, atomically: true, encoding: .utf8)
    }

    /// A default argument, because whoever calls the function is compiled again when it changes; the body of a function alone would not do that.
    private static func file(digest: String) -> String {
        """
        // Written by munim-interface at each build that changes a declaration.

        /// The digest of the framework's declarations that the caller was compiled with.
        @export(implementation) public func munimInterface(_ digest: UInt64 = 0x\(digest)) -> UInt64 { digest }

        """
    }

    struct Usage: Error, CustomStringConvertible {
        let description = "usage: munim-interface OUTPUT FILE..."
    }
}

/// A number that tells texts apart: FNV-1a of 64 bits. It guards against mistakes; whoever can write a plugin library needs no collision.
struct Digest {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

    init(of texts: [String]) {
        for text in texts {
            for byte in text.utf8 { take(byte) }
            take(0)
        }
    }

    private mutating func take(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
}
