/// Reads and writes comma-separated text after RFC 4180; what is read knows the line on which each record starts.
struct DelimitedText: Sendable {
    /// One record.
    struct Row: Equatable, Sendable {
        /// The line on which it starts, from 1.
        let line: Int
        /// Its fields, unquoted.
        let fields: [String]
    }

    private let bytes: [UInt8]
    private let file: String
    private var index = 0
    private var line = 1

    /// The records of a text in UTF-8, with or without byte-order mark, lines ended by LF or CRLF; empty lines are left out.
    static func rows(_ bytes: [UInt8], file: String) throws(InputFaults) -> [Row] {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw InputFaults(
                InputFault(file: file, line: 0, message: "found bytes that are not UTF-8, expected comma-separated text in UTF-8"))
        }
        var reader = DelimitedText(bytes: bytes, file: file)
        var rows: [Row] = []
        do throws(InputFault) { while let row = try reader.next() { rows.append(row) } } catch { throw InputFaults(error) }
        return rows.filter { $0.fields != [""] }
    }

    /// The text of a field, quoted where it needs to be.
    ///
    /// Byte by byte: a quote with an accent and a CRLF are one character to Swift.
    static func field(_ text: String) -> String {
        guard text.utf8.contains(where: { ",\"\n\r".utf8.contains($0) }) else { return text }
        let doubled = text.utf8.flatMap { $0 == UInt8(ascii: "\"") ? [$0, $0] : [$0] }
        return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
    }

    private init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    private mutating func next() throws(InputFault) -> Row? {
        guard index < bytes.count else { return nil }
        let start = line
        var fields: [String] = []
        while true {
            fields.append(peek == UInt8(ascii: "\"") ? try quoted() : plain())
            guard take(UInt8(ascii: ",")) else { break }
        }
        _ = take(UInt8(ascii: "\r"))
        if take(UInt8(ascii: "\n")) { line += 1 }
        return Row(line: start, fields: fields)
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    private mutating func plain() -> String {
        let start = index
        while let byte = peek, byte != UInt8(ascii: ","), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func quoted() throws(InputFault) -> String {
        let start = line
        index += 1
        var content: [UInt8] = []
        while let byte = peek {
            index += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte != UInt8(ascii: "\"") {
                content.append(byte)
                continue
            }
            if take(UInt8(ascii: "\"")) {
                content.append(byte)
                continue
            }
            guard peek == nil || peek == UInt8(ascii: ",") || peek == UInt8(ascii: "\n") || peek == UInt8(ascii: "\r") else {
                throw InputFault(
                    file: file, line: line, message: "found text behind a closing quote, expected a comma or the end of the line")
            }
            return String(decoding: content, as: UTF8.self)
        }
        throw InputFault(file: file, line: start, message: "found a quoted field without an end, expected a closing quote")
    }
}

extension String {
    /// The text without spaces and tabs at either end.
    var withoutOuterBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else { return "" }
        return first == startIndex && last == index(before: endIndex) ? self : String(self[first...last])
    }
}
