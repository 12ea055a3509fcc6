/// One mistake in a file of signals, with its place.
struct InputFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The file as it was named.
    let file: String
    /// The line, from 1; 0 for the file as a whole.
    let line: Int
    /// What was found and what was expected.
    let message: String

    /// `file:line: message`.
    var description: String { line > 0 ? "\(file):\(line): \(message)" : "\(file): \(message)" }
}

/// All mistakes of a file, at least one.
struct InputFaults: Error, Sendable {
    /// At most this many are kept; a file of another format has one in each line.
    static let most = 20
    private(set) var faults: [InputFault] = []
    /// How many there were.
    private(set) var count = 0

    /// Notes a mistake.
    mutating func add(_ fault: InputFault) {
        count += 1
        if faults.count < Self.most { faults.append(fault) }
    }

    /// Ends the reading when something was noted.
    func check() throws(InputFaults) { if count > 0 { throw self } }

    /// A single mistake.
    init(_ fault: InputFault) { add(fault) }
    /// No mistake yet.
    init() {}

    /// One line for each mistake.
    var lines: [String] {
        faults.map(\.description) + (count > faults.count ? ["and \(count - faults.count) more faults"] : [])
    }
}
