package import MunimKit

/// How the broker spells a contract, as text with placeholders such as `{root}{yy}{MON}FUT`.
package struct SymbolPattern: Hashable, Sendable, CustomStringConvertible {
    /// What can stand in braces.
    package enum Field: String, CaseIterable, Hashable, Sendable {
        /// The root of the family.
        case root
        /// Year of the contract month, four digits.
        case yyyy
        /// Year of the contract month, two digits.
        case yy
        /// Contract month as three capital letters.
        case monthName = "MON"
        /// Contract month as two digits.
        case mm
        /// Day of the month on which the contract expires, two digits.
        case dd
        /// The strike, without trailing zeros.
        case strike
        /// `CE` for a call, `PE` for a put, nothing for a future.
        case right
    }

    private enum Part: Hashable, Sendable {
        case text(String)
        case field(Field)
    }

    /// The pattern as it was written.
    package let description: String
    private let parts: [Part]

    /// A pattern; nil when a brace is not closed or names no field.
    package init?(_ text: String) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}"), let field = Field(rawValue: String(rest[rest.index(after: open)..<close]))
            else { return nil }
            parts += [.text(String(rest[..<open])), .field(field)]
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains("}"), !text.isEmpty else { return nil }
        self.parts = (parts + [.text(String(rest))]).filter { $0 != .text("") }
        description = text
    }

    private init(description: String, parts: [Part]) {
        self.description = description
        self.parts = parts
    }

    /// The broker's form of a monthly future, such as `GOLDM26JANFUT`.
    package static let future = SymbolPattern(
        description: "{root}{yy}{MON}FUT", parts: [.field(.root), .field(.yy), .field(.monthName), .text("FUT")])
    /// The broker's form of an option with a monthly expiry, such as `BANKNIFTY25DEC52000CE`.
    package static let option = SymbolPattern(
        description: "{root}{yy}{MON}{strike}{right}",
        parts: [.field(.root), .field(.yy), .field(.monthName), .field(.strike), .field(.right)])

    /// Whether symbols of this pattern tell these fields apart.
    package func names(_ fields: Set<Field>) -> Bool { fields.allSatisfy { parts.contains(.field($0)) } }

    /// The symbol of a contract.
    package func symbol(root: String, month: ContractMonth, kind: ContractKind) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .field(let field): Self.text(of: field, root: root, month: month, kind: kind)
            }
        }.joined()
    }

    /// Whether a symbol is that of a contract with this right and any strike.
    package func isSymbol(_ symbol: String, root: String, month: ContractMonth, right: ContractKind) -> Bool {
        guard let place = parts.firstIndex(of: .field(.strike)) else { return symbol == self.symbol(root: root, month: month, kind: right) }
        func rendered(_ parts: ArraySlice<Part>) -> String {
            SymbolPattern(description: "", parts: Array(parts)).symbol(root: root, month: month, kind: right)
        }
        let (before, after) = (rendered(parts[..<place]), rendered(parts[(place + 1)...]))
        guard symbol.hasPrefix(before), symbol.hasSuffix(after), symbol.utf8.count > before.utf8.count + after.utf8.count else {
            return false
        }
        return (try? Price(symbol.dropFirst(before.count).dropLast(after.count))) != nil
    }

    private static func text(of field: Field, root: String, month: ContractMonth, kind: ContractKind) -> String {
        switch field {
        case .root: root
        case .yyyy: padded(month.year, 4)
        case .yy: padded(month.year % 100, 2)
        case .monthName: MonthName.uppercase[month.month - 1]
        case .mm: padded(month.month, 2)
        case .dd: padded(month.expiry.date.day, 2)
        case .strike: kind.strike?.description ?? ""
        case .right: right(of: kind)
        }
    }

    private static func right(of kind: ContractKind) -> String {
        switch kind {
        case .future: ""
        case .call: "CE"
        case .put: "PE"
        }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
