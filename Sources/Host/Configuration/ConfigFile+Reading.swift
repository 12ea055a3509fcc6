import Glibc
import MunimKit

extension ConfigFile {
    /// The bytes of a file, at most one more than ``maximumBytes``; throws a sentence when it cannot be read.
    static func bytes(at path: String) throws(PluginFault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw PluginFault("the file cannot be opened: \(reason())") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= maximumBytes {
            let count = Glibc.read(descriptor, &buffer, min(buffer.count, maximumBytes + 1 - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PluginFault("the file cannot be read: \(reason())") }
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
