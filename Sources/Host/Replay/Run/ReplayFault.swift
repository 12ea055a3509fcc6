/// Why a replay cannot run: one or more sentences.
struct ReplayFault: Error, Equatable, Sendable {
    /// One line each.
    let lines: [String]

    /// A single sentence.
    init(_ line: String) { lines = [line] }
    /// Several.
    init(lines: [String]) { self.lines = lines }
}
