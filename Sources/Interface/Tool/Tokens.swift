/// The tokens of a Swift file: words, numbers, whole texts in quotes, and single other characters; comments and spaces are left out.
struct Tokens {
    private(set) var all: [String] = []
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        while place < bytes.count { step() }
    }

    private mutating func step() {
        let byte = bytes[place]
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): place += 1
        case UInt8(ascii: "/") where starts(with: "//"): skipLine()
        case UInt8(ascii: "/") where starts(with: "/*"): skipComment()
        case _ where startsQuote: take(from: place) { $0.skipQuote() }
        case _ where Self.isWord(byte): take(from: place) { $0.skipWord() }
        default: take(from: place) { $0.place += 1 }
        }
    }

    private mutating func take(from start: Int, _ skip: (inout Tokens) -> Void) {
        skip(&self)
        all.append(String(decoding: bytes[start..<place], as: UTF8.self))
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte >= 128 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "`") || (48...57).contains(byte) || (97...122).contains(byte | 32)
    }

    private func starts(with text: StaticString, at start: Int? = nil) -> Bool {
        let start = start ?? place
        return text.withUTF8Buffer { start + $0.count <= bytes.count && bytes[start..<start + $0.count].elementsEqual($0) }
    }

    /// Whether a text in quotes begins here, with or without signs of number in front.
    private var startsQuote: Bool {
        let isSign = bytes[place] == UInt8(ascii: "#")
        return (isSign ? bytes[place...].first { $0 != UInt8(ascii: "#") } : bytes[place]) == UInt8(ascii: "\"")
    }

    private mutating func skipLine() { while place < bytes.count, bytes[place] != 10 { place += 1 } }

    private mutating func skipWord() { while place < bytes.count, Self.isWord(bytes[place]) { place += 1 } }

    private mutating func skipComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                place += 2
            } else if starts(with: "*/") {
                depth -= 1
                place += 2
            } else {
                place += 1
            }
        } while depth > 0 && place < bytes.count
    }
}

extension Tokens {
    /// A text in quotes with what is interpolated in it, where further quotes may stand.
    private mutating func skipQuote() {
        var signs = 0
        while place < bytes.count, bytes[place] == UInt8(ascii: "#") {
            signs += 1
            place += 1
        }
        let isLong = starts(with: "\"\"\"")
        place += isLong ? 3 : 1
        while place < bytes.count {
            if isEscape(signs) {
                place += signs + 1
                if place < bytes.count, bytes[place] == UInt8(ascii: "(") { skipInterpolation() } else { place += 1 }
            } else if isLong ? starts(with: "\"\"\"") : bytes[place] == UInt8(ascii: "\"") {
                place += isLong ? 3 : 1
                guard !endsQuote(signs) else { return place += signs }
            } else {
                place += 1
            }
        }
        place = min(place, bytes.count)
    }

    private func isEscape(_ signs: Int) -> Bool {
        bytes[place] == UInt8(ascii: "\\") && bytes[(place + 1)...].prefix(signs).count { $0 == UInt8(ascii: "#") } == signs
    }

    private func endsQuote(_ signs: Int) -> Bool { bytes[place...].prefix(signs).count { $0 == UInt8(ascii: "#") } == signs }

    private mutating func skipInterpolation() {
        var depth = 0
        repeat {
            switch bytes[place] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: "\""):
                skipQuote()
                continue
            default: break
            }
            place += 1
        } while depth > 0 && place < bytes.count
    }
}
