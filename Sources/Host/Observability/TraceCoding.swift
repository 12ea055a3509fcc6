import FoundationEssentials
import MunimKit

/// The lines of a trace: one JSON object for each event.
enum TraceCoding {
    /// The line that `bytes` are, or the sentence that says which line of the file is none.
    static func line(_ bytes: [UInt8], number: Int, of file: String) throws(CommandFailure) -> TraceLine {
        guard let line = try? JSONDecoder().decode(TraceLine.self, from: Data(bytes)) else {
            throw .failed("\(file):\(number): the line is no part of a trace, or was cut off when the host ended")
        }
        return line
    }

    /// The bytes of a line, without its end.
    static func encoded(_ line: TraceLine) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(line))
    }
}
