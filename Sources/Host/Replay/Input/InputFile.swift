import Glibc

/// A file that is read as a whole.
enum InputFile {
    /// The bytes of a file; throws a sentence when it cannot be read.
    static func bytes(at path: String) throws(InputFaults) -> [UInt8] {
        guard let file = fopen(path, "rbe") else { throw fault(path, "the file cannot be opened") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            bytes += buffer[..<count]
            guard count < buffer.count else { continue }
            guard ferror(file) == 0 else { throw fault(path, "the file cannot be read") }
            return bytes
        }
    }

    private static func fault(_ path: String, _ sentence: String) -> InputFaults {
        InputFaults(InputFault(file: path, line: 0, message: "\(sentence): \(String(cString: strerror(errno)))"))
    }
}
