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
        let bytes = Array(bytes)
        return secrets.contains { secret in
            let needle = Array(secret.reveal().utf8)
            guard let first = needle.first, needle.count <= bytes.count else { return false }
            return (0...bytes.count - needle.count).contains { bytes[$0] == first && bytes[$0..<$0 + needle.count].elementsEqual(needle) }
        }
    }
}
