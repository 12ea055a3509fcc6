import MunimKit

/// The words in which every backend names a row that stands in the way.
enum ConflictText {
    /// A row by its table and primary key, such as `orders O-17`.
    static func name(_ table: Table, _ key: [String]) -> String { "\(table.name) \(key.joined(separator: "/"))" }

    /// A value as shown to a person; long text is cut.
    static func text(_ value: Value) -> String {
        switch value {
        case .null: "nothing"
        case .integer(let number): String(number)
        case .text(let text): text.count > 80 ? text.prefix(80) + "…" : text
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .document: "a document"
        }
    }
}
