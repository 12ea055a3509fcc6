import MunimKit

/// The options of a plugin, or of the host, as the documentation lists them.
struct OptionTable {
    let options: [OptionDescription]

    /// The table in Markdown, a line for each option.
    var lines: [String] {
        guard !options.isEmpty else { return ["It has no options."] }
        return ["| option | type | default | range | meaning |", "|---|---|---|---|---|"] + options.map(Self.line)
    }

    private static func line(_ option: OptionDescription) -> String {
        let words = option.words.map { "`\($0)`" }.joined(separator: ", ")
        let range = [option.range ?? "", option.unit.map { "in \($0)" } ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
        let cells = [
            "`\(option.path)`", words.isEmpty ? option.type : words,
            option.isRequired ? "required" : option.defaultText.map { "`\($0)`" } ?? "none", range, option.summary,
        ]
        return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
}
