import MunimKit

/// The section `instance`.
struct InstanceConfiguration: Sendable {
    /// Unique among the hosts of one account.
    let name: String
    /// One of the three keys to real money.
    let mode: TradingMode
    /// The folder for everything that this host writes, found from the folder of the configuration as every path in it.
    let data: String

    init(from reader: inout OptionReader, beside file: String) {
        name = reader.value("name", .label, default: "munim-1", summary: "Unique among the hosts that share an account.")
        mode = reader.value(
            "mode", .choice(TradingMode.self), default: .paper,
            summary: "Real money needs live here, a live broker, and live at the instrument.")
        let data = reader.value(
            "data", .text, default: "var",
            summary: "The folder for everything that this host writes; begins at the folder of this file unless it begins with /.")
        self.data = FilePath.beside(file, data)
    }
}

/// Paths that a configuration names.
enum FilePath {
    /// A path as it is when it begins with `/`, else from the folder of `file`.
    static func beside(_ file: String, _ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return file[...slash] + path
    }
}

extension OptionKind where Value == String {
    /// A short name of letters, digits, dots, hyphens and underscores.
    static var label: OptionKind {
        var kind = text.limited("of 1 to 64 letters, digits, dots, hyphens and underscores") { text in
            text.utf8.count <= 64
                && text.utf8.allSatisfy { ($0 | 32 >= 97 && $0 | 32 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 || $0 == 45 || $0 == 46 }
        }
        kind.noun = "a name"
        return kind
    }
}
