import Glibc
import MunimKit

/// `munim new instrument`.
enum NewInstrumentCommand {
    static let command = Command(
        words: ["new", "instrument"],
        summary: "Writes a package with an instrument that builds and passes its conformance suite as it stands.",
        arguments: [CommandArgument(name: "NAME", summary: "The plugin's name: lower-case words with hyphens, such as copper-mini.")],
        options: [
            CommandOption(name: "at", value: "DIR", summary: "The folder of the package, which must not exist; NAME when left out."),
            CommandOption(name: "source", value: "DIR", summary: "The source of munim; found above this program or folder when left out."),
        ],
        examples: ["munim new instrument copper-mini", "munim new instrument copper-mini --at ../plugins/copper-mini"], run: run)

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let name = input.arguments["NAME"] ?? ""
        guard InstrumentTemplate.isName(name) else {
            throw .usage(
                "\"\(name)\" cannot name a plugin: expected lower-case words with hyphens that begin with letters, such as copper-mini")
        }
        if let taken = try input.builtIns().entry(.instruments, name) {
            throw .usage("\(taken.manifest.name) is the name of an instrument that is built in; choose another")
        }
        let folder = input.values["at"] ?? name
        guard access(folder, F_OK) != 0 else {
            throw .failed("\(folder) exists already and is not overwritten; name another folder with --at")
        }
        let source = try source(input)
        do throws(PluginFault) {
            try Folder.create(folder)
            guard let place = SourceTree.real(folder) else { throw PluginFault("\(folder) cannot be found again") }
            for file in InstrumentTemplate(name: name, source: SourceTree.relative(source, from: place)).files {
                try write(file.text, to: folder + "/" + file.path)
            }
        } catch { throw .failed(error.description) }
        input.show([
            "\(folder) holds the instrument \(name). Next:", "  swift test --package-path \(folder)",
            "  swift build --package-path \(folder)",
            "  munim validate \(folder)/\(name).yaml",
        ])
        return 0
    }

    private static func source(_ input: CommandInput) throws(CommandFailure) -> String {
        if let named = input.values["source"] {
            guard let real = SourceTree.real(named), SourceTree.isSource(real) else {
                throw .usage("\(named) is not the source of munim: expected Sources/Framework/Package.swift in it")
            }
            return real
        }
        guard let found = SourceTree.found() else {
            throw .failed("the source of munim is neither above this program nor above this folder: name it with --source DIR")
        }
        return found
    }

    private static func write(_ text: String, to path: String) throws(PluginFault) {
        if let slash = path.lastIndex(of: "/") { try Folder.create(String(path[..<slash])) }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw PluginFault("\(path) cannot be made: \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        Console.write(text, to: descriptor)
    }
}

/// Finds the source that a package of a plugin depends on.
enum SourceTree {
    /// The folder above this program, or else above the working folder, that holds the source.
    static func found() -> String? {
        [real("/proc/self/exe"), real(".")].compactMap(\.self).lazy.flatMap(foldersAbove).first(where: isSource)
    }

    /// Whether the framework's package is there.
    static func isSource(_ folder: String) -> Bool { access(folder + "/Sources/Framework/Package.swift", F_OK) == 0 }

    /// A path without links and dots; nil when nothing is there.
    static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The way from one folder to another, both without links and dots.
    static func relative(_ target: String, from folder: String) -> String {
        let there = target.split(separator: "/")
        let here = folder.split(separator: "/")
        let common = zip(there, here).prefix { $0 == $1 }.count
        let way = Array(repeating: "..", count: here.count - common) + there.dropFirst(common).map(String.init)
        return way.isEmpty ? "." : way.joined(separator: "/")
    }

    private static func foldersAbove(_ path: String) -> [String] {
        let parts = path.split(separator: "/")
        return (0...parts.count).reversed().map { "/" + parts.prefix($0).joined(separator: "/") }
    }
}
