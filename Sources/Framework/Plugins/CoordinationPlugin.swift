/// Hands out leases between instances. A hint, never the judge: correctness rests on keys and versions in storage.
public protocol CoordinationPlugin: Plugin {
    /// Takes or renews the lease `name` for `holder`; nil when another holds it.
    func acquire(_ name: String, holder: Incarnation, for span: Span) async throws -> Lease?
    /// Gives the lease back if `holder` has it; safe twice.
    func release(_ name: String, holder: Incarnation) async
}

/// A right that ends by itself.
public struct Lease: Hashable, Codable, Sendable {
    /// What it is for.
    public var name: String
    /// Who has it.
    public var holder: Incarnation
    /// Rises with each change of holder.
    public var epoch: Int64
    /// When it ends.
    public var until: Instant

    /// Creates a lease.
    public init(name: String, holder: Incarnation, epoch: Int64, until: Instant) {
        self.name = name
        self.holder = holder
        self.epoch = epoch
        self.until = until
    }
}
