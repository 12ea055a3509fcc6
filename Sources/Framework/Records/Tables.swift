/// Every table of the host's own schema.
public enum Tables {
    /// The record types, in an order in which their tables can be created.
    public static var records: [any Record.Type] {
        [
            SignalRecord.self, ConflictRecord.self, ScopeRecord.self, PyramidingRecord.self, IntentRecord.self, OrderRecord.self,
            TradeRecord.self, PositionRecord.self, PortfolioRecord.self, LedgerRecord.self, SwitchRecord.self, AuditRecord.self,
            OutboxRecord.self, DeliveryRecord.self, RolloverRecord.self, InstanceRecord.self, LeaseRecord.self,
            CommandRecord.self,
        ]
    }

    /// The descriptions of all tables.
    public static var all: [Table] { records.map { $0.table } }
}
