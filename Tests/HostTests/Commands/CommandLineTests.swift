import MunimKit
import Testing

@testable import munim

@Suite("The command line")
struct CommandLineTests {
    static let names = CommandLineInterface.commands.map(\.name)

    @Test("Every command says how it is used", arguments: names)
    func help(_ name: String) async throws {
        let command = try #require(CommandLineInterface.commands.first { $0.name == name })
        let world = CommandWorld.silent
        guard case .help(let found) = try CommandReader(commands: CommandLineInterface.commands).read(["help"] + command.words, in: world)
        else {
            Issue.record("help \(name) is no help")
            return
        }
        if !command.isRaw {
            let result = await Munim.run(command.words + ["--help"])
            #expect(result.code == 0 && result.errors.isEmpty && result.output == CommandHelp.page(of: command))
        }
        let page = CommandHelp.page(of: found)
        #expect(page.first == command.summary && command.summary.hasSuffix("."))
        #expect(page.contains { $0.hasPrefix("usage: munim \(name)") })
        for option in command.options { #expect(page.contains { $0.contains(option.usage) && $0.contains(option.summary) }) }
        for argument in command.arguments { #expect(page.contains { $0.contains(argument.name) && $0.contains(argument.summary) }) }
        #expect(!command.examples.isEmpty && page.last?.hasPrefix("Exit codes: 0 done") == true)
    }

    @Test("The overview names every command and goes to standard output", arguments: ["help", "--help", "-h"])
    func overview(_ word: String) async {
        let result = await Munim.run(word)
        #expect(result.code == 0 && result.errors.isEmpty)
        for name in Self.names { #expect(result.output.contains { $0.hasPrefix("  \(name) ") }, "\(name)") }
    }

    @Test("A part of a command lists what may follow")
    func part() async {
        let result = await Munim.run("migrate", "--help")
        #expect(result.output.filter { $0.hasPrefix("  migrate ") }.count == 4)
        #expect(await Munim.run("help", "rollover").output.filter { $0.hasPrefix("  rollover ") }.count == 3)
    }

    @Test(
        "A word that is not known is refused with 2, a sentence and the nearest one",
        arguments: [
            ("serv", "unknown command \"serv\"", "did you mean \"serve\"?"),
            ("plugins instrumnts", "unknown KIND \"instrumnts\"", "did you mean \"instruments\"?"),
            ("plugins describe papr", "unknown plugin \"papr\"", "did you mean \"paper\"?"),
            ("migrate stat", "unknown command after migrate \"stat\"", "known: status, up, down, check"),
            ("validate plugins.yaml --jsn", "unknown option of validate \"--jsn\"", "did you mean \"--json\"?"),
            ("signals --status refusd", "unknown --status \"refusd\"", "did you mean \"refused\"?"),
            ("migrate", "migrate expects one of status, up, down, check", "behind it"),
            ("new", "new expects one of instrument", "behind it"),
            ("validate", "validate expects FILE", "--help"),
            ("validate a b", "does not know what to do with \"b\"", "--help"),
            ("positions --limit", "option --limit expects its COUNT", "behind it"),
            ("positions --limit none", "expects a whole number from 1 to 100000", "\"none\""),
            ("positions --json --json", "option --json is given twice", ""),
            ("positions --json=yes", "option --json takes no value", "\"yes\""),
            ("explain xyz", "is no fingerprint", "hexadecimal"),
            ("new instrument Copper", "cannot name a plugin", "copper-mini"),
            ("new instrument gold-mini", "built in", "choose another"),
        ])
    func unknown(_ line: String, _ sentence: String, _ hint: String) async throws {
        let folder = try TestFolder()
        var words = line.split(separator: " ").map(String.init)
        if words.first == "positions" { words.insert(contentsOf: ["--config", try CommandHost.configuration(in: folder)], at: 1) }
        let result = await Munim.run(words)
        #expect(result.code == 2)
        #expect(result.output == [])
        #expect(result.complaint.hasPrefix("munim: ") && result.complaint.contains(sentence), "\(result.complaint)")
        #expect(result.complaint.contains(hint), "\(result.complaint)")
    }

    @Test("Nothing at all is refused with a hint")
    func nothing() async {
        let result = await Munim.run([])
        #expect(result.code == 2)
        #expect(result.errors == ["munim: expected a command; `munim help` lists them"])
    }

    @Test("A value may stand behind an equals sign or as the next word, and everything behind two hyphens is an argument")
    func spellings() throws {
        let reader = CommandReader(commands: CommandLineInterface.commands)
        for line in [["serve", "a.yaml", "--trace=b"], ["serve", "--trace", "b", "--", "a.yaml"]] {
            guard case .run(_, let input) = try reader.read(line, in: .silent) else {
                Issue.record("\(line) does not run")
                continue
            }
            #expect(input.arguments == ["FILE": "a.yaml"] && input.values == ["trace": "b"])
        }
    }

    @Test("Columns of a table are as wide as their widest text, numbers stand to the right")
    func table() {
        var table = TextTable(("NAME", .left), ("LOTS", .right), ("", .left))
        table.rows = [["a", "1", ""], ["longer", "12345", "note"]]
        #expect(table.lines == ["NAME     LOTS", "a           1", "longer  12345  note"])
    }
}

extension CommandWorld {
    /// A world that nobody listens to.
    static var silent: CommandWorld {
        CommandWorld(
            output: { _ in }, errors: { _ in }, environment: EnvironmentReferences { _ in nil }, clock: SystemClock(), isTerminal: false)
    }
}
