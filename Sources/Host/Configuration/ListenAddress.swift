import Glibc
import MunimKit

/// A local address with its port.
struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IPv4 or IPv6 address, without brackets.
    let host: String
    /// The port; 0 lets the system choose.
    let port: UInt16

    /// This machine alone, port 8080.
    static let standard = ListenAddress(host: "127.0.0.1", port: 8080)

    private init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// The address of `127.0.0.1:8080` or `[::1]:8080`, or nil.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let port = text[text.index(after: colon)...]
        guard !port.isEmpty, port.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }), let number = UInt16(port) else { return nil }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        if isBracketed { host = host.dropFirst().dropLast() }
        guard let family = AddressText.family(of: String(host)), isBracketed == (family == .six) else { return nil }
        self.init(host: String(host), port: number)
    }

    /// Whether only this machine can connect.
    var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }

    /// As written in the file.
    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Checks addresses that are written as text.
enum AddressText {
    enum Family { case four, six }

    /// The family of an address without port, zone or length; nil when it is none.
    static func family(of text: String) -> Family? {
        guard !text.utf8.contains(0), text.utf8.count <= 45 else { return nil }
        var bytes = in6_addr()
        if inet_pton(AF_INET, text, &bytes) == 1 { return .four }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? .six : nil
    }

    /// Whether the text is an address or a block, such as `203.0.113.0/24`, without bits beyond its length.
    static func isBlock(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let address = parts.first.map(String.init), let family = family(of: address), parts.count <= 2 else { return false }
        guard parts.count == 2 else { return true }
        let bits = family == .four ? 32 : 128
        guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
            let length = Int(parts[1]), length <= bits
        else { return false }
        var bytes = [UInt8](repeating: 0, count: bits / 8)
        guard inet_pton(family == .four ? AF_INET : AF_INET6, address, &bytes) == 1 else { return false }
        return (length..<bits).allSatisfy { bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) == 0 }
    }
}

extension OptionKind where Value == ListenAddress {
    /// A local address with its port.
    static var listenAddress: OptionKind {
        OptionKind("address", noun: "an address with its port", form: "such as 127.0.0.1:8080", placeholder: .standard, text: \.description)
        {
            text throws(OptionMismatch) in
            guard let address = ListenAddress(text) else { throw .malformed }
            return address
        }
    }
}

extension OptionKind where Value == String {
    /// An address or a block of addresses.
    static var addressBlock: OptionKind {
        OptionKind("address block", noun: "an address or a block", form: "such as 203.0.113.0/24", placeholder: "127.0.0.1", text: { $0 }) {
            text throws(OptionMismatch) in
            guard AddressText.isBlock(text) else { throw .malformed }
            return text
        }
    }
}

extension OptionKind where Value == Int {
    /// A number of bytes: `10240`, `10 KiB` or `1MiB`.
    static var bytes: OptionKind {
        OptionKind("size", noun: "a size", form: "such as 10 KiB", placeholder: 0, text: byteText) { text throws(OptionMismatch) in
            let digits = text.prefix { $0 >= "0" && $0 <= "9" }
            let units = ["": 1, "B": 1, "KiB": 1_024, "MiB": 1_048_576]
            guard !digits.isEmpty, let unit = units[String(text.dropFirst(digits.count).drop { $0 == " " })] else { throw .malformed }
            guard let count = Int(digits), case let (bytes, isTooLarge) = count.multipliedReportingOverflow(by: unit), !isTooLarge else {
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
