import Glibc
import MunimKit

/// Looks at a library before it is opened: opening runs what is in it, and a file that is cut short ends the process.
enum LibraryFile {
    /// Throws the sentence that says why the file at `path` is not opened.
    static func check(_ path: String) throws(PluginFault) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable("plugin library \(path)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable("plugin library \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw PluginFault("\(path) cannot be loaded as a shared library: it is no file") }
        try refuseOthers(status, "plugin library \(path)")
        try checkFolders(of: path)
        let size = UInt64(clamping: status.st_size)
        let object = try reading(path) { () throws(SharedObject.Damage) in
            try SharedObject(head: try bytes(descriptor, at: 0, count: SharedObject.headSize), fileSize: size)
        }
        try reading(path) { () throws(SharedObject.Damage) in
            try object.check(segments: try bytes(descriptor, at: object.segments.offset, count: object.segments.size))
        }
    }

    private static func reading<Value>(_ path: String, _ body: () throws(SharedObject.Damage) -> Value) throws(PluginFault) -> Value {
        do { return try body() } catch { throw PluginFault("\(path) cannot be loaded as a shared library: \(error.description)") }
    }
}

extension LibraryFile {
    /// The folders that say which file the path means: the one that it names, and the one where the file lies behind links.
    private static func checkFolders(of path: String) throws(PluginFault) {
        for place in [path, real(path) ?? path] {
            let folder = place.lastIndex(of: "/").map { $0 == place.startIndex ? "/" : String(place[..<$0]) } ?? "."
            var status = stat()
            guard stat(folder, &status) == 0 else {
                throw PluginFault("folder \(folder) cannot be read: \(String(cString: strerror(errno)))")
            }
            // Where only owners may rename and remove, others cannot put a file in the place of ours.
            if status.st_mode & UInt32(S_ISVTX) != 0 { status.st_mode &= ~UInt32(S_IWGRP | S_IWOTH) }
            try refuseOthers(status, "folder \(folder) of plugin library \(path)")
        }
    }

    /// Whoever can write a library decides what this host does with its money.
    private static func refuseOthers(_ status: stat, _ thing: String) throws(PluginFault) {
        guard status.st_uid == 0 || status.st_uid == geteuid() else {
            throw PluginFault("\(thing) belongs to user \(status.st_uid): expected this host's user \(geteuid()), or root")
        }
        guard status.st_mode & UInt32(S_IWGRP | S_IWOTH) == 0 else {
            throw PluginFault("\(thing) can be written by others: expected no right to write for group and others, as after chmod go-w")
        }
    }

    private static func unreadable(_ thing: String) -> PluginFault {
        PluginFault("\(thing) cannot be read: \(String(cString: strerror(errno)))")
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    private static func bytes(_ descriptor: Int32, at offset: UInt64, count: Int) throws(SharedObject.Damage) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var read = 0
        while read < count {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress?.advanced(by: read), count - read, off_t(clamping: offset) + off_t(read))
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw SharedObject.Damage(description: "it cannot be read: \(String(cString: strerror(errno)))") }
            guard got > 0 else { break }
            read += got
        }
        return Array(bytes.prefix(read))
    }
}
