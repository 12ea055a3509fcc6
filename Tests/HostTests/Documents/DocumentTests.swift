import Foundation
import MunimKit
import Testing

@testable import munim

@Suite("The documents say what is")
struct DocumentTests {
    @Test("A relative link leads to a file, and to a heading in it where it names one", arguments: Document.all)
    func links(_ document: Document) {
        let folder = document.path.split(separator: "/").dropLast().joined(separator: "/")
        for link in document.links {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let file = parts[0].isEmpty ? document.path : Self.standardized("\(folder)/\(parts[0])")
            #expect(FileManager.default.fileExists(atPath: "\(Repository.path)/\(file)"), "\(document) links to \(link)")
            guard parts.count == 2 else { continue }
            #expect(Document(file)?.anchors.contains(parts[1]) == true, "\(document) links to \(link)")
        }
    }

    private static func standardized(_ path: String) -> String {
        path.split(separator: "/").reduce(into: [Substring]()) { parts, part in
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }.joined(separator: "/")
    }

    @Test("Every page of the documentation can be reached from the README")
    func reachable() {
        var (known, waiting) = (Set<String>(), ["README.md"])
        while let path = waiting.popLast() {
            guard known.insert(path).inserted, let document = Document(path) else { continue }
            let folder = path.split(separator: "/").dropLast().joined(separator: "/")
            waiting += document.links.map { Self.standardized("\(folder)/\($0.prefix { $0 != "#" })") }
        }
        #expect(Document.all.map(\.path).filter { $0.hasPrefix("Documentation/") && !known.contains($0) } == [])
        #expect(known.count > 15)
    }

    @Test("Every command that a document shows exists and takes the options shown", arguments: Document.all)
    func commands(_ document: Document) {
        for line in document.fenced {
            guard let match = line.firstMatch(of: #/^(?:\$ )?(?:\S*/)?munim ([a-z-].*)$/#) else { continue }
            let words = match.1.prefix { !"|;&<>#".contains($0) }.split(separator: " ").map(String.init)
            let command = CommandLineInterface.commands.filter { words.starts(with: $0.words) }.max { $0.words.count < $1.words.count }
            guard !["--help", "--version"].contains(words.first) else { continue }
            #expect(command != nil, "\(document): \(line)")
            let known = Set((command?.options ?? []).map(\.name) + ["help"])
            let options = words.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2).prefix { $0 != "=" }) }
            #expect(options.filter { !known.contains($0) } == [], "\(document): \(line)")
        }
    }

    @Test("Every command of the program stands in a document")
    func everyCommand() {
        let text = Document.all.map(\.text).joined(separator: "\n")
        #expect(CommandLineInterface.commands.map(\.name).filter { !text.contains("munim \($0)") } == [])
    }

    @Test("No document carries a path of a machine", arguments: Document.all)
    func paths(_ document: Document) {
        let roots = ["work", "home", "root", "Users", "tmp"].map { "/\($0)/" }
        #expect(roots.filter { document.text.contains($0) } == [], "\(document)")
    }

    @Test("The options of every built-in plugin are listed as they are", arguments: try Builtins.registry().entries.map(\.manifest.name))
    func options(_ name: String) throws {
        for entry in try Builtins.registry().entries where entry.manifest.name == name {
            let page = try #require(Document("Documentation/plugins/\(entry.manifest.kind.rawValue).md"))
            let section = try #require(page.section(name), "\(page) has no heading \(name)")
            for line in OptionTable(options: entry.type.optionDescriptions).lines { #expect(section.contains(line), "\(page), \(name)") }
        }
    }

    @Test("Every option of the host is listed as it is")
    func hostOptions() throws {
        let page = try #require(Document("Documentation/configuration.md"))
        let options = HostConfiguration.descriptions()
        #expect(options.count > 40)
        for line in OptionTable(options: options).lines { #expect(page.text.contains(line)) }
    }

    @Test("The interface's page shows every reason as it is")
    func reasons() throws {
        let page = try #require(Document("Documentation/interface.md"))
        let lines = Reason.all.map { "| `\($0.rawValue)` | \($0.status.rawValue) | \($0.words). |" }
        #expect(lines.filter { !page.text.contains($0) } == [])
    }

    @Test("The interface's page shows every route and no other")
    func routes() async throws {
        let page = try #require(Document("Documentation/interface.md"))
        let shown = page.text.matches(of: #/^#+ `((?:GET|POST) /\S*)`$/#.anchorsMatchLineEndings()).map { String($0.1) }
        let routes = try await RunningHost.run { host async throws in
            host.interface.main.routes.map { "\($0.method.rawValue) \($0.pattern)" }
        }
        #expect(routes.filter { !shown.contains($0) } == [])
        #expect(shown.filter { !routes.contains($0) } == [])
    }
}
