import MunimKit
import Testing

@testable import munim

@Suite("The text of a configuration file")
struct ConfigFileTests {
    private func node(_ text: String) throws -> ConfigNode {
        let (node, faults) = ConfigFile.parse(Array(text.utf8), file: "file")
        #expect(faults == [])
        return try #require(node)
    }

    private func value(_ text: String, _ key: String = "a") throws -> ConfigNode {
        guard case .mapping(let entries) = try node(text).content else { throw NotThere() }
        guard let entry = entries.first(where: { $0.key == key }) else { throw NotThere() }
        return entry.value
    }

    private struct NotThere: Error {}

    @Test("Keys keep their order and places, columns count characters")
    func marks() throws {
        guard case .mapping(let entries) = try node("é: {b: 1, \"c d\": [x,\n    y]}\n").content else { throw NotThere() }
        guard case .mapping(let inner) = entries[0].value.content else { throw NotThere() }
        #expect(inner.map(\.key) == ["b", "c d"])
        #expect(inner.map(\.mark) == [Mark(line: 1, column: 5), Mark(line: 1, column: 11)])
        guard case .sequence(let elements) = inner[1].value.content else { throw NotThere() }
        #expect(elements.map(\.mark) == [Mark(line: 1, column: 19), Mark(line: 2, column: 5)])
    }

    @Test(
        "A fault at the end of a file whose last line has no end of its own stands in that line",
        arguments: ["a:\n  - {x: ", "a:\r  - {x: "])
    func unendedLine(_ text: String) {
        let (node, faults) = ConfigFile.parse(Array(text.utf8), file: "file")
        #expect(node == nil)
        #expect(faults.map(\.mark) == [Mark(line: 2, column: 9)])
    }

    @Test(
        "Scalars keep their text, and whether they were quoted",
        arguments: [
            ("a: 1.0", "1.0", false), ("a: '1.0'", "1.0", true), ("a: \"x\\ty\"", "x\ty", true), ("a: |\n  x\n  y\n", "x\ny\n", true),
            ("a: null", "null", false), ("a: 'null'", "null", true), ("a: 0x1F", "0x1F", false), ("a: yes # no", "yes", false),
            ("\u{FEFF}a: b", "b", false), ("a: b\r\n", "b", false),
        ])
    func scalars(_ text: String, _ expected: String, _ isQuoted: Bool) throws {
        #expect(try value(text).content == .scalar(ConfigNode.Scalar(expected, isQuoted: isQuoted)))
    }

    @Test("Nothing is nothing, unless it is quoted", arguments: [("a:", true), ("a: ~", true), ("a: ''", false), ("a: '~'", false)])
    func nothing(_ text: String, _ isNothing: Bool) throws {
        #expect(try value(text).isNothing == isNothing)
    }

    @Test("An alias repeats its node")
    func alias() throws {
        let text = "a: &x {k: [1, 2]}\nb: *x\n"
        #expect(try value(text, "a") == value(text, "b"))
    }

    @Test("The limits hold exactly", arguments: [(ConfigFile.maximumDepth, true), (ConfigFile.maximumDepth + 1, false)])
    func depth(_ levels: Int, _ isAccepted: Bool) {
        let text = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        #expect((ConfigFile.parse(Array(text.utf8), file: "file").node != nil) == isAccepted)
    }

    @Test("A file that is too large is refused unread")
    func size() {
        let (node, faults) = ConfigFile.parse([UInt8](repeating: 35, count: ConfigFile.maximumBytes + 1), file: "file")
        #expect(node == nil)
        #expect(faults.map(\.message) == ["the file is too large: expected at most 1048576 bytes, found 1048577"])
    }

    @Test(
        "Too many values are refused, and not before", arguments: [(ConfigFile.maximumNodes - 1, true), (ConfigFile.maximumNodes, false)])
    func count(_ elements: Int, _ isAccepted: Bool) {
        // The list itself counts as well.
        let text = "[" + String(repeating: "1,", count: elements) + "]"
        #expect((ConfigFile.parse(Array(text.utf8), file: "file").node != nil) == isAccepted)
    }

    @Test("A hostile text ends quickly with a fault", arguments: ["[", "{a: ", "- ", "&a ", "? ", "\"", "!!x ", "*a ", "|\n", "%YAML 9\n"])
    func hostile(_ piece: String) {
        let text = String(repeating: piece, count: 20_000)
        let (node, faults) = ConfigFile.parse(Array(text.utf8), file: "file")
        #expect(node == nil)
        #expect(!faults.isEmpty)
    }

    @Test(
        "Bytes that are not UTF-8 are found at their place",
        arguments: [([0x61, 0xFF], 2), ([0x61, 0x0A, 0xC3, 0xA9, 0xE2, 0x82], 2), ([0xC0, 0x80], 1)])
    func notUTF8(_ bytes: [UInt8], _ column: Int) {
        let (node, faults) = ConfigFile.parse(bytes, file: "file")
        #expect(node == nil)
        #expect(faults.map(\.mark.column) == [column])
    }
}
