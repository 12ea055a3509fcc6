import MunimKit

/// `munim trace`.
enum TraceCommand {
    static let command = Command(
        words: ["trace"], summary: "Prints a file that munim serve --trace wrote as a story: each event with what it led to.",
        arguments: [CommandArgument(name: "FILE", summary: "The trace.")], examples: ["munim trace run.trace"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let path = input.arguments["FILE"] ?? ""
        let file: LineFile
        do throws(PluginFault) { file = try LineFile(path: path) } catch { throw .failed(error.description) }
        var number = 0
        while let line = try file.next() {
            number += 1
            guard !line.isEmpty else { continue }
            input.show(TraceStory.lines(of: try TraceCoding.line(line, number: number, of: path)))
        }
        return 0
    }
}

extension LineFile {
    /// The next line; throws the sentence for people.
    fileprivate func next() throws(CommandFailure) -> [UInt8]? {
        do throws(PluginFault) { return try line() } catch { throw .failed(error.description) }
    }
}

/// An event and its effects in words.
enum TraceStory {
    /// The event with its time, then each effect on a line of its own, indented; what does not show on a terminal is written as its number.
    static func lines(of line: TraceLine) -> [String] {
        let stimulus = line.stimulus
        let head = "\(ExchangeTime.text(stimulus.at)).\(milliseconds(of: stimulus.at))  \(text(of: stimulus.event))"
        return ([head] + line.effects.flatMap(texts).map { "    " + $0 }).map { Excerpt.visible($0) }
    }

    private static func milliseconds(of instant: Instant) -> String {
        let rest = String(((instant.microseconds % 1_000_000) + 1_000_000) % 1_000_000 / 1_000)
        return String(repeating: "0", count: 3 - rest.count) + rest
    }

    private static func text(of event: Event) -> String {
        switch event {
        case .started: "the host starts with its records"
        case .reloaded: "the records are read anew"
        case .stopping: "the host stops"
        case .signal(let record):
            "signal \(short(record.fingerprint)): \(record.signalType) \(record.instrument) \(record.position) at \(record.signal.content.price)"
        case .surveyed(let survey): market(survey)
        case .placed(let tag, let outcome): "order \(tag): \(text(of: outcome))"
        case .cancelAnswered(let tag, let outcome): "cancel of \(tag): \(text(of: outcome))"
        case .reported(let report): "broker reports \(text(of: report))"
        case .bookRead(let reading):
            reading.book.map { "the order book has \($0.count) orders" } ?? missing("the order book", reading.failure)
        case .positionsRead(let reading):
            reading.positions.map { "the broker holds \($0.filter { $0.netUnits != 0 }.count) contracts" }
                ?? missing("the positions", reading.failure)
        case .woke(let alarm): "it is time to \(text(of: alarm))"
        case .putAside(let what): "the records refuse what follows from \(what)"
        case .commanded(let request): "\(request.principal) asks: \(text(of: request.command.content))"
        }
    }

    private static func market(_ survey: Survey) -> String {
        let funds = survey.funds.map { ", \($0.available) free at the broker" } ?? ""
        let failure = survey.failure.map { ", but \($0)" } ?? ""
        return "the market for \(survey.subject.instrument): \(survey.quotes.count) quotes\(funds)\(failure)"
    }

    private static func missing(_ what: String, _ failure: String?) -> String { "\(what) cannot be read: \(failure ?? "no reason given")" }

    /// The first digits of a fingerprint, enough for munim explain.
    static func short(_ fingerprint: Fingerprint) -> String { String(fingerprint.text.prefix(12)) }
}
