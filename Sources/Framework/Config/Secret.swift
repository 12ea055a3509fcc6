/// A text that must not be seen: every printed and encoded form is `<redacted>`.
///
/// Not `Equatable`, because comparing secrets with `==` tells by its duration how much was right; compare the revealed bytes in constant time.
public struct Secret: Sendable, Encodable {
    private let text: String

    /// What is shown in place of any secret.
    public static let redacted = "<redacted>"

    /// A secret with this text.
    public init(_ text: String) { self.text = text }

    /// The text itself; to be called only where it is used, never where something is logged.
    public func reveal() -> String { text }

    /// Encodes ``redacted``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(Self.redacted)
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// ``redacted``.
    public var description: String { Self.redacted }
    /// ``redacted``.
    public var debugDescription: String { Self.redacted }
    /// No children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}
