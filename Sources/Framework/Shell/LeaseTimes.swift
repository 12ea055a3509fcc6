/// How long leases last and how often they are asked for.
public struct LeaseTimes: Hashable, Codable, Sendable {
    /// How long a lease lasts when it is not renewed.
    public var span: Span = .milliseconds(900)
    /// How often the holder renews it.
    public var renewal: Span = .milliseconds(250)
    /// How often the others ask for it.
    public var campaign: Span = .milliseconds(200)
    /// What must be left of it at the first byte of an order.
    public var sendMargin: Span = .milliseconds(450)

    /// The defaults of the protocol.
    public init() {}
}
