import MunimKit

/// Reads the words of a command line against the commands that exist.
struct CommandReader: Sendable {
    let commands: [Command]

    /// What a command line asks for.
    enum Request: Sendable {
        /// The list of all commands, or of those that begin with these words.
        case overview([String])
        /// How one command is used.
        case help(Command)
        /// Run it.
        case run(Command, CommandInput)
    }

    /// Reads a command line; throws a sentence with the nearest known word.
    func read(_ line: [String], in world: CommandWorld) throws(CommandFailure) -> Request {
        guard let first = line.first else { throw .usage("expected a command; `munim help` lists them") }
        if Self.isHelp(first) || first == "help" {
            let words = Array(line.dropFirst())
            return words.isEmpty ? .overview([]) : try help(on: words)
        }
        guard first != "--version" else { return try read(["version"] + line.dropFirst(), in: world) }
        guard let command = command(of: line) else {
            if line.count > 1, Self.isHelp(line[line.count - 1]) { return try help(on: line.dropLast()) }
            throw unknown(line)
        }
        let rest = Array(line.dropFirst(command.words.count))
        guard !command.isRaw else { return .run(command, CommandInput(raw: rest, world: world)) }
        if rest.prefix(while: { $0 != "--" }).contains(where: Self.isHelp) { return .help(command) }
        return .run(command, try input(rest, of: command, world))
    }

    /// The command with the most words that the line begins with.
    private func command(of line: [String]) -> Command? {
        commands.filter { line.starts(with: $0.words) }.max { $0.words.count < $1.words.count }
    }

    private func help(on words: [String]) throws(CommandFailure) -> Request {
        if let command = commands.first(where: { $0.words == words }) { return .help(command) }
        if commands.contains(where: { $0.words.starts(with: words) }) { return .overview(words) }
        throw unknown(words)
    }

    /// The sentence about the first word that leads nowhere.
    private func unknown(_ line: [String]) -> CommandFailure {
        var known = commands
        for (index, word) in line.enumerated() {
            let matching = known.filter { $0.words.count > index && $0.words[index] == word }
            guard matching.isEmpty else {
                known = matching
                continue
            }
            let words = known.filter { $0.words.count > index }.map { $0.words[index] }
            let place = line.prefix(index).joined(separator: " ")
            let kind = place.isEmpty ? "command" : "command after \(place)"
            return .usage(Vocabulary(words.uniqued()).unknown(kind, word))
        }
        let next = known.compactMap { $0.words.count > line.count ? $0.words[line.count] : nil }.uniqued()
        return .usage("\(line.joined(separator: " ")) expects one of \(next.joined(separator: ", ")) behind it")
    }

    private static func isHelp(_ word: String) -> Bool { word == "--help" || word == "-h" }
}

extension CommandReader {
    private func input(_ words: [String], of command: Command, _ world: CommandWorld) throws(CommandFailure) -> CommandInput {
        var input = CommandInput(world: world)
        var places: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                places += rest
                break
            }
            guard word.hasPrefix("-"), word != "-" else {
                places.append(word)
                continue
            }
            try take(word, &rest, of: command, &input)
        }
        try place(places, of: command, &input)
        return input
    }

    /// One option, with its value behind `=` or as the next word.
    private func take(
        _ word: String, _ rest: inout ArraySlice<String>, of command: Command, _ input: inout CommandInput
    ) throws(CommandFailure) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let option = command.options.first(where: { "--" + $0.name == parts[0] }) else {
            throw .usage(Vocabulary(command.options.map { "--" + $0.name } + ["--help"]).unknown("option of \(command.name)", parts[0]))
        }
        guard !input.flags.contains(option.name), input.values[option.name] == nil else {
            throw .usage("option --\(option.name) is given twice")
        }
        guard let name = option.value else {
            guard parts.count == 1 else { throw .usage("option --\(option.name) takes no value, found \"\(parts[1])\"") }
            input.flags.insert(option.name)
            return
        }
        guard let value = parts.count > 1 ? parts[1] : rest.popFirst(), !value.isEmpty else {
            throw .usage("option --\(option.name) expects its \(name) behind it")
        }
        try check(value, among: option.choices, of: "--" + option.name)
        input.values[option.name] = value
    }

    private func place(_ words: [String], of command: Command, _ input: inout CommandInput) throws(CommandFailure) {
        guard words.count <= command.arguments.count else {
            throw .usage(
                "\(command.name) does not know what to do with \"\(words[command.arguments.count])\"; see munim \(command.name) --help")
        }
        for (index, argument) in command.arguments.enumerated() {
            guard index < words.count else {
                guard argument.isOptional else {
                    throw .usage("\(command.name) expects \(argument.name): \(argument.summary) See munim \(command.name) --help")
                }
                continue
            }
            try check(words[index], among: argument.choices, of: argument.name)
            input.arguments[argument.name] = words[index]
        }
    }

    private func check(_ word: String, among choices: [String], of place: String) throws(CommandFailure) {
        guard !choices.isEmpty, !choices.contains(word) else { return }
        throw .usage(Vocabulary(choices).unknown(place, word))
    }
}

extension Array where Element: Hashable {
    /// Each element once, in the order of its first occurrence.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
