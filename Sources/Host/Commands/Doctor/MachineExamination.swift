import Glibc
import MunimKit

/// Looks at the disk, the clock and the limits of this machine; waits for the disk on a thread of its own.
actor MachineExamination {
    private let executor = BlockingExecutor(label: "examination")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let folder: String
    private let clock: any MunimKit.Clock
    /// Syncs of the disk that are timed.
    private static let syncs = 50
    /// Connections that a host should be able to hold.
    private static let files: UInt64 = 4_096

    /// An examination with the folder that the host writes.
    init(folder: String, clock: any MunimKit.Clock) {
        self.folder = folder
        self.clock = clock
    }

    /// What was found about the folder, the space, the disk's speed and the clock.
    func findings() -> [Finding] {
        let place = existing(folder)
        guard access(place, W_OK | X_OK) == 0 else {
            return [
                Finding(
                    "folder", .fail, "\(place) cannot be written: \(reason)", "give this user the folder, or name another instance.data")
            ]
        }
        let isNew = place != folder
        let folderFinding = Finding("folder", .ok, isNew ? "\(folder) will be made in \(place)" : "\(folder) can be written")
        return [folderFinding, space(in: place)] + disk(in: place)
    }

    private var reason: String { String(cString: strerror(errno)) }

    /// The folder, or the nearest one above it that exists.
    private func existing(_ path: String) -> String {
        var path = path
        while access(path, F_OK) != 0 {
            guard let slash = path.lastIndex(of: "/") else { return "." }
            path = slash == path.startIndex ? "/" : String(path[..<slash])
        }
        return path
    }

    private func space(in place: String) -> Finding {
        var facts = statvfs()
        guard statvfs(place, &facts) == 0 else { return Finding("disk space", .warn, "unknown: \(reason)", "look with df") }
        let (bytes, isLarge) = UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize))
        let mebibytes = isLarge ? UInt64.max >> 20 : bytes >> 20
        let text = "\(mebibytes) MiB are free"
        if mebibytes < 100 { return Finding("disk space", .fail, text, "free at least 1024 MiB: without space no signal can be accepted") }
        return mebibytes < 1_024 ? Finding("disk space", .warn, text, "free at least 1024 MiB") : Finding("disk space", .ok, text)
    }

    /// Writes and syncs a small file as a commit does, and holds its time against the clock.
    private func disk(in place: String) -> [Finding] {
        let path = "\(place)/.munim-doctor-\(getpid())"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return [Finding("disk", .fail, "no file can be made in \(place): \(reason)", "mend the file system")] }
        defer {
            close(descriptor)
            unlink(path)
        }
        let page = [UInt8](repeating: 0, count: 4_096)
        let began = clock.boot()
        for number in 0..<Self.syncs {
            guard pwrite(descriptor, page, page.count, off_t(number * page.count)) == page.count, fsync(descriptor) == 0 else {
                return [Finding("disk", .fail, "a file in \(place) cannot be made to last: \(reason)", "mend the file system")]
            }
        }
        return [speed(clock.boot() - began), skew(of: descriptor)]
    }

    private func speed(_ span: Span) -> Finding {
        let rate = Int64(Self.syncs) * 1_000_000 / max(1, span.microseconds)
        let text = "\(rate) syncs per second"
        return rate < 50
            ? Finding("disk speed", .warn, text, "put instance.data on a faster disk: each commit waits for a sync")
            : Finding("disk speed", .ok, text)
    }

    private func skew(of descriptor: Int32) -> Finding {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return Finding("clock", .warn, "unknown: \(reason)") }
        let file = Instant(microseconds: Int64(facts.st_mtim.tv_sec) * 1_000_000 + Int64(facts.st_mtim.tv_nsec) / 1_000)
        let difference = clock.now() - file
        let size = difference.magnitude
        guard size > .seconds(2) else { return Finding("clock", .ok, "clock and file system agree within 2 s") }
        return Finding(
            "clock", .warn, "clock and file system differ by \(size)", "synchronise the clock: signals older than 90 s are refused")
    }

    /// How many files may be open.
    static func openFiles() -> Finding {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return Finding("open files", .warn, "unknown") }
        let text = "up to \(limit.rlim_max) files may be open"
        guard limit.rlim_max < files else { return Finding("open files", .ok, text) }
        return Finding("open files", .warn, text, "raise the hard limit of open files to \(files)")
    }

    /// Why nothing can listen at an address; nil when something can.
    static func refusal(of listen: ListenAddress) -> String? {
        let descriptor = socket(
            listen.address.isVersion6 ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var isReused: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, socklen_t(MemoryLayout<Int32>.size))
        let size = socklen_t(listen.address.isVersion6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
        let isBound = listen.address.withSocketAddress(port: listen.port) { bind(descriptor, $0, size) == 0 }
        return isBound ? nil : String(cString: strerror(errno))
    }
}
