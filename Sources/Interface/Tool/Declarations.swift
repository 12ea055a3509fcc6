/// What a Swift file declares: its text without comments, spaces and the bodies of functions and accessors.
///
/// Layout and calls depend on nothing else: types with all their stored properties in order, cases, requirements, signatures. What is kept by mistake
/// only makes the digest change more often than it must.
struct Declarations {
    /// The tokens that are left, a space between each.
    private(set) var text = ""

    private static let types: Set<String> = ["struct", "enum", "class", "actor", "protocol", "extension"]
    private static let members: Set<String> = ["func", "init", "deinit", "subscript", "var", "let", "case", "typealias", "associatedtype"]

    private var tokens: ArraySlice<String>
    /// The innermost word that introduced a declaration since the last brace.
    private var introducer: String?
    /// The types around, whether each is a protocol.
    private var isProtocol: [Bool] = []

    init(of bytes: [UInt8]) {
        tokens = Tokens(bytes).all[...]
        var previous = ""
        while let token = tokens.popFirst() {
            take(token, after: previous)
            previous = token
        }
    }

    private mutating func take(_ token: String, after previous: String) {
        switch token {
        case "{": open()
        case "}":
            keep(token)
            _ = isProtocol.popLast()
            introducer = nil
        default:
            keep(token)
            if previous != ".", Self.types.contains(token) || Self.members.contains(token) { introducer = token }
        }
    }

    private mutating func open() {
        let word = introducer ?? ""
        introducer = nil
        if Self.types.contains(word) {
            keep("{")
            isProtocol.append(word == "protocol")
        } else {
            // Whether a property is stored or computed matters, and of a requirement whether it can be set.
            let block = skipBlock()
            keep(isProtocol.last == true ? "{ \(block) }" : "{ }")
        }
    }

    /// What stands before the brace that closes the block, which is taken as well.
    private mutating func skipBlock() -> String {
        var inner: [String] = []
        var depth = 1
        while let token = tokens.popFirst() {
            if token == "{" { depth += 1 }
            if token == "}" { depth -= 1 }
            guard depth > 0 else { break }
            inner.append(token)
        }
        return inner.joined(separator: " ")
    }

    private mutating func keep(_ token: String) { text += text.isEmpty ? token : " " + token }
}
