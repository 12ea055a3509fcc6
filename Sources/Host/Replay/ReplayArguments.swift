import MunimKit

/// The words behind `munim replay`.
struct ReplayArguments: Equatable, Sendable {
    var options = ReplayOptions()
    /// The folder of the report; nil for none.
    var report: String?
    var printsJSON = false
    var showsHelp = false

    /// Reads the words, or throws a sentence that names the word, what was expected and the nearest one.
    init(_ words: [String]) throws(ReplayFault) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-"), word != "-" else {
                options.files.append(word)
                continue
            }
            try read(word, &rest)
        }
        guard !showsHelp else { return }
        guard options.synthetic == nil || options.files.isEmpty else {
            throw ReplayFault("--synthetic makes signals up, so it takes no files")
        }
        guard options.synthetic != nil || !options.files.isEmpty else {
            throw ReplayFault("expected at least one file; munim replay --help says which")
        }
    }

    private static let names = [
        "--instrument", "--sizing", "--point-value", "--charges", "--capital", "--config", "--sessions", "--report", "--synthetic",
        "--json", "--help",
    ]

    private mutating func read(_ word: String, _ rest: inout ArraySlice<String>) throws(ReplayFault) {
        let (name, given) = Self.split(word)
        switch name {
        case "--json": printsJSON = true
        case "--help", "-h": showsHelp = true
        default:
            guard Self.names.contains(name) else {
                let nearest = Vocabulary(Self.names).nearest(to: name).map { "; did you mean \($0)?" } ?? ""
                throw ReplayFault(
                    "no option \(name)\(nearest.isEmpty ? "; expected one of \(Self.names.joined(separator: ", "))" : nearest)")
            }
            guard let value = given ?? rest.popFirst() else { throw ReplayFault("\(name): expected a value behind it") }
            try set(name, value)
            return
        }
        if let given { throw ReplayFault("\(name): found the value \(Excerpt.quoted(given)), expected none") }
    }

    /// `--name=value` in two parts.
    private static func split(_ word: String) -> (name: String, value: String?) {
        guard let sign = word.firstIndex(of: "="), word.hasPrefix("--") else { return (word, nil) }
        return (String(word[..<sign]), String(word[word.index(after: sign)...]))
    }

    private mutating func set(_ name: String, _ value: String) throws(ReplayFault) {
        func fault(_ expected: String) -> ReplayFault { ReplayFault("\(name): found \(Excerpt.quoted(value)), expected \(expected)") }
        switch name {
        case "--instrument":
            let isName = (1...32).contains(value.utf8.count) && value.utf8.allSatisfy { 65...90 ~= $0 || 48...57 ~= $0 || $0 == 95 }
            guard isName else { throw fault("a name of 1 to 32 characters A to Z, 0 to 9 and _") }
            options.instrument = InstrumentName(value)
        case "--sizing":
            guard let choice = SizingChoice(value) else { throw fault("\(SizingChoice.forms), N from 1 to 10000") }
            options.sizing = choice
        case "--point-value":
            guard let amount = try? PointValue(value), amount > .zero, amount <= PointValue(whole: 1_000_000) else {
                throw fault("money per point per lot, above 0 and at most 1000000, such as 35")
            }
            options.pointValue = amount
        case "--charges":
            let text = value.hasSuffix("%") ? String(value.dropLast()) : value
            guard let rate = try? Ratio.percent(text), (Ratio.zero...Ratio.one).contains(rate) else {
                throw fault("a percentage per side from 0 to 100 with at most 4 decimals, such as 0.05")
            }
            options.charges = rate
        case "--capital":
            guard let capital = try? Money(value), capital > .zero, capital <= Money(whole: 100_000_000_000) else {
                throw fault("an amount above 0 and at most 100000000000")
            }
            options.capital = capital
        case "--sessions":
            guard let sessions = SessionPolicy(rawValue: value) else { throw fault("enforced or ignored") }
            options.sessions = sessions
        case "--synthetic":
            guard let count = Int(value), (1...10_000_000).contains(count) else { throw fault("a number of signals from 1 to 10000000") }
            options.synthetic = count
        case "--config": options.configuration = value
        default: report = value
        }
    }

    /// The text of `--help`.
    static let help = """
        usage: munim replay FILE… [options]

        Carries recorded signals through the machine on virtual time, with the paper broker and storage in memory.
        A FILE is a chart's list of trades (CSV), or the JSON lines that `munim serve --record` writes.

          --instrument NAME    instrument of trade lists; default: the one that the file is named after
          --sizing RULE        as-signalled, three-constraint, fixed-lots or fixed-lots=N; default: as-signalled,
                               or the configuration's
          --point-value N      money per point per lot on all days; default: the instrument's own by date
          --charges PERCENT    charges per side in percent of the traded value; default: 0, or the configuration's
          --capital N          the account at the start; default: 5000000, or the configuration's
          --config FILE        instruments, sizing, rollover and limits of a configuration such as plugins.yaml
          --sessions POLICY    enforced or ignored; default: ignored, or the configuration's
          --report DIR         write index.html, report.json and trades.csv there
          --synthetic N        make up N signals in place of files and measure the rate
          --json               print the headline as JSON
          --help               print this

        With as-signalled the limits of the account and the distance to the market are not enforced; the report says so.

        """
}
