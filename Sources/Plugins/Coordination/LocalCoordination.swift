public import MunimKit

/// Leases within one process, for a host that runs alone.
///
/// A lease ends by boot time, which no adjustment of the wall clock moves; its `until` is the wall-clock reading for people. Epochs begin at the wall
/// clock's microseconds, so that those of a restarted process are above those of the one before.
public actor LocalCoordination: CoordinationPlugin {
    public static var manifest: PluginManifest {
        PluginManifest(
            kind: .coordination, name: "local", version: "1.0.0",
            summary: "Leases within one process, for a host that runs alone; not asked yet.")
    }

    private struct Grant {
        var holder: Incarnation
        var epoch: Int64
        var end: Span
    }

    private let clock: any Clock
    private var grants: [String: Grant] = [:]

    public init(options: NoOptions, context: PluginContext) throws { clock = context.clock }

    public func acquire(_ name: String, holder: Incarnation, for span: Span) async throws -> Lease? {
        guard span > .zero else { throw PluginFault("a lease of \(name) for \(span) would have ended before it began") }
        let boot = clock.boot()
        let now = clock.now()
        var grant = grants[name] ?? Grant(holder: holder, epoch: now.microseconds, end: boot)
        if grant.holder != holder {
            guard grant.end <= boot else { return nil }
            grant.epoch = max(grant.epoch + 1, now.microseconds)
            grant.holder = holder
        }
        let (end, overflowed) = boot.microseconds.addingReportingOverflow(span.microseconds)
        grant.end = Span(microseconds: overflowed ? .max : end)
        grants[name] = grant
        return Lease(name: name, holder: holder, epoch: grant.epoch, until: now + span)
    }

    public func release(_ name: String, holder: Incarnation) async {
        guard let grant = grants[name], grant.holder == holder else { return }
        grants[name]?.end = min(grant.end, clock.boot())
    }
}
