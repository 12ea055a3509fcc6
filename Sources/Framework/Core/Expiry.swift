/// Positions near the end of their contracts: whatever a rollover rule says, nobody finds out by the broker's settlement.
extension Core {
    /// Tells people of every position whose contract ends on the next trading day, ends today, or has ended; at the start and once on each day.
    mutating func alertExpiries(_ transition: inout Transition) {
        let day = TradingDay(of: transition.at)
        for scope in scopes.values {
            for position in scope.positions where position.status.isLive {
                alertExpiry(of: position.record, scope.traded, on: day, &transition)
            }
        }
    }

    private mutating func alertExpiry(
        of position: PositionRecord, _ traded: TradedInstrument, on day: TradingDay, _ transition: inout Transition
    ) {
        let contracts = position.structure.content.legs.map(\.contract.symbol).joined(separator: " and ")
        if position.expiry < day {
            alert(
                .critical, "position_expired", traded.name,
                "\(position.id) still holds \(contracts), which ended on \(position.expiry). Look at the broker, and book what became of it.",
                &transition)
        } else if position.expiry == day {
            alert(
                .critical, "position_expires", traded.name, "\(position.id) holds \(contracts), which ends today. Roll or close it.",
                &transition)
        } else if traded.instrument.tradingDays(from: day, to: position.expiry) == 0 {
            alert(
                .error, "position_expires", traded.name,
                "\(position.id) holds \(contracts), which ends on \(position.expiry), the next trading day; its rollover rule has not moved it.",
                &transition)
        }
    }
}
