/// Tells people. Delivery may fail and be repeated; it never blocks or fails a trade.
public protocol AlertPlugin: Plugin {
    /// Delivers one alert; throws when it should be tried again. The same id may come twice.
    func deliver(_ alert: Alert) async throws
}

/// Something that a person should know.
public struct Alert: Hashable, Codable, Sendable {
    /// Unique, so that a repeated delivery can be told from a new alert.
    public var id: String
    /// How much it matters.
    public var severity: Severity
    /// A stable code, such as `order_unknown`.
    public var code: String
    /// What happened, what the host did, and what a person should do.
    public var message: String
    /// The instrument, where there is one.
    public var instrument: InstrumentName?
    /// When it was raised.
    public var at: Instant

    /// Creates an alert.
    public init(id: String, severity: Severity, code: String, message: String, instrument: InstrumentName?, at: Instant) {
        self.id = id
        self.severity = severity
        self.code = code
        self.message = message
        self.instrument = instrument
        self.at = at
    }
}
