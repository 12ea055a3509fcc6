import Testing

@Suite("Nothing is offered that nobody uses")
struct UnusedTests {
    /// Calls of plugins that nothing makes yet; the options that only they use say so.
    private static let uncalled: [String: (file: String, sentence: String)] = [
        "peel": ("Sources/Plugins/Sizing/ThreeConstraint.swift", "Not used yet")
    ]

    @Test("Every call that a plugin must answer is made by the framework or the host, or its options say that it is not")
    func calls() throws {
        let protocols = SourceTree.files(below: "Sources/Framework/Plugins").filter { $0.path.hasSuffix("Plugin.swift") }
        let names = protocols.flatMap { $0.code.map(\.text) }.compactMap { $0.firstMatch(of: /^func (\w+)\(/).map { String($0.1) } }
        #expect(names.count > 20)
        let callers =
            ["Core", "Shell", "Engine", "Plugins", "Records"].flatMap { SourceTree.files(below: "Sources/Framework/\($0)") }
            + SourceTree.files(below: "Sources/Host")
        let code = callers.flatMap { $0.code.map(\.text) }
        for name in Set(names) {
            let isCalled = code.contains {
                $0.contains(".\(name)(") || $0.contains(" \(name)(") && !$0.hasPrefix("func ") && !$0.contains(" func ")
            }
            #expect(
                isCalled != Self.uncalled.keys.contains(name), "\(name) is \(isCalled ? "called now: it is no exception" : "never called")")
        }
        for (name, exception) in Self.uncalled {
            let file = try #require(SourceTree.file(exception.file))
            #expect(file.lines.contains { $0.contains(exception.sentence) }, "\(exception.file) does not say that nothing calls \(name)")
        }
    }

    @Test(
        "Every option that is read is used where it is read",
        arguments: SourceTree.readers.map(\.path))
    func options(path: String) throws {
        let file = try #require(SourceTree.file(path))
        let users = SourceTree.users(of: path).flatMap { $0.code.map(\.text) }
        for option in file.readOptions {
            let isUsed = users.contains { $0.uses(option.name) }
            #expect(isUsed, "\(path):\(option.line): nobody uses \(option.name)")
        }
    }
}

extension SourceTree {
    fileprivate static func file(_ path: String) -> SourceFile? {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        return files(below: folder).first { $0.path == path }
    }

    /// The files that read options of the host or of a plugin.
    fileprivate static var readers: [SourceFile] {
        (files(below: "Sources/Plugins") + files(below: "Sources/Host")).filter { !$0.readOptions.isEmpty }
    }

    /// Where an option that a file reads can be used: a plugin's in its folder and in the framework, the host's also in plugins.
    fileprivate static func users(of path: String) -> [SourceFile] {
        let parts = path.split(separator: "/")
        let own = parts[1] == "Plugins" ? [parts.prefix(3).joined(separator: "/")] : ["Sources/Host", "Sources/Plugins"]
        return (own + ["Sources/Framework"]).flatMap(files)
    }
}

extension SourceFile {
    /// What the values of the options that are read here are called, as `name = reader.value(` or `name: section.value(`, with their lines.
    fileprivate var readOptions: [(name: String, line: Int)] {
        code.compactMap { number, text in
            let calls = #/(?:reader|section|row|entry)\.(?:value|optional|list|rows|values|section|optionalSection)\(/#
            let target = #/^(?:let )?(?:self\.)?(\w+)(?:: | = )(?:try )?/#
            guard let match = text.firstMatch(of: target), text[match.range.upperBound...].prefixMatch(of: calls) != nil else { return nil }
            return (String(match.1), number)
        }
    }
}

extension String {
    /// Whether a line does something with a name, and does not only hand it on as `name = name`, `name: name` or `default: name`.
    fileprivate func uses(_ name: String) -> Bool {
        ranges(of: name).contains { range in
            let before = self[..<range.lowerBound]
            let after = self[range.upperBound...]
            func isWord(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false }
            guard !isWord(before.last), !isWord(after.first), after.first != ":", !after.hasPrefix(" = ") else { return false }
            let isHandedOn = before.hasSuffix("\(name): ") || before.hasSuffix("\(name) = ") || before.hasSuffix("default: ")
            return !isHandedOn || after.first == "."
        }
    }
}
