import Glibc
import MunimKit

/// Takes every event of simulated runs in words.
final class RunStory {
    private let file: UnsafeMutablePointer<FILE>?
    private let output: @Sendable (String) -> Void

    /// A story in a new file, or on the given output for `-`.
    init(path: String, output: @escaping @Sendable (String) -> Void) throws(CommandFailure) {
        self.output = output
        file = path == "-" ? nil : fopen(path, "w")
        guard path == "-" || file != nil else { throw .failed("\(path) cannot be written: \(String(cString: strerror(errno)))") }
    }

    deinit {
        if let file { fclose(file) }
    }

    /// Adds one event.
    func tell(_ at: Instant, _ text: String) {
        guard let file else { return output("\(at) \(text)") }
        // A story has millions of lines: they are gathered before they are written.
        fputs("\(at) \(text)\n", file)
    }
}
