internal import Glibc

/// The secrets that senders may use; several at once while one is being replaced by another.
struct SharedSecrets: Sendable {
    private let digests: [[UInt8]]
    private let secrets: [SharedSecret]

    /// Any of these; with none of them nothing is accepted.
    init(_ secrets: [SharedSecret]) {
        self.secrets = secrets
        digests = secrets.map { Cryptography.sha256($0.reveal().utf8) }
    }

    /// Whether `candidate` is one of the secrets; takes the same time for every candidate of a length, and none for one that is too long.
    func accepts(_ candidate: String?) -> Bool {
        guard let candidate, candidate.utf8.count <= SharedSecret.longest else { return false }
        let digest = Cryptography.sha256(candidate.utf8)
        return digests.reduce(false) { Cryptography.constantTimeEquals($1, digest) || $0 }
    }

    /// Whether one of the secrets stands somewhere in `bytes`; for bytes of somebody who is believed.
    func stand(in bytes: some Collection<UInt8>) -> Bool {
        guard bytes.count >= SharedSecret.shortest else { return false }
        let bytes = Array(bytes)
        return secrets.contains { secret in
            let needle = Array(secret.reveal().utf8)
            return bytes.withUnsafeBytes { bytes in needle.withUnsafeBytes { Self.stands($0, in: bytes) } }
        }
    }

    private static func stands(_ needle: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress, let wanted = needle.baseAddress, let first = needle.first else { return false }
        var from = 0
        // The places at which a needle can begin that were not looked at.
        while bytes.count - needle.count - from >= 0,
            let found = memchr(start + from, Int32(first), bytes.count - needle.count - from + 1)
        {
            guard memcmp(found, wanted, needle.count) != 0 else { return true }
            from = UnsafeRawPointer(found) - start + 1
        }
        return false
    }
}
