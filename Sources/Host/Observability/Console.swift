import Glibc

/// Standard output and standard error.
enum Console {
    /// Has a write to a pipe without a reader fail instead of ending the process; comes before anything is written.
    static func outliveReaders() { signal(SIGPIPE, SIG_IGN) }

    /// Writes all of `text`, however the system cuts it; a command whose output nobody reads any more ends, as every tool in a pipe does.
    static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EPIPE, descriptor == STDOUT_FILENO { Process.exit(readerIsGone) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Whether standard output is a terminal.
    static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// What a shell shows for a program that ended because nobody read what it wrote.
    private static let readerIsGone: Int32 = 128 + SIGPIPE
}
