/// One channel that took an alert which others have not taken yet; goes when all have it.
public struct DeliveryRecord: Record {
    /// The alert's own identifier.
    public var alertID: String
    /// The name of the channel: that of its plugin, with a number from the second of a plugin on.
    public var channel: String
    /// When the channel took it, by the host's clock.
    public var deliveredAt: Instant

    /// The table `deliveries`: one row for each alert and channel while another channel is missing.
    public static let table = Table(
        "deliveries", columns: [Column("alert_id", .text), Column("channel", .text), Column("delivered_at", .instant)],
        primaryKey: ["alert_id", "channel"])

    /// A delivery that succeeded.
    public init(alert: String, channel: String, at: Instant) {
        alertID = alert
        self.channel = channel
        deliveredAt = at
    }

    /// The row in the order of the columns of ``table``.
    public var values: [Value] { [alertID.column, channel.column, deliveredAt.column] }

    /// Reads a stored row back; throws `.corrupt` when a column holds another type.
    public init(_ row: Row) throws(StorageError) {
        alertID = try row.read("alert_id")
        channel = try row.read("channel")
        deliveredAt = try row.read("delivered_at")
    }
}
