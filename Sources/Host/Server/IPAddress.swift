internal import Glibc

/// An IPv4 or IPv6 address; an IPv4 address mapped into IPv6 is the IPv4 address.
struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// 4 or 16 bytes in network order.
    let bytes: [UInt8]

    private init(unmapped bytes: [UInt8]) {
        let isMapped = bytes.count == 16 && bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 255 && bytes[11] == 255
        self.bytes = isMapped ? Array(bytes.suffix(4)) : bytes
    }

    /// 127.0.0.1.
    static let loopback = IPAddress(unmapped: [127, 0, 0, 1])
    /// 0.0.0.0, which is no sender's address.
    static let unspecified = IPAddress(unmapped: [0, 0, 0, 0])

    /// The address of a dotted quad or of an IPv6 text without zone and brackets, or nil.
    init?(_ text: some StringProtocol) {
        let text = String(text)
        guard !text.utf8.contains(0), text.utf8.count <= 45 else { return nil }
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(unmapped: withUnsafeBytes(of: &four) { Array($0) })
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            self.init(unmapped: withUnsafeBytes(of: &six) { Array($0) })
        } else {
            return nil
        }
    }

    /// The address in a socket address, or nil for a family that is neither IPv4 nor IPv6.
    init?(_ address: UnsafePointer<sockaddr>) {
        let raw = UnsafeRawPointer(address)
        // The family comes first; by its name Swift finds it or not, depending on which C library it met first.
        switch Int32(raw.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET:
            let four = raw.loadUnaligned(as: sockaddr_in.self)
            self.init(unmapped: withUnsafeBytes(of: four.sin_addr) { Array($0) })
        case AF_INET6:
            let six = raw.loadUnaligned(as: sockaddr_in6.self)
            self.init(unmapped: withUnsafeBytes(of: six.sin6_addr) { Array($0) })
        default: return nil
        }
    }

    /// Whether this is an IPv6 address.
    var isVersion6: Bool { bytes.count == 16 }

    /// Whether only this machine has the address.
    var isLoopback: Bool { isVersion6 ? bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1 : bytes.first == 127 }

    /// Calls `body` with this address and `port` as the system wants them.
    func withSocketAddress<Result>(port: UInt16, _ body: (UnsafePointer<sockaddr>) -> Result) -> Result {
        var storage = sockaddr_storage()
        return withUnsafeMutableBytes(of: &storage) { raw in
            if isVersion6 {
                var six = sockaddr_in6()
                six.sin6_family = sa_family_t(AF_INET6)
                six.sin6_port = port.bigEndian
                withUnsafeMutableBytes(of: &six.sin6_addr) { $0.copyBytes(from: bytes) }
                raw.storeBytes(of: six, as: sockaddr_in6.self)
            } else {
                var four = sockaddr_in()
                four.sin_family = sa_family_t(AF_INET)
                four.sin_port = port.bigEndian
                withUnsafeMutableBytes(of: &four.sin_addr) { $0.copyBytes(from: bytes) }
                raw.storeBytes(of: four, as: sockaddr_in.self)
            }
            return raw.withMemoryRebound(to: sockaddr.self) { rebound in
                guard let start = rebound.baseAddress else { preconditionFailure("a socket address has a size") }
                return body(start)
            }
        }
    }

    /// The usual text of the address.
    var description: String {
        var buffer = [CChar](repeating: 0, count: 46)
        let text = bytes.withUnsafeBytes {
            inet_ntop(isVersion6 ? AF_INET6 : AF_INET, $0.baseAddress, &buffer, socklen_t(buffer.count))
        }
        return text == nil ? "?" : String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A block of addresses in CIDR notation, such as `203.0.113.0/24`; an address without a length is a block of one.
struct AddressRange: Hashable, Sendable {
    private let network: [UInt8]
    private let length: Int

    /// The block of the text, or nil when it is no block or has bits set beyond its length.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, parts.count <= 2, let address = IPAddress(first) else { return nil }
        let bits = address.bytes.count * 8
        network = address.bytes
        if parts.count == 1 {
            length = bits
        } else {
            let isPlain = parts[1].utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
            guard isPlain, parts[1].utf8.count <= 3, let length = Int(parts[1]), length <= bits else { return nil }
            self.length = length
        }
        guard Self.masked(network, length) == network else { return nil }
    }

    /// Whether `address` lies in the block; the other family never does.
    func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == network.count && Self.masked(address.bytes, length) == network
    }

    private static func masked(_ bytes: [UInt8], _ length: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(8, max(0, length - index * 8))
            return kept == 8 ? byte : byte & ~(UInt8.max >> UInt8(kept))
        }
    }
}

/// Whose word counts for the address of a sender.
struct SenderAddress: Sendable {
    /// The proxies whose `X-Forwarded-For` is believed.
    let trustedProxies: [AddressRange]

    /// The sender of `request`: the socket's address, or, when that is a trusted proxy, the rightmost forwarded address that is not one.
    ///
    /// Anything unreadable in the header ends the walk at the last address that was believed, so a forged prefix has no effect.
    func address(of request: HTTPRequest) -> IPAddress {
        var sender = request.peer
        guard isTrusted(sender), let list = request.header("x-forwarded-for") else { return sender }
        for entry in list.split(separator: ",", omittingEmptySubsequences: false).reversed() {
            guard let address = IPAddress(Blanks.trimmed(entry)) else { return sender }
            sender = address
            guard isTrusted(sender) else { return sender }
        }
        return sender
    }

    private func isTrusted(_ address: IPAddress) -> Bool { trustedProxies.contains { $0.contains(address) } }
}
