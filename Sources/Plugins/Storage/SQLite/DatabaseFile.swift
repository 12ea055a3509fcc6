import Glibc
import MunimKit

/// The few things that are done to a database file from outside.
enum DatabaseFile {
    /// Makes the folders above `path` and an empty file at it where they are missing, readable by their owner only.
    static func prepare(_ path: String) throws(StorageError) { close(try open(path)) }

    /// A descriptor of the file at `path`, which is made when it is missing, with the folders above it.
    static func open(_ path: String) throws(StorageError) -> Int32 {
        try makeFolders(above: path)
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unavailable("\(path) cannot be written: \(String(cString: strerror(errno)))") }
        return descriptor
    }

    /// Makes an empty file where there is none.
    static func create(_ path: String) throws(StorageError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unavailable("\(path) cannot be created: \(String(cString: strerror(errno)))") }
        close(descriptor)
    }

    /// Whether something has this name.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Removes a file; a missing one is no fault.
    static func remove(_ path: String) { unlink(path) }

    /// Gives a finished file its name, which nothing may have yet, and makes both last.
    static func publish(_ draft: String, as path: String) throws(StorageError) {
        try sync(draft, O_RDONLY)
        guard link(draft, path) == 0 else {
            let code = errno
            throw .unavailable(code == EEXIST ? exists(path: path) : "\(path) cannot be created: \(String(cString: strerror(code)))")
        }
        unlink(draft)
        try sync(folder(of: path), O_RDONLY | O_DIRECTORY)
    }

    /// The refusal to overwrite.
    static func exists(path: String) -> String { "\(path) exists already and is not overwritten; name another file" }

    private static func sync(_ path: String, _ flags: Int32) throws(StorageError) {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unavailable("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .unavailable("\(path) cannot be made to last: \(String(cString: strerror(errno)))") }
    }

    /// Gives a file another name, which must not be taken.
    static func rename(_ path: String, to other: String) { if !exists(other) { Glibc.rename(path, other) } }

    /// The files beside `path` whose names begin as its own and go on with `suffix`, in the order of their names.
    static func companions(of path: String, suffix: String) -> [String] {
        let folder = folder(of: path)
        let start = (path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]) + suffix
        guard let list = opendir(folder) else { return [] }
        defer { closedir(list) }
        var names: [String] = []
        while let entry = readdir(list) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name.hasPrefix(start) { names.append(folder + "/" + name) }
        }
        return names.sorted()
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func makeFolders(above path: String) throws(StorageError) {
        let folder = folder(of: path)
        guard !exists(folder) else { return }
        var made = folder.hasPrefix("/") ? "" : "."
        for part in folder.split(separator: "/") {
            made += "/" + part
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
                throw .unavailable("the folder \(made) cannot be made: \(String(cString: strerror(errno)))")
            }
        }
    }
}
