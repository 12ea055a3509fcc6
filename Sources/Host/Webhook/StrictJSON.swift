internal import MunimKit

/// Reads one JSON object and refuses everything that two readers could understand differently.
///
/// Stricter than RFC 8259: the top is an object, no key stands twice in one object, at most 8 levels, numbers of at most 64 characters, no
/// `\u0000` and no lone surrogates. Of what other parsers tolerate, nothing passes: trailing commas, comments, a byte-order mark, UTF-16,
/// data after the end. Only NaN and the infinities are read, as ``JSONValue/notANumber(_:)``, so that the message can name every one.
///
/// Reading costs as much as the bytes are many, whatever they say, because strangers send them: keys are short and ASCII, so that to compare
/// or hash one never normalises Unicode, and there are not many values.
struct StrictJSON {
    /// The members of an object at the top, and where the text of one of them stands in the bytes.
    struct Document: Sendable {
        var members: [String: JSONValue] = [:]
        /// Where the text of the value stands that is asked for by its key.
        var range: Range<Int>?
    }

    /// The most members and elements, those of members counted too.
    static let mostValues = 128
    /// The longest key, in bytes.
    static let longestKey = 64
    private static let deepest = 8
    private static let longestNumber = 64
    private let bytes: [UInt8]
    private var index = 0
    private var key: String?
    private let mostValues: Int
    private var valuesLeft: Int
    private var document = Document()
    private let marked: String?

    /// The object that `bytes` denote.
    static func object(_ bytes: [UInt8], most values: Int = mostValues) throws(JSONFault) -> Document {
        let (document, fault) = read(bytes, most: values)
        if let fault { throw fault }
        return document
    }

    /// The members of the object at the top, all of them or those before a fault, and where the value of the key `marked` stands.
    static func read(
        _ bytes: [UInt8], most values: Int = mostValues, marking marked: String? = nil
    ) -> (document: Document, fault: JSONFault?) {
        var reader = StrictJSON(bytes: bytes, mostValues: values, marked: marked)
        do throws(JSONFault) {
            guard String(validating: bytes, as: UTF8.self) != nil else {
                throw JSONFault(offset: 0, key: nil, found: "bytes that are not UTF-8", expected: "a JSON object in UTF-8")
            }
            try reader.readDocument()
            return (reader.document, nil)
        } catch { return (reader.document, error) }
    }

    private init(bytes: [UInt8], mostValues: Int, marked: String?) {
        self.bytes = bytes
        self.marked = marked
        self.mostValues = mostValues
        valuesLeft = mostValues
    }

    private mutating func readDocument() throws(JSONFault) {
        skipBlanks()
        guard peek == UInt8(ascii: "{") else { throw fault(expected: "a JSON object") }
        try members { (name, reader) throws(JSONFault) in
            reader.key = name
            let start = reader.index
            let isNew = reader.document.members.updateValue(try reader.value(level: 2), forKey: name) == nil
            if name == reader.marked { reader.document.range = start..<reader.index }
            reader.key = nil
            return isNew
        }
        skipBlanks()
        guard index == bytes.count else { throw fault(expected: "nothing after the object") }
    }

    /// Reads an object; `read` takes each value and answers whether its key is new.
    private mutating func members(_ read: (String, inout StrictJSON) throws(JSONFault) -> Bool) throws(JSONFault) {
        index += 1
        skipBlanks()
        guard !take("}") else { return }
        repeat {
            skipBlanks()
            let start = index
            guard peek == UInt8(ascii: "\"") else { throw fault(expected: "a key in double quotes") }
            let name = try name()
            skipBlanks()
            guard take(":") else { throw fault(expected: "a colon after the key") }
            skipBlanks()
            guard try read(name, &self) else {
                throw JSONFault(offset: start, key: key, found: "the key \(Excerpt.quoted(name)) a second time", expected: "every key once")
            }
            skipBlanks()
        } while take(",")
        guard take("}") else { throw fault(expected: "a comma or the end of the object") }
    }

    private mutating func value(level: Int) throws(JSONFault) -> JSONValue {
        guard let byte = peek else { throw fault(expected: "a value") }
        guard valuesLeft > 0 else {
            throw JSONFault(offset: index, key: key, found: "one value more", expected: "at most \(mostValues) values in one body")
        }
        valuesLeft -= 1
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
        try members { (name, reader) throws(JSONFault) in result.updateValue(try reader.value(level: level + 1), forKey: name) == nil }
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
        let text = String(decoding: bytes[start..<min(index, start + 64)], as: UTF8.self)
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
    private mutating func string() throws(JSONFault) -> String { String(decoding: try text(), as: UTF8.self) }

    /// A key, refused by its bytes before it becomes a text that is hashed.
    private mutating func name() throws(JSONFault) -> String {
        let start = index
        let text = try text()
        guard text.count <= Self.longestKey, text.allSatisfy({ $0 < 128 }) else {
            throw JSONFault(
                offset: start, key: key, found: text.count > Self.longestKey ? "a key of \(text.count) bytes" : "a key beyond ASCII",
                expected: "a key of at most \(Self.longestKey) ASCII characters")
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func text() throws(JSONFault) -> [UInt8] {
        index += 1
        var text: [UInt8] = []
        while true {
            let start = index
            while let byte = peek, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { index += 1 }
            if start < index { text += bytes[start..<index] }
            switch peek {
            case UInt8(ascii: "\""):
                index += 1
                return text
            case UInt8(ascii: "\\"): try escape(to: &text)
            case nil: throw fault(expected: "the closing quote of a string")
            default: throw fault(expected: "no control character in a string")
            }
        }
    }

    private mutating func escape(to text: inout [UInt8]) throws(JSONFault) {
        let start = index
        index += 1
        guard let byte = peek else { throw fault(expected: "an escape") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(8)
        case UInt8(ascii: "f"): text.append(12)
        case UInt8(ascii: "n"): text.append(10)
        case UInt8(ascii: "r"): text.append(13)
        case UInt8(ascii: "t"): text.append(9)
        case UInt8(ascii: "u"): Self.write(try scalar(from: start).value, to: &text)
        default: throw fault(at: start, expected: "an escape that JSON knows")
        }
    }

    /// Adds a scalar in UTF-8.
    private static func write(_ scalar: UInt32, to text: inout [UInt8]) {
        func part(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: scalar >> shift) & 0x3F }
        switch scalar {
        case 0..<0x80: text.append(UInt8(truncatingIfNeeded: scalar))
        case 0..<0x800:
            text.append(0xC0 | UInt8(truncatingIfNeeded: scalar >> 6))
            text.append(part(0))
        case 0..<0x10000:
            text.append(0xE0 | UInt8(truncatingIfNeeded: scalar >> 12))
            text.append(part(6))
            text.append(part(0))
        default:
            text.append(0xF0 | UInt8(truncatingIfNeeded: scalar >> 18))
            text.append(part(12))
            text.append(part(6))
            text.append(part(0))
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
            switch byte {
            case 48...57: unit = unit << 4 | UInt32(byte - 48)
            case 65...70: unit = unit << 4 | UInt32(byte - 55)
            case 97...102: unit = unit << 4 | UInt32(byte - 87)
            default: return nil
            }
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
