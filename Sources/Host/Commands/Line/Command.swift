import MunimKit

/// One command of the program: what it is called, what it takes, and what it does.
struct Command: Sendable {
    /// The words that name it, such as `plugins describe`.
    let words: [String]
    /// One sentence.
    let summary: String
    /// What stands behind the words, in order.
    var arguments: [CommandArgument] = []
    /// What may stand anywhere.
    var options: [CommandOption] = []
    /// Lines to try.
    var examples: [String] = []
    /// Whether everything behind the words is handed on as it is.
    var isRaw = false
    /// Does the work; answers the exit code.
    let run: @Sendable (CommandInput) async throws(CommandFailure) -> Int32

    /// The words as they are typed.
    var name: String { words.joined(separator: " ") }
}

/// A word that a command takes by its place.
struct CommandArgument: Sendable {
    /// Its name in capital letters.
    let name: String
    /// What it is.
    let summary: String
    /// Whether it can be left out.
    var isOptional = false
    /// The words that are allowed; any when empty.
    var choices: [String] = []
}

/// A word that a command takes by its name, such as `--json`.
struct CommandOption: Sendable {
    /// The name without its hyphens.
    let name: String
    /// The name of its value in capital letters; nil for a flag.
    var value: String?
    /// What it does.
    let summary: String
    /// The values that are allowed; any when empty.
    var choices: [String] = []

    /// How it is typed.
    var usage: String { "--" + name + (value.map { " " + $0 } ?? "") }

    /// The result as JSON.
    static let json = CommandOption(name: "json", summary: "Print JSON for other programs.")
    /// Which configuration is meant.
    static let config = CommandOption(name: "config", value: "FILE", summary: "The configuration; plugins.yaml when left out.")
}

/// What a command was given.
struct CommandInput: Sendable {
    /// The arguments by name.
    var arguments: [String: String] = [:]
    /// The options with a value, by name.
    var values: [String: String] = [:]
    /// The flags that were given.
    var flags: Set<String> = []
    /// Everything behind the words, for commands that read it themselves.
    var raw: [String] = []
    /// What the command may touch.
    let world: CommandWorld

    /// Whether JSON is asked for.
    var isJSON: Bool { flags.contains("json") }
    /// The configuration file that is meant.
    var configurationFile: String { values["config"] ?? "plugins.yaml" }

    /// A whole number of an option within a range; throws the sentence when it is none.
    func number(_ name: String, default standard: Int, in range: ClosedRange<Int>) throws(CommandFailure) -> Int {
        guard let text = values[name] else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw .usage("option --\(name) expects a whole number from \(range.lowerBound) to \(range.upperBound), found \"\(text)\"")
        }
        return number
    }
}

/// All that commands touch of the process around them.
struct CommandWorld: Sendable {
    /// Takes one line of the result.
    let output: @Sendable (String) -> Void
    /// Takes one line for a person who wonders why there is no result.
    let errors: @Sendable (String) -> Void
    /// Answers references in configurations.
    let environment: EnvironmentReferences
    /// Time.
    let clock: any MunimKit.Clock
    /// Whether results go to a terminal.
    let isTerminal: Bool

    /// The process that runs.
    static var process: CommandWorld {
        CommandWorld(
            output: { Console.write($0 + "\n") }, errors: { Console.write($0 + "\n", to: Streams.errors) }, environment: .process,
            clock: SystemClock(), isTerminal: Console.isTerminal)
    }
}

/// Why a command has no result: a sentence and the exit code.
struct CommandFailure: Error, Sendable {
    /// The sentence.
    let message: String
    /// 1 when the work failed, 2 when what was asked for makes no sense.
    let code: Int32

    /// The work failed.
    static func failed(_ message: String) -> CommandFailure { CommandFailure(message: message, code: 1) }
    /// The request makes no sense, or the configuration is faulty.
    static func usage(_ message: String) -> CommandFailure { CommandFailure(message: message, code: 2) }
}
