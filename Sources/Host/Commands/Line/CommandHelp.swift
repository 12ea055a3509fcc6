/// What `--help` says.
enum CommandHelp {
    /// The list of the commands that begin with `words`.
    static func overview(of commands: [Command], below words: [String]) -> [String] {
        let listed = commands.filter { $0.words.starts(with: words) }
        let heads = words.isEmpty ? ["munim takes trading signals, sizes and places them, and keeps exact books.", ""] : []
        let tails =
            words.isEmpty
            ? ["", exitCodes, "Tables show the exchange's clock (+05:30), JSON shows UTC.", "`munim COMMAND --help` says more of each."]
            : []
        return heads + ["usage: munim \((words + ["COMMAND"]).joined(separator: " "))", ""]
            + TextTable.aligned(listed.map { ["  " + $0.name, $0.summary] }) + tails
    }

    /// How one command is used.
    static func page(of command: Command) -> [String] {
        var lines = [command.summary, "", "usage: " + usage(of: command)]
        if !command.arguments.isEmpty {
            lines += ["", "arguments"] + TextTable.aligned(command.arguments.map { ["  " + $0.name, sentence($0.summary, $0.choices)] })
        }
        if !command.options.isEmpty {
            lines += ["", "options"] + TextTable.aligned(command.options.map { ["  " + $0.usage, sentence($0.summary, $0.choices)] })
        }
        if !command.examples.isEmpty { lines += ["", "examples"] + command.examples.map { "  " + $0 } }
        return lines + ["", exitCodes]
    }

    /// The line of a command with everything that it takes.
    static func usage(of command: Command) -> String {
        let arguments = command.arguments.map { $0.isOptional ? "[\($0.name)]" : $0.name }
        let options = command.options.map { "[\($0.usage)]" }
        return (["munim", command.name] + arguments + options + (command.isRaw && command.arguments.isEmpty ? ["…"] : [])).joined(
            separator: " ")
    }

    private static let exitCodes = "Exit codes: 0 done, 1 failed, 2 a wrong command line or a faulty configuration."

    private static func sentence(_ summary: String, _ choices: [String]) -> String {
        choices.isEmpty ? summary : summary + " One of " + choices.joined(separator: ", ") + "."
    }
}
