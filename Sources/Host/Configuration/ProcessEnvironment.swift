import Glibc
import MunimKit

extension EnvironmentReferences {
    /// References answered by the environment of this process, which nothing changes while it runs, and by the files beside a configuration.
    static var process: EnvironmentReferences {
        EnvironmentReferences(contents: contents) { name in getenv(name).map { String(cString: $0) } }
    }

    /// Longest content of a file that an option takes, in bytes.
    private static let longest = 4_096

    /// The text of a file; nil when there is none.
    @Sendable private static func contents(of path: String) throws(PluginFault) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            guard errno != ENOENT else { return nil }
            throw PluginFault(String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: longest + 1)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw PluginFault(String(cString: strerror(errno))) }
        guard count <= longest else { throw PluginFault("it is longer than \(longest) bytes") }
        guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else { throw PluginFault("it is not UTF-8") }
        return text
    }
}
