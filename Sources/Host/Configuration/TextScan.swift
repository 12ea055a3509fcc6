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
