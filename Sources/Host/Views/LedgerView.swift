import MunimKit

/// A movement of money as the interface shows it, with the equity before and after.
struct LedgerView: Codable, Sendable {
    var id: Int64
    var entryKey: String
    var type: LedgerEntryKind
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

extension LedgerView: DescribedAnswer {
    static var schemaName: String { "LedgerEntry" }
    static var schemaSummary: String { "A movement of money, with the equity before and after." }
    static var meanings: [String: String] {
        [
            "id": "Counted from 1 without gaps.", "entry_key": "Names the movement once for ever.", "type": "What moved.",
            "amount": "Signed; charges, losses and withdrawals are negative.", "equity_before": "Closed equity before it.",
            "equity_after": "Closed equity after it.", "position_id": "The position that it belongs to.", "notes": "What for.",
            "created_by": "Who moved it: a person, munim itself, or the configuration.", "created_at": "When it was booked.",
        ]
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

extension AuditView: DescribedAnswer {
    static var schemaName: String { "Transition" }
    static var schemaSummary: String { "A transition of one thing, with its cause." }
    static var meanings: [String: String] {
        [
            "audit_id": "Names the row for ever.", "entity": "What moved: a signal, intent, order, position, scope or switch.",
            "entity_id": "Which one.", "from": "The state before; empty for a new one.", "to": "The state after.", "cause": "Why.",
            "instance": "The process that did it.", "epoch": "Its term of leadership; 1 where one process runs alone.", "at": "When.",
        ]
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

extension AlertView: DescribedAnswer {
    static var schemaName: String { "Alert" }
    static var schemaSummary: String { "Something that people were told." }
    static var meanings: [String: String] {
        [
            "alert_id": "Names the alert; it is delivered again under the same id.", "severity": "How urgent it is.",
            "code": "A stable code; the documentation says what to do for each.", "message": "What happened, in a sentence.",
            "instrument": "The instrument that it is about, where it is about one.", "created_at": "When it was raised.",
            "delivered_at": "When everybody was told; left out while somebody was not.", "attempts": "How often it was delivered.",
        ]
    }
}
