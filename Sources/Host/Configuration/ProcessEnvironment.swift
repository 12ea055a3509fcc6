import Glibc
import MunimKit

extension EnvironmentReferences {
    /// References answered by the environment of this process, which nothing changes while it runs.
    static var process: EnvironmentReferences {
        EnvironmentReferences { name in getenv(name).map { String(cString: $0) } }
    }
}
