import MunimKit

/// A movement of money as the interface shows it, with the equity before and after.
struct LedgerView: Codable, Sendable {
    /// Counted from 1 without gaps.
    var id: Int64
    var entryKey: String
    var type: LedgerEntryKind
    /// Signed; charges and withdrawals are negative.
    var amount: Money
    var equityBefore: Money
    var equityAfter: Money
    var positionId: PositionID?
    var notes: String
    var createdBy: String
    var createdAt: Instant

    init(_ record: LedgerRecord) {
        id = record.number
        entryKey = record.entryKey
        type = record.kind
        amount = record.amount
        equityBefore = record.equityBefore
        equityAfter = record.equityAfter
        positionId = record.position
        notes = record.notes
        createdBy = record.createdBy
        createdAt = record.createdAt
    }
}

/// A transition as the interface shows it.
struct AuditView: Codable, Sendable {
    var auditId: String
    var entity: String
    var entityId: String
    var from: String
    var to: String
    var cause: String
    var instance: Incarnation
    var epoch: Int64
    var at: Instant

    init(_ record: AuditRecord) {
        auditId = record.id
        entity = record.entity
        entityId = record.entityID
        from = record.from
        to = record.to
        cause = record.cause
        instance = record.incarnation
        epoch = record.epoch
        at = record.at
    }
}

/// An alert as the interface shows it.
struct AlertView: Codable, Sendable {
    var alertId: String
    var severity: Severity
    var code: String
    var message: String
    var instrument: InstrumentName?
    var createdAt: Instant
    /// When everybody was told; nil while somebody was not.
    var deliveredAt: Instant?
    var attempts: Int

    init(_ record: OutboxRecord) {
        alertId = record.id
        severity = record.severity
        code = record.code
        message = record.message
        instrument = record.instrument
        createdAt = record.createdAt
        deliveredAt = record.deliveredAt
        attempts = record.attempts
    }
}
