/// One channel that took an alert which others have not taken yet; goes when all have it.
public struct DeliveryRecord: Record {
    /// The alert's own identifier.
    public var alertID: String
    /// The name of the channel: that of its plugin, with a number from the second of a plugin on.
    public var channel: String
    /// When the channel took it, by the host's clock.
    public var deliveredAt: Instant

    /// The columns, each with the property that it holds.
    public static let fields: Fields<DeliveryRecord> = [
        Field("alert_id", \.alertID), Field("channel", \.channel), Field("delivered_at", \.deliveredAt),
    ]

    /// The table `deliveries`: one row for each alert and channel while another channel is missing.
    public static let table = Table("deliveries", fields, primaryKey: ["alert_id", "channel"])

    /// A delivery that succeeded.
    public init(alert: String, channel: String, at: Instant) {
        alertID = alert
        self.channel = channel
        deliveredAt = at
    }
}
