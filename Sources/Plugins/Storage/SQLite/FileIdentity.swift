import Glibc

/// What makes a file this one, whatever it is called.
struct FileIdentity: Hashable, Sendable {
    let device: dev_t
    let node: ino_t

    private init(_ status: stat) {
        device = status.st_dev
        node = status.st_ino
    }

    /// The file that has this name now; nil when there is none.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// The file that a descriptor leads to; nil when it leads to none.
    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }
}

/// When a file was last written and how long it is: changes with each write that comes from elsewhere.
struct FileStamp: Hashable, Sendable {
    let size: off_t
    let seconds: Int
    let nanoseconds: Int

    /// The stamp of the file that a descriptor leads to; nil when it leads to none.
    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        size = status.st_size
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
