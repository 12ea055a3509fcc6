/// The path and query of a request, read strictly from the raw bytes of the target.
struct RequestTarget: Equatable, Sendable {
    /// The decoded segments; `/` has none.
    let path: [String]
    let query: [String: String]

    /// The target of the request line, or nil when it is not `/path[?query]` in printable ASCII with well-formed escapes.
    ///
    /// Refused are absolute and authority forms, fragments, `.` and `..` segments, escapes that hide a slash, backslash or control
    /// character, escapes that are not UTF-8, and a query name that stands twice or is not ASCII, because names are hashed and compared.
    init?(_ raw: [UInt8]) {
        guard raw.first == UInt8(ascii: "/"), raw.allSatisfy(Self.mayStandInTarget) else { return nil }
        let parts = raw.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = Self.segments(of: parts[0].dropFirst()), let query = Self.items(of: parts.count > 1 ? parts[1] : []) else {
            return nil
        }
        self.path = path
        self.query = query
    }

    private static func segments(of path: ArraySlice<UInt8>) -> [String]? {
        guard !path.isEmpty else { return [] }
        var segments: [String] = []
        for raw in path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let segment = decoded(raw), !segment.utf8.elementsEqual(".".utf8), !segment.utf8.elementsEqual("..".utf8),
                !segment.utf8.contains(where: { $0 == 47 || $0 == 92 })
            else { return nil }
            segments.append(segment)
        }
        return segments
    }

    private static func items(of query: ArraySlice<UInt8>) -> [String: String]? {
        var items: [String: String] = [:]
        for raw in query.split(separator: UInt8(ascii: "&")) {
            let parts = raw.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = decoded(parts.count > 1 ? parts[1] : []), !name.isEmpty,
                name.utf8.allSatisfy({ $0 < 128 }), items.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        return items
    }

    private static func decoded(_ raw: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var index = raw.startIndex
        while index < raw.endIndex {
            guard raw[index] == UInt8(ascii: "%") else {
                bytes.append(raw[index])
                index += 1
                continue
            }
            guard raw.endIndex - index > 2, let high = hexValue(raw[index + 1]), let low = hexValue(raw[index + 2]) else { return nil }
            bytes.append(high << 4 | low)
            index += 3
        }
        guard let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isControl) else { return nil }
        return text
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    // RFC 3986 section 2: what is neither reserved nor unreserved must be escaped.
    private static func mayStandInTarget(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x24...0x3B, 0x3D, 0x3F...0x5A, 0x5F, 0x61...0x7A, 0x7E: true
        default: false
        }
    }
}

/// Blanks as HTTP knows them.
enum Blanks {
    /// `text` without spaces and tabs around it.
    static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
        let bytes = Array(text.utf8.drop(while: isBlank))
        guard let last = bytes.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(decoding: bytes[...last], as: UTF8.self)
    }
}
