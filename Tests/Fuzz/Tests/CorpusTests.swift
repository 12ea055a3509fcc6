import Foundation
import FuzzHarness
import Testing

/// A file of the corpus of a target; former crashes stand in a folder of their own.
struct CorpusFile: CustomTestStringConvertible, Sendable {
    let target: FuzzTarget
    let path: String

    var testDescription: String { path }

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// The broken configurations of the host's tests are seeds as well.
    private static let further = ["config": "Tests/HostTests/Config/Corpus"]

    static let all: [CorpusFile] = FuzzTarget.all.flatMap { target in
        ["Tests/Fuzz/Corpus/\(target.name)", further[target.name]].compactMap(\.self).flatMap { folder in
            files(below: folder).map { CorpusFile(target: target, path: $0) }
        }
    }

    private static func files(below folder: String) -> [String] {
        let names = FileManager.default.enumerator(atPath: root.appending(path: folder).path())?.compactMap { $0 as? String } ?? []
        return names.sorted().map { "\(folder)/\($0)" }.filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: root.appending(path: $0).path(), isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}

@Suite("What fuzzing holds")
struct CorpusTests {
    @Test("Every property holds for a file of the corpus", arguments: CorpusFile.all)
    func properties(_ file: CorpusFile) throws {
        let bytes = try Data(contentsOf: CorpusFile.root.appending(path: file.path))
        #expect(throws: Never.self, "\(file.path)") { try file.target.check(Array(bytes)) }
    }

    @Test("Every target has seeds", arguments: FuzzTarget.all.map(\.name))
    func seeds(_ name: String) {
        #expect(CorpusFile.all.count { $0.target.name == name && !$0.path.contains("/crashes/") } >= 5)
    }

    @Test("The Makefile and the documentation list the targets and no other")
    func listed() throws {
        let names = FuzzTarget.all.map(\.name)
        let makefile = try String(contentsOf: CorpusFile.root.appending(path: "Makefile"), encoding: .utf8)
        #expect(makefile.matches(of: #/@echo "make fuzz TARGET=(\w+)/#).map { String($0.1) } == names)
        let page = try String(contentsOf: CorpusFile.root.appending(path: "Documentation/fuzzing.md"), encoding: .utf8)
        #expect(page.matches(of: #/\n\| `(\w+)` \|/#).map { String($0.1) } == names)
    }
}
