/// Replaces `${NAME}`, `${file:PATH}` and either with `:-default` in texts; `$${` stands for a literal `${`.
///
/// Pure: what a name means is answered by `lookup`, what a file holds by `contents`. A default is used when the variable or file is missing or
/// empty, as shells do it. A path is relative to the folder of the file in which it stands.
public struct EnvironmentReferences: Sendable {
    /// The text of a file; nil when there is none, and a sentence when it cannot be read.
    public typealias Contents = @Sendable (_ path: String) throws(PluginFault) -> String?

    private let lookup: @Sendable (String) -> String?
    private let contents: Contents

    /// References answered by `lookup`, which returns nil for a variable that is not set, and by `contents`.
    public init(contents: @escaping Contents = { _ throws(PluginFault) in nil }, lookup: @escaping @Sendable (String) -> String?) {
        self.lookup = lookup
        self.contents = contents
    }

    /// The tree with every scalar expanded, and a fault for each reference that failed; keys are never expanded.
    ///
    /// - Parameter secretPaths: options that are secrets, to which no default is offered.
    public func expanding(
        _ node: ConfigNode, file: String, secretPaths: Set<String> = []
    ) -> (node: ConfigNode, faults: [ConfigFault]) {
        var broken: [(mark: Mark, path: String, reference: BadReference)] = []
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        let expanded = expanding(node, path: "", folder, &broken)
        let faults = broken.map { mark, path, reference in
            let sentence = secretPaths.contains(path) ? reference.messageForSecret : nil
            return ConfigFault(file: file, mark: mark, path: path, message: sentence ?? reference.message)
        }
        return (expanded, faults)
    }

    private func expanding(
        _ node: ConfigNode, path: String, _ folder: String, _ broken: inout [(mark: Mark, path: String, reference: BadReference)]
    ) -> ConfigNode {
        switch node.content {
        case .scalar(let scalar):
            do { return ConfigNode(.scalar(try expanding(scalar, folder)), mark: node.mark) } catch {
                broken.append((node.mark, path, error))
                return ConfigNode(.scalar(ConfigNode.Scalar("", isQuoted: scalar.isQuoted, origin: .broken)), mark: node.mark)
            }
        case .sequence(let elements):
            let expanded = elements.enumerated().map { expanding($1, path: "\(path)[\($0 + 1)]", folder, &broken) }
            return ConfigNode(.sequence(expanded), mark: node.mark)
        case .mapping(let entries):
            let expanded = entries.map { entry in
                let inner = path.isEmpty ? entry.key : path + "." + entry.key
                return ConfigNode.Entry(key: entry.key, mark: entry.mark, value: expanding(entry.value, path: inner, folder, &broken))
            }
            return ConfigNode(.mapping(expanded), mark: node.mark)
        }
    }

    private func expanding(_ scalar: ConfigNode.Scalar, _ folder: String) throws(BadReference) -> ConfigNode.Scalar {
        let (text, wasReplaced) = try expand(scalar.text, folder: folder)
        guard wasReplaced else { return ConfigNode.Scalar(text, isQuoted: scalar.isQuoted) }
        return ConfigNode.Scalar(text, isQuoted: scalar.isQuoted, origin: .environment(raw: scalar.text))
    }

    /// Why a reference could not be replaced, in a sentence that shows no value.
    public struct BadReference: Error, Hashable, Sendable {
        /// The sentence.
        public let message: String
        /// The sentence where the option is a secret, which must not have a default; nil for the same one.
        var messageForSecret: String?
    }

    /// Whether a text gives a variable a default that is not empty.
    static func hasDefault(_ text: String) -> Bool {
        // `$${` stands for itself and begins no reference.
        let text = text.replacing("$${", with: "")
        let references = text.ranges(of: "${").map { text[$0.upperBound...].prefix { $0 != "}" } }
        return references.contains { reference in
            reference.firstRange(of: ":-").map { $0.upperBound < reference.endIndex } ?? false
        }
    }

    /// The text with its references replaced, and whether there were any; relative paths begin at `folder`, which ends with a slash.
    public func expand(_ text: String, folder: String = "") throws(BadReference) -> (text: String, wasReplaced: Bool) {
        var result = ""
        var rest = text[...]
        var wasReplaced = false
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else {
                    throw BadReference(
                        message: "an environment reference is not closed: expected ${NAME} or ${NAME:-default}, or $${ for a literal ${")
                }
                result += try value(of: rest[rest.index(dollar, offsetBy: 2)..<end], folder)
                rest = rest[rest.index(after: end)...]
                wasReplaced = true
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return (result + rest, wasReplaced)
    }

    private func value(of reference: Substring, _ folder: String) throws(BadReference) -> String {
        let separator = reference.firstRange(of: ":-")
        let name = String(separator.map { reference[..<$0.lowerBound] } ?? reference)
        let path = name.hasPrefix("file:") ? String(name.dropFirst(5)) : nil
        guard path.map({ !$0.isEmpty && !$0.utf8.contains(0) }) ?? Self.isName(name),
            separator.map({ !reference[$0.upperBound...].contains("${") }) ?? true
        else {
            throw BadReference(
                message: "malformed environment reference \(Shown.quoted("${\(reference)}")): expected ${NAME} or ${NAME:-default}")
        }
        let found = if let path { try text(of: path, folder) } else { lookup(name) }
        if let separator { return found.flatMap { $0.isEmpty ? nil : $0 } ?? String(reference[separator.upperBound...]) }
        guard let found else {
            throw BadReference(
                message: path.map { "the file \(Shown.quoted($0)) does not exist" }
                    ?? "the environment variable \(name) is not set; set it or give a default as ${\(name):-default}",
                messageForSecret: path == nil ? "the environment variable \(name) is not set; set it" : nil)
        }
        return found
    }

    /// What a file holds, without the end of its last line.
    private func text(of path: String, _ folder: String) throws(BadReference) -> String? {
        do throws(PluginFault) {
            guard let text = try contents(path.hasPrefix("/") ? path : folder + path) else { return nil }
            guard text.utf8.last == 10 else { return text }
            let line = text.unicodeScalars.dropLast()
            return String(line.last == "\r" ? line.dropLast() : line)
        } catch {
            throw BadReference(message: "the file \(Shown.quoted(path)) cannot be read: \(error)")
        }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(48...57).contains(first) else { return false }
        return text.utf8.allSatisfy { ($0 | 32 >= 97 && $0 | 32 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 }
    }
}
