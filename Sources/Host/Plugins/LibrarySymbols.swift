import Glibc
import MunimKit

/// The C functions of a plugin library; all that crosses before it is known that both sides mean the same by a Swift value.
struct LibrarySymbols {
    /// The open library.
    let library: UnsafeMutableRawPointer
    /// Its file, for sentences.
    let path: String

    private typealias Number = @convention(c) () -> Int32
    private typealias Digest = @convention(c) () -> UInt64
    private typealias Flag = @convention(c) () -> Bool

    /// The function that hands over the plugins.
    var entry: (@convention(c) (UnsafeMutableRawPointer) -> Void)? {
        symbol("munim_plugin_register").map { unsafeBitCast($0, to: (@convention(c) (UnsafeMutableRawPointer) -> Void).self) }
    }

    /// The sentence about a library without the functions that a plugin has.
    var isNoPlugin: PluginFault {
        let names = ["munim_plugin_abi", "munim_plugin_interface", "munim_plugin_is_debug", "munim_plugin_register"]
        let missing = names.filter { symbol($0) == nil }
        return PluginFault(
            "\(path) is no plugin of munim: expected the symbols \(names.joined(separator: ", ")), missing \(missing.joined(separator: ", "))"
        )
    }

    /// Throws a sentence that names both sides unless the library was compiled against the framework that is loaded here, in the same way.
    func compareWithHost() throws(PluginFault) {
        // The number first: what the other symbols are depends on it.
        guard let abi = symbol("munim_plugin_abi"), entry != nil else { throw isNoPlugin }
        let number = unsafeBitCast(abi, to: Number.self)()
        guard number == loadedMunimABI() else {
            throw refusal("plugin interface \(number)", "\(loadedMunimABI())")
        }
        guard let interface = symbol("munim_plugin_interface"), let mode = symbol("munim_plugin_is_debug") else { throw isNoPlugin }
        let isDebug = unsafeBitCast(mode, to: Flag.self)()
        guard isDebug == loadedMunimIsDebug() else { throw refusal(build(isDebug), build(loadedMunimIsDebug())) }
        let digest = unsafeBitCast(interface, to: Digest.self)()
        guard digest == loadedMunimInterface() else {
            throw refusal("the framework's interface \(Self.text(digest))", Self.text(loadedMunimInterface()))
        }
    }

    private func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(library, name) }

    private func build(_ isDebug: Bool) -> String { isDebug ? "a debug build" : "a release build" }

    /// A digest in sixteen digits.
    static func text(_ digest: UInt64) -> String {
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private func refusal(_ theirs: String, _ ours: String) -> PluginFault {
        PluginFault(
            "\(path) was built for \(theirs), this host is built for \(ours): build it again from clean, with this host's source and in its way"
        )
    }
}
