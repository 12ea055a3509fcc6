/// A JSON value whose numbers are still text.
indirect enum JSONValue: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// As written, so that no digit is lost; it follows the grammar of RFC 8259.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
    /// NaN or an infinity, which JSON does not know but chart scripts write; never encoded again.
    case notANumber(String)

    /// Whether NaN or an infinity stands anywhere in this value.
    var hasNotANumber: Bool {
        switch self {
        case .notANumber: true
        case .array(let values): values.contains(where: \.hasNotANumber)
        case .object(let members): members.values.contains(where: \.hasNotANumber)
        default: false
        }
    }

    /// The one text of this value: no white space, keys sorted by their bytes.
    var encoded: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(let text), .notANumber(let text): text
        case .string(let text): JSONText.quoted(text)
        case .array(let values): "[" + values.map(\.encoded).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                .map { "\(JSONText.quoted($0.key)):\($0.value.encoded)" }.joined(separator: ",") + "}"
        }
    }
}

/// Why bytes are not acceptable JSON.
struct JSONFault: Error, Equatable, Sendable {
    /// Where, in bytes from the start.
    let offset: Int
    /// The top-level key whose value is being read, if any.
    let key: String?
    let found: String
    let expected: String
}

/// Reads one JSON object and refuses everything that two readers could understand differently.
///
/// Stricter than RFC 8259: the top is an object, no key stands twice in one object, at most 8 levels, numbers of at most 64 characters, no
/// `\u0000` and no lone surrogates. Of what other parsers tolerate, nothing passes: trailing commas, comments, a byte-order mark, UTF-16,
/// data after the end. Only NaN and the infinities are read, as ``JSONValue/notANumber(_:)``, so that the message can name every one.
struct StrictJSON {
    /// The members of an object at the top, and where the text of each value stands in the bytes.
    struct Document: Sendable {
        var members: [String: JSONValue]
        var ranges: [String: Range<Int>]
    }

    private static let deepest = 8
    private static let longestNumber = 64
    private let bytes: [UInt8]
    private var index = 0
    private var key: String?

    /// The object that `bytes` denote.
    static func object(_ bytes: [UInt8]) throws(JSONFault) -> Document {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw JSONFault(offset: 0, key: nil, found: "bytes that are not UTF-8", expected: "a JSON object in UTF-8")
        }
        var reader = StrictJSON(bytes: bytes)
        return try reader.document()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func document() throws(JSONFault) -> Document {
        skipBlanks()
        guard peek == UInt8(ascii: "{") else { throw fault(expected: "a JSON object") }
        var document = Document(members: [:], ranges: [:])
        try members { (name, reader) throws(JSONFault) in
            reader.key = name
            let start = reader.index
            document.members[name] = try reader.value(level: 2)
            document.ranges[name] = start..<reader.index
            reader.key = nil
        }
        skipBlanks()
        guard index == bytes.count else { throw fault(expected: "nothing after the object") }
        return document
    }

    private mutating func members(_ read: (String, inout StrictJSON) throws(JSONFault) -> Void) throws(JSONFault) {
        var names: Set<String> = []
        index += 1
        skipBlanks()
        guard !take("}") else { return }
        repeat {
            skipBlanks()
            let start = index
            guard peek == UInt8(ascii: "\"") else { throw fault(expected: "a key in double quotes") }
            let name = try string()
            guard names.insert(name).inserted else {
                throw JSONFault(offset: start, key: key, found: "the key \(Excerpt.quoted(name)) a second time", expected: "every key once")
            }
            skipBlanks()
            guard take(":") else { throw fault(expected: "a colon after the key") }
            skipBlanks()
            try read(name, &self)
            skipBlanks()
        } while take(",")
        guard take("}") else { throw fault(expected: "a comma or the end of the object") }
    }

    private mutating func value(level: Int) throws(JSONFault) -> JSONValue {
        guard let byte = peek else { throw fault(expected: "a value") }
        switch byte {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard level <= Self.deepest else { throw fault(expected: "at most \(Self.deepest) levels of nesting") }
            return byte == UInt8(ascii: "[") ? .array(try elements(level: level)) : .object(try nested(level: level))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "-") where !isLetter(at: index + 1): return .number(try number())
        case _ where isLetter(at: index) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+"): return try word()
        default: throw fault(expected: "a value")
        }
    }

    private mutating func nested(level: Int) throws(JSONFault) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        try members { (name, reader) throws(JSONFault) in result[name] = try reader.value(level: level + 1) }
        return result
    }

    private mutating func elements(level: Int) throws(JSONFault) -> [JSONValue] {
        var values: [JSONValue] = []
        index += 1
        skipBlanks()
        guard !take("]") else { return [] }
        repeat {
            skipBlanks()
            values.append(try value(level: level + 1))
            skipBlanks()
        } while take(",")
        guard take("]") else { throw fault(expected: "a comma or the end of the array") }
        return values
    }

    private mutating func word() throws(JSONFault) -> JSONValue {
        let start = index
        index += 1
        while isLetter(at: index) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        switch text {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "null": return .null
        default:
            let bare = text.lowercased().drop { $0 == "-" || $0 == "+" }
            guard ["nan", "inf", "infinity"].contains(bare) else {
                throw JSONFault(offset: start, key: key, found: "the bare word \(Excerpt.quoted(text))", expected: "a value")
            }
            return .notANumber(text)
        }
    }

    private mutating func number() throws(JSONFault) -> String {
        let start = index
        _ = take("-")
        let hasLeadingZero = peek == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, !hasLeadingZero || whole == 1 else { throw fault(at: start, expected: "a number without leading zeros") }
        if take("."), digits() == 0 { throw fault(expected: "a digit after the decimal point") }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            if digits() == 0 { throw fault(expected: "a digit in the exponent") }
        }
        guard index - start <= Self.longestNumber else {
            throw fault(at: start, expected: "a number of at most \(Self.longestNumber) characters")
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = index
        while let byte = peek, byte >= 48, byte <= 57 { index += 1 }
        return index - start
    }
}

// Strings and single bytes.
extension StrictJSON {
    private mutating func string() throws(JSONFault) -> String {
        index += 1
        var text: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw fault(expected: "no control character in a string")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw fault(expected: "the closing quote of a string")
    }

    private mutating func escape() throws(JSONFault) -> [UInt8] {
        let start = index
        index += 1
        guard let byte = peek else { throw fault(expected: "an escape") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar(from: start))).utf8)
        default: throw fault(at: start, expected: "an escape that JSON knows")
        }
    }

    private mutating func scalar(from start: Int) throws(JSONFault) -> Unicode.Scalar {
        guard let unit = hexUnit() else { throw fault(at: start, expected: "four hexadecimal digits after \\u") }
        guard unit != 0 else { throw fault(at: start, expected: "no \\u0000, which no database stores") }
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xDC00, take("\\"), take("u"), let low = hexUnit(), (0xDC00...0xDFFF).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { throw fault(at: start, expected: "surrogates in pairs") }
        return scalar
    }

    private mutating func hexUnit() -> UInt32? {
        guard bytes.count - index >= 4 else { return nil }
        var unit: UInt32 = 0
        for byte in bytes[index..<index + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 128 else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        index += 4
        return unit
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: scalar) else { return false }
        index += 1
        return true
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 32 || byte == 9 || byte == 10 || byte == 13 { index += 1 }
    }

    private func isLetter(at index: Int) -> Bool {
        index < bytes.count && (65...90 ~= bytes[index] || 97...122 ~= bytes[index])
    }

    private func fault(at offset: Int? = nil, expected: String) -> JSONFault {
        let offset = offset ?? index
        // One token at most: what follows may be a secret.
        let rest = bytes[min(offset, bytes.count)...]
        let token = rest.prefix(16).prefix { 48...57 ~= $0 || 65...90 ~= $0 || 97...122 ~= $0 || [43, 45, 46].contains($0) }
        let shown = token.isEmpty ? Array(String(decoding: rest.prefix(4), as: UTF8.self).prefix(1).utf8)[...] : token
        let found = rest.isEmpty ? "the end" : Excerpt.quoted(String(decoding: shown, as: UTF8.self))
        return JSONFault(offset: offset, key: key, found: found, expected: expected)
    }
}

/// Quotes foreign text for a message: bounded, and nothing in it can break a line or a terminal.
enum Excerpt {
    /// At most 40 characters of `text` in quotes, everything unprintable written as its number.
    static func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(41)
        let shown = scalars.prefix(40).map { isPrintable($0) && $0 != "\"" ? String(Character($0)) : "\\u{\(String($0.value, radix: 16))}" }
        return "\"" + shown.joined() + (scalars.count > 40 ? "…" : "") + "\""
    }

    /// At most `limit` characters of `text` without quotes, everything unprintable written as its number.
    static func visible(_ text: String, limit: Int = .max) -> String {
        let scalars = text.unicodeScalars.prefix(limit)
        guard !scalars.allSatisfy(isPrintable) else { return String(String.UnicodeScalarView(scalars)) }
        return scalars.map { isPrintable($0) ? String(Character($0)) : "\\u{\(String($0.value, radix: 16))}" }.joined()
    }

    /// Whether a scalar shows as itself and leaves the direction of the line alone.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
