/// How long leases last and how often they are asked for.
public struct LeaseTimes: Hashable, Codable, Sendable {
    /// How long a lease lasts when it is not renewed.
    public var span: Span = .seconds(2)
    /// How often the holder renews it.
    public var renewal: Span = .milliseconds(600)
    /// How often the others ask for it.
    public var campaign: Span = .milliseconds(200)
    /// What must be left of it when an order leaves.
    public var sendMargin: Span = .seconds(1)

    /// The defaults of the protocol.
    public init() {}
}
