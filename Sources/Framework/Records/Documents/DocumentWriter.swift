/// A value that can stand in a document: written as JSON here, member by member in the order of their names, and read by `Codable`.
///
/// What is written is what `Codable` would write; a test holds the two together.
public protocol DocumentContent: Codable, Hashable, Sendable {
    /// Writes the value as one JSON value.
    func write(to document: inout DocumentWriter)
}

/// Writes JSON straight into bytes: every stored row has some of it, and a general encoder costs more than the row.
public struct DocumentWriter {
    private var bytes: [UInt8] = []
    /// Whether the next member or element is the first of its object or list.
    private var isFirst = true

    /// The JSON text of a value.
    static func text(of content: some DocumentContent) -> String {
        var writer = DocumentWriter()
        writer.bytes.reserveCapacity(1_024)
        content.write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Writes an object; `members` gives its members in the order of their names.
    public mutating func object(_ members: (inout DocumentWriter) -> Void) {
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
        members(&self)
        bytes.append(UInt8(ascii: "}"))
        isFirst = false
    }

    /// Writes one member of an object.
    public mutating func member(_ name: StaticString, _ value: some DocumentContent) {
        next()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        value.write(to: &self)
    }

    /// Writes one member of an object, or nothing where there is no value.
    public mutating func member(_ name: StaticString, _ value: (some DocumentContent)?) {
        if let value { member(name, value) }
    }

    /// Writes an object whose names are only known when it is written.
    public mutating func object(_ members: [String: some DocumentContent]) {
        object { document in
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                document.next()
                document.text(name)
                document.bytes.append(UInt8(ascii: ":"))
                value.write(to: &document)
            }
        }
    }

    /// Writes a list.
    public mutating func list(_ elements: [some DocumentContent]) {
        bytes.append(UInt8(ascii: "["))
        isFirst = true
        for element in elements {
            next()
            element.write(to: &self)
        }
        bytes.append(UInt8(ascii: "]"))
        isFirst = false
    }

    /// Writes true or false.
    public mutating func boolean(_ value: Bool) { append(value ? "true" : "false") }

    /// Writes a whole number.
    public mutating func number(_ number: Int64) {
        // The most digits are nineteen and a sign.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var index = digits.count
            var rest = number.magnitude
            repeat {
                index -= 1
                digits[index] = 48 + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            if number < 0 {
                index -= 1
                digits[index] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: digits[index...])
        }
    }

    /// Writes text.
    public mutating func text(_ text: String) {
        var text = text
        bytes.append(UInt8(ascii: "\""))
        text.withUTF8 { characters in
            var plain = 0
            for (index, character) in characters.enumerated() where Self.needsEscape(character) {
                bytes.append(contentsOf: characters[plain..<index])
                escape(character)
                plain = index + 1
            }
            bytes.append(contentsOf: characters[plain...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ character: UInt8) -> Bool {
        character < 0x20 || character == UInt8(ascii: "\"") || character == UInt8(ascii: "\\")
    }

    private mutating func escape(_ character: UInt8) {
        switch character {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 8: append("\\b")
        case 9: append("\\t")
        case 10: append("\\n")
        case 12: append("\\f")
        case 13: append("\\r")
        default:
            append("\\u00")
            for digit in [character >> 4, character & 15] { bytes.append(digit < 10 ? 48 + digit : 87 + digit) }
        }
    }

    private mutating func append(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

    private mutating func next() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
    }
}
