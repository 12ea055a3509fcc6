/// The one way in which text from outside is shown: bounded, and nothing in it can break a line, turn its direction or drive a terminal.
///
/// Costs what is shown, however long the text is.
public enum Excerpt {
    /// At most `longest` characters of `text` in quotes, everything that cannot stand in a line written as its number.
    public static func quoted(_ text: String, longest: Int = 40) -> String {
        var shown = "\""
        var count = 0
        for (scalar, isShown) in Scalars(text) {
            guard count < longest else { return shown + "…\"" }
            append(scalar, isShown && scalar != "\"", to: &shown)
            count += 1
        }
        return shown + "\""
    }

    /// At most `limit` characters of `text` without quotes, everything that cannot stand in a line written as its number.
    public static func visible(_ text: String, limit: Int = .max) -> String {
        guard limit < .max || !text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return text }
        var shown = ""
        for (scalar, isShown) in Scalars(text).prefix(limit) { append(scalar, isShown, to: &shown) }
        return shown
    }

    private static func append(_ scalar: Unicode.Scalar, _ isShown: Bool, to shown: inout String) {
        guard !isShown else { return shown.unicodeScalars.append(scalar) }
        shown += "\\u{"
        shown += String(scalar.value, radix: 16)
        shown += "}"
    }

    /// Whether a scalar shows as itself and leaves the direction of the line alone.
    public static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x7F else { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: return false
        default: return true
        }
    }

    /// Scalars, each with whether it can stand in a message: besides what never prints, blanks that look like one or none, and marks that
    /// pile up on a letter, are written as numbers.
    private struct Scalars: Sequence, IteratorProtocol {
        private var rest: String.UnicodeScalarView.Iterator
        private var marks = 0

        init(_ text: String) { rest = text.unicodeScalars.makeIterator() }

        mutating func next() -> (Unicode.Scalar, Bool)? {
            guard let scalar = rest.next() else { return nil }
            guard scalar.value >= 0x7F else {
                marks = 0
                return (scalar, scalar.value >= 0x20)
            }
            let properties = scalar.properties
            switch properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .spacingMark: marks += 1
            default: marks = 0
            }
            let isShown = Excerpt.isPrintable(scalar) && !properties.isDefaultIgnorableCodePoint && !properties.isWhitespace && marks <= 2
            return (scalar, isShown)
        }
    }
}
