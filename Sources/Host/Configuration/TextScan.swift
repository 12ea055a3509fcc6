import MunimKit

/// Finds places in the bytes of a text.
enum TextScan {
    /// The offset of the first byte that is not part of valid UTF-8, or nil.
    static func firstInvalidByte(in bytes: [UInt8]) -> Int? {
        guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var offset = 0
        while true {
            switch decoder.parseScalar(from: &iterator) {
            case .valid(let encoded): offset += encoded.count
            case .error, .emptyInput: return min(offset, bytes.count - 1)
            }
        }
    }

    /// Line and column of a byte, both from 1, columns in characters.
    static func mark(of offset: Int, in bytes: [UInt8]) -> Mark {
        let before = bytes.prefix(max(0, offset))
        let line = before.count { $0 == 10 }
        let lineStart = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
        // Bytes that continue a character do not count.
        let column = before[lineStart...].count { $0 & 0b1100_0000 != 0b1000_0000 }
        return Mark(line: line + 1, column: column + 1)
    }

    /// The place behind the last character; a line ends wherever YAML 1.1 ends one.
    static func end(of bytes: [UInt8]) -> Mark {
        var (line, column) = (1, 1)
        var previous: Unicode.Scalar?
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar) {
                line += previous == "\r" && scalar == "\n" ? 0 : 1
                column = 1
            } else {
                column += 1
            }
            previous = scalar
        }
        return Mark(line: line, column: column)
    }

    /// The first byte of the character with this number, or nil past the end.
    static func byte(atCharacter number: Int, in bytes: some Sequence<UInt8>) -> UInt8? {
        var left = number
        for byte in bytes where byte & 0b1100_0000 != 0b1000_0000 {
            if left == 0 { return byte }
            left -= 1
        }
        return nil
    }
}
