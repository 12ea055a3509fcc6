/// Rows of text with aligned columns.
struct TextTable {
    /// Which side the text of a column stands on.
    enum Side: Sendable { case left, right }

    /// The columns.
    let columns: [(title: String, side: Side)]
    /// The rows; each has one text per column.
    var rows: [[String]] = []

    init(_ columns: (title: String, side: Side)...) { self.columns = columns }

    /// The table with its titles.
    var lines: [String] { Self.aligned([columns.map(\.title)] + rows, sides: columns.map(\.side)) }

    /// Rows of texts, each column as wide as its widest text, two blanks between them, none at the end.
    static func aligned(_ rows: [[String]], sides: [Side] = []) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let padding = String(repeating: " ", count: widths[column] - text.count)
                let isRight = column < sides.count && sides[column] == .right
                line += (column == 0 ? "" : "  ") + (isRight ? padding + text : text + padding)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
