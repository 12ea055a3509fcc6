import Glibc
import MunimKit

/// Reads a file line by line, so that its length does not matter.
final class LineFile {
    private let path: String
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var start = 0
    private var hasEnded = false
    /// Bytes of one line.
    private static let limit = 64 << 20

    /// Opens a file.
    init(path: String) throws(PluginFault) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw PluginFault("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
    }

    deinit { close(descriptor) }

    /// The next line without its end; nil behind the last.
    func line() throws(PluginFault) -> [UInt8]? {
        var searched = start
        while true {
            if let end = pending[searched...].firstIndex(of: 10) {
                defer { start = end + 1 }
                return Array(pending[start..<end])
            }
            searched = pending.count - start
            pending.removeFirst(start)
            start = 0
            if hasEnded {
                guard !pending.isEmpty else { return nil }
                defer { pending = [] }
                return pending
            }
            try fill()
        }
    }

    private func fill() throws(PluginFault) {
        guard pending.count <= Self.limit else { throw PluginFault("\(path) has a line of more than \(Self.limit) bytes") }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { return }
        guard count >= 0 else { throw PluginFault("\(path) cannot be read: \(String(cString: strerror(errno)))") }
        hasEnded = count == 0
        pending += buffer[..<count]
    }
}
