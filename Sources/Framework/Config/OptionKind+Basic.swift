extension OptionKind where Value == String {
    /// Text of at least one character.
    public static var text: OptionKind {
        OptionKind("text", noun: "a text", placeholder: "", text: { $0 }) { text throws(OptionMismatch) in
            guard !text.isEmpty else { throw .malformed }
            return text
        }
    }
}

extension OptionKind where Value == Secret {
    /// A secret of at least one character; its value appears in no message.
    public static var secret: OptionKind { secret(minimumLength: 1) }

    /// A secret of at least so many characters; its value appears in no message.
    public static func secret(minimumLength: Int) -> OptionKind {
        var kind = OptionKind("secret", noun: "a secret", placeholder: Secret(""), text: { _ in Secret.redacted }) {
            text throws(OptionMismatch) in
            guard !text.isEmpty else { throw .malformed }
            return Secret(text)
        }
        kind.isSecret = true
        guard minimumLength > 1 else { return kind }
        return kind.limited("of at least \(minimumLength) characters") { $0.reveal().count >= minimumLength }
    }
}

extension OptionKind where Value == Bool {
    /// `true` or `false`, and no other word.
    public static var flag: OptionKind {
        var kind = OptionKind("flag", noun: "true or false", placeholder: false, text: { String($0) }) { text throws(OptionMismatch) in
            guard let flag = Bool(text) else { throw .malformed }
            return flag
        }
        kind.notation = .flag
        return kind
    }
}

extension OptionKind where Value == Int {
    /// A whole number.
    public static var integer: OptionKind {
        var kind = OptionKind("whole number", noun: "a whole number", placeholder: 0, text: { String($0) }) { text throws(OptionMismatch) in
            Int(try WholeNumber.read(text))
        }
        kind.notation = .number
        return kind
    }
}

extension OptionKind where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
    /// One of the words of a closed set; the raw values are the words.
    public static func choice(_ type: Value.Type) -> OptionKind {
        guard let first = Value.allCases.first else { preconditionFailure("a choice has at least one word") }
        let words = Value.allCases.map(\.rawValue)
        var kind = OptionKind("choice", noun: Shown.choice(words), placeholder: first, text: \.rawValue) { text throws(OptionMismatch) in
            if let value = Value(rawValue: text) { return value }
            guard let nearest = Vocabulary(words).nearest(to: text) else { throw .malformed }
            throw .remarked(" (did you mean \"\(nearest)\"?)")
        }
        kind.words = words
        return kind
    }
}

/// Reads whole numbers without a plus sign.
enum WholeNumber {
    static func read(_ text: String) throws(OptionMismatch) -> Int64 {
        let digits = text.utf8.first == 45 ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { throw .malformed }
        guard let number = Int64(text) else { throw .remarked(", which is too large") }
        return number
    }
}
