import MunimKit

/// A secret that senders and this host share; one that could be guessed cannot be made.
struct SharedSecret: Sendable, CustomStringConvertible {
    private let secret: Secret
    /// The shortest, in characters.
    static let shortest = 16
    /// The longest, in bytes.
    static let longest = 256

    /// A secret of at least 16 characters and at most 256 bytes; nil for any other text.
    init?(_ text: String) {
        guard text.count >= Self.shortest, text.utf8.count <= Self.longest else { return nil }
        secret = Secret(text)
    }

    private init(placeholder: Secret) { secret = placeholder }

    /// Stands where a configuration gives none that is acceptable, which is a fault; nobody can send it.
    fileprivate static let placeholder = SharedSecret(placeholder: Secret(""))

    /// The text itself; to be called only where it is used, never where something is logged.
    func reveal() -> String { secret.reveal() }

    /// ``Secret/redacted``.
    var description: String { secret.description }
}

extension OptionKind where Value == SharedSecret {
    /// A secret that may face the network.
    static var sharedSecret: OptionKind {
        var kind = OptionKind("secret", noun: "a secret", placeholder: .placeholder, text: { _ in Secret.redacted }) {
            text throws(OptionMismatch) in
            guard let secret = SharedSecret(text) else { throw .outOfRange }
            return secret
        }
        kind.isSecret = true
        kind.range = "of at least 16 characters and of at most 256 bytes"
        return kind
    }
}
