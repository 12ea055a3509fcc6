import MunimKit

/// A local address with its port.
struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address; the unspecified one means all.
    let address: IPAddress
    /// The port; 0 lets the system choose.
    let port: UInt16

    /// An address with its port.
    init(address: IPAddress, port: UInt16) {
        self.address = address
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
        guard isBracketed == host.contains(":"), let address = IPAddress(host) else { return nil }
        self.init(address: address, port: number)
    }

    /// Whether only this machine can connect.
    var isLoopback: Bool { address.isLoopback }

    /// As written in the file.
    var description: String { address.isVersion6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
}

extension OptionKind where Value == ListenAddress {
    /// A local address with its port.
    static var listenAddress: OptionKind {
        let placeholder = ListenAddress(address: .loopback, port: 0)
        return OptionKind(
            "address", noun: "an address with its port", form: "such as 127.0.0.1:8080", placeholder: placeholder, text: \.description
        ) { text throws(OptionMismatch) in
            guard let address = ListenAddress(text) else { throw .malformed }
            return address
        }
    }
}

extension OptionKind where Value == AddressRange {
    /// An address or a block of addresses.
    static var addressBlock: OptionKind {
        guard let placeholder = AddressRange("127.0.0.1") else { preconditionFailure("an address is a block of one") }
        return OptionKind(
            "address block", noun: "an address or a block", form: "such as 203.0.113.0/24", placeholder: placeholder,
            text: { String(describing: $0) }
        ) { text throws(OptionMismatch) in
            guard let block = AddressRange(text) else { throw .malformed }
            return block
        }
    }
}
