import FoundationEssentials
import MunimKit
import Testing

@Suite("Environment references and secrets")
struct ConfigEnvironmentTests {
    static let environment = EnvironmentReferences { ["NAME": "munim", "EMPTY": "", "KEY": "hunter2", "RAW": "${NAME}"][$0] }

    @Test(
        "A reference becomes the value of its variable",
        arguments: [
            ("plain", "plain"), ("${NAME}", "munim"), ("a-${NAME}-b", "a-munim-b"), ("${NAME}${NAME}", "munimmunim"), ("${EMPTY}", ""),
            ("${EMPTY:-x}", "x"), ("${NONE:-x y}", "x y"), ("${NONE:-}", ""), ("${NAME:-x}", "munim"), ("$${NAME}", "${NAME}"),
            ("$NAME", "$NAME"),
            ("5$", "5$"), ("$$", "$$"), ("${RAW}", "${NAME}"),
        ])
    func expands(_ text: String, _ expected: String) throws {
        #expect(try Self.environment.expand(text).text == expected)
    }

    @Test(
        "A bad reference is a fault at its scalar",
        arguments: [
            ("${NONE}", "the environment variable NONE is not set; set it or give a default as ${NONE:-default}"),
            ("${1X}", #"malformed environment reference "${1X}": expected ${NAME} or ${NAME:-default}"#),
            ("${}", #"malformed environment reference "${}": expected ${NAME} or ${NAME:-default}"#),
            ("${A:-${NAME}}", #"malformed environment reference "${A:-${NAME}": expected ${NAME} or ${NAME:-default}"#),
            ("${NAME", "an environment reference is not closed: expected ${NAME} or ${NAME:-default}, or $${ for a literal ${"),
        ])
    func badReference(_ text: String, _ message: String) {
        let node: ConfigNode = ["list": [["key": ConfigNode(.scalar(.init(text)), mark: Mark(line: 7, column: 9))]]]
        let (expanded, faults) = Self.environment.expanding(node, file: "test")
        #expect(faults.map(\.description) == ["test:7:9: list[1].key: " + message])
        let (_, further) = OptionReader.read(expanded, file: "test") { reader in
            reader.rows("list", summary: "List.") { $0.value("key", .lots, summary: "Key.") }
        }
        #expect(further == [])
    }

    @Test(
        "A reference to a file becomes what the file holds, without the end of its line, relative to the file in which it stands",
        arguments: [
            ("${file:key}", "etc/", "hunter2"), ("a ${file:key} b", "etc/", "a hunter2 b"), ("${file:/srv/key}", "etc/", "absolute"),
            ("${file:none:-x}", "etc/", "x"), ("${file:none:-}", "", ""), ("${file:empty:-x}", "", "x"), ("${file:two}", "", "a\nb"),
            ("$${file:key}", "", "${file:key}"), ("${file:crlf}", "", "a"),
        ])
    func files(_ text: String, _ folder: String, _ expected: String) throws {
        let files = ["etc/key": "hunter2\n", "/srv/key": "absolute", "empty": "\n", "two": "a\nb\n", "crlf": "a\r\n"]
        let environment = EnvironmentReferences(contents: { path throws(PluginFault) in files[path] }, lookup: { _ in nil })
        #expect(try environment.expand(text, folder: folder).text == expected)
    }

    @Test("A file that is missing or cannot be read is a fault at its place, and what it holds is never shown")
    func badFiles() {
        let environment = EnvironmentReferences(
            contents: { path throws(PluginFault) in
                if path == "etc/locked" { throw PluginFault("Permission denied") }
                return path == "etc/key" ? "hunter2" : nil
            }, lookup: { _ in nil })
        let node: ConfigNode = ["a": "${file:none}", "b": "${file:locked}", "c": "${file:}", "lots": "${file:key}"]
        let (expanded, faults) = environment.expanding(node, file: "etc/plugins.yaml")
        #expect(
            Set(faults.map(\.message)) == [
                #"the file "none" does not exist"#, #"the file "locked" cannot be read: Permission denied"#,
                #"malformed environment reference "${file:}": expected ${NAME} or ${NAME:-default}"#,
            ])
        let (_, further) = OptionReader.read(expanded, file: "t") { reader in
            for key in ["a", "b", "c"] { _ = reader.optional(key, .text, summary: "Text.") }
            _ = reader.value("lots", .lots, summary: "Lots.")
        }
        #expect(further.map(\.message) == [#"expected a whole number of lots, found the value of "${file:key}""#])
    }

    @Test("A value from the environment is not shown by a fault, whatever the option")
    func notShown() {
        let (node, _) = Self.environment.expanding(["lots": "${KEY}", "key": ["${KEY}"]], file: "test")
        let (_, faults) = OptionReader.read(node, file: "test") { reader in
            _ = reader.value("lots", .lots, summary: "Lots.")
            _ = reader.value("key", .secret, summary: "Key.")
        }
        #expect(
            faults.map(\.message) == ["expected a secret, found a list", #"expected a whole number of lots, found the value of "${KEY}""#])
        #expect(!faults.description.contains("hunter2"))
    }

    private func secrets(_ node: ConfigNode) -> OptionFindings {
        let (node, _) = Self.environment.expanding(node, file: "test")
        return OptionReader.examine(node, file: "test") { reader in
            _ = reader.optional("first", .secret, summary: "A secret.")
            _ = reader.optional("second", .secret, summary: "Another.")
            _ = reader.rows("services", summary: "Services.") { _ = $0.optional("token", .secret, summary: "A third.") }
        }.findings
    }

    @Test("A percentage from the environment without its sign is a fault that does not show it")
    func percentage() {
        let environment = EnvironmentReferences { _ in "0.017" }
        let (node, _) = environment.expanding(["risk": "${RISK}"], file: "test")
        let (_, faults) = OptionReader.read(node, file: "test") { $0.value("risk", .percent, summary: "Risk.") }
        #expect(faults.map(\.message) == [#"expected a percentage, found the value of "${RISK}", which has no %"#])
    }

    @Test("A secret that stands in the file is remarked, one from the environment is not")
    func clearSecret() {
        let findings = secrets(["first": "hunter2", "second": "${KEY:-}", "services": [["token": "${NAME}"]]])
        #expect(findings.faults.map(\.path) == ["second"], "the two are the same secret")
        let remarks = secrets(["first": "hunter3", "second": "${KEY}"]).remarks
        #expect(
            remarks.map(\.description) == [
                "test:1:1: first: the secret stands in the file as it is: expected a variable of the environment, as ${NAME}"
            ])
    }

    @Test("A secret has no default but an empty one")
    func secretDefault() {
        let faults = secrets(["first": "${KEY:-hunter2}", "second": "a:-b${NAME:-}$${KEY:-x}"]).faults
        #expect(
            faults.map(\.description) == [
                "test:1:1: first: a secret has no default, which would stand in the file: expected a variable of the environment, as ${NAME}"
            ])
    }

    @Test("The same secret for two purposes is a fault; two channels of one service may share theirs")
    func sharedSecret() {
        let faults = secrets(["first": "hunter2", "second": "hunter2", "services": [["token": "x"], ["token": "x"]]]).faults
        #expect(
            faults.map(\.description) == [
                "test:1:1: second: expected a secret of its own, found that of first: who learns one would have both"
            ])
    }

    @Test("A secret that is not set is offered no default")
    func unsetSecret() {
        let node: ConfigNode = ["first": "${NONE}", "lots": "${NONE}"]
        let (_, faults) = Self.environment.expanding(node, file: "test", secretPaths: secrets(node).secretPaths)
        #expect(
            faults.map(\.description) == [
                "test:1:1: first: the environment variable NONE is not set; set it",
                "test:1:1: lots: the environment variable NONE is not set; set it or give a default as ${NONE:-default}",
            ])
    }

    @Test("An empty variable without quotes counts as nothing")
    func emptyIsNothing() throws {
        let (node, _) = Self.environment.expanding(
            ConfigNode(.mapping([.init(key: "a", mark: .start, value: .init(.scalar(.init("${EMPTY}"))))])), file: "t")
        let (value, faults) = OptionReader.read(node, file: "t") { $0.optional("a", .text, summary: "A.") }
        #expect(value == nil)
        #expect(faults == [])
    }

    @Test("No printed or encoded form of a secret shows it")
    func secretNeverPrints() throws {
        struct Holder: Encodable { let key: Secret }
        let holder = Holder(key: Secret("hunter2"))
        var dumped = ""
        dump(holder, to: &dumped)
        let encoded = String(decoding: try JSONEncoder().encode(holder), as: UTF8.self)
        let forms = ["\(holder)", String(reflecting: holder), String(describing: holder.key), dumped, encoded]
        for form in forms { #expect(!form.contains("hunter2")) }
        #expect(encoded == #"{"key":"<redacted>"}"#)
        #expect(holder.key.reveal() == "hunter2")
    }

    @Test(
        "The nearest known word is suggested, a far one is not",
        arguments: [
            ("papr", "paper" as String?), ("PAPER", "paper"), ("zerodah", "zerodha"), ("riks", "risk"), ("xyz", nil), ("", nil),
            (String(repeating: "a", count: 10_000), nil), ("pape\u{301}r", nil), ("p\u{430}per", nil), ("paper\u{301}", nil),
        ])
    func nearest(_ word: String, _ expected: String?) {
        #expect(Vocabulary(["paper", "zerodha", "risk"]).nearest(to: word) == expected)
    }

    @Test("Only short words are compared, and only with as many as a person would read")
    func bounded() {
        let many = (0..<256).map { "word\($0)" }
        #expect(Vocabulary(many + ["paper"]).nearest(to: "papr") == nil)
        #expect(Vocabulary(["paper"] + many).nearest(to: "papr") == "paper")
        let long = String(repeating: "p", count: 65)
        #expect(Vocabulary([long]).nearest(to: long + "x") == nil && Vocabulary([long]).nearest(to: String(long.dropLast())) == long)
    }

    @Test("Control characters and long texts are tamed in messages")
    func tamed() {
        let message = Vocabulary(["a"]).unknown("word", "\u{1b}[31m" + String(repeating: "x", count: 100))
        #expect(message.contains("\\u{1b}[31m"))
        #expect(message.count < 120)
    }
}
