import MunimKit

extension OptionKind where Value == Int {
    /// A number of bytes: `10240`, `10 KiB` or `1MiB`.
    static var bytes: OptionKind {
        OptionKind("size", noun: "a size", form: "such as 10 KiB", placeholder: 0, text: byteText) { text throws(OptionMismatch) in
            let digits = text.prefix { $0 >= "0" && $0 <= "9" }
            let units = ["": 1, "B": 1, "KiB": 1_024, "MiB": 1_048_576]
            guard !digits.isEmpty, let unit = units[String(text.dropFirst(digits.count).drop { $0 == " " })] else { throw .malformed }
            guard let count = Int(digits), case (let bytes, let isTooLarge) = count.multipliedReportingOverflow(by: unit), !isTooLarge
            else {
                throw .remarked(", which is too large")
            }
            return bytes
        }
    }

    private static func byteText(_ bytes: Int) -> String {
        if bytes >= 1_048_576, bytes % 1_048_576 == 0 { return "\(bytes / 1_048_576) MiB" }
        return bytes >= 1_024 && bytes % 1_024 == 0 ? "\(bytes / 1_024) KiB" : "\(bytes) B"
    }
}
