public import MunimKit
import Synchronization

/// The model of the lease service as a coordination plugin.
public final class ModelCoordination: CoordinationPlugin {
    public static let manifest = PluginManifest(
        kind: .coordination, name: "model", version: "1.0.0", summary: "The leases of simulated runs, for tests.")

    private let clock: any Clock
    private let leases = Mutex(ModelLeases())

    public init(options: NoOptions, context: PluginContext) { clock = context.clock }

    public func acquire(_ name: String, holder: Incarnation, for span: Span) async throws -> Lease? {
        guard span > .zero else { throw PluginFault("a lease for no time") }
        let now = clock.now()
        let boot = Instant(microseconds: clock.boot().microseconds)
        let epoch = leases.withLock { $0.acquire(name, holder: holder, for: span, at: boot) }
        return epoch.map { Lease(name: name, holder: holder, epoch: $0, until: now + span) }
    }

    public func release(_ name: String, holder: Incarnation) async { leases.withLock { $0.release(name, holder: holder) } }
}
