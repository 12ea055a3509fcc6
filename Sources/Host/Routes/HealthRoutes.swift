import MunimKit

/// Whether the host lives, whether it takes signals, and its figures.
struct HealthRoutes: Sendable {
    let application: Application

    var routes: [Route] {
        [
            Route(.get, "/health") { _, _ in health },
            Route(.get, "/ready") { _, _ in ready },
            Route(.get, "/metrics") { _, _ in metrics },
        ]
    }

    private var health: HTTPResponse {
        let condition = application.engine.condition
        let isHealthy = !condition.hasEnded && condition.storageFailure == nil
        return .encoded(Health(condition, version: Version.current), status: isHealthy ? 200 : 503)
    }

    private var ready: HTTPResponse {
        let condition = application.engine.condition
        let isReady = condition.isRecovered && !condition.isStopping && !condition.hasEnded && condition.storageFailure == nil
        return .encoded(Readiness(condition), status: isReady ? 200 : 503)
    }

    private var metrics: HTTPResponse {
        application.metrics.set(Int64(application.engine.waitingEvents), of: .waitingSignals, label: nil)
        return HTTPResponse(status: 200, contentType: "text/plain; version=0.0.4", body: Array(application.metrics.page.utf8))
    }
}

/// The answer of `/health`.
struct Health: Codable, Sendable {
    var status: String
    var version: String
    var storage: String
    var engine: String

    init(_ condition: Engine.Condition, version: String) {
        storage = condition.storageFailure ?? "ok"
        engine = condition.hasEnded ? "ended" : condition.isStopping ? "stopping" : condition.isRecovered ? "ok" : "recovering"
        status = condition.storageFailure != nil || condition.hasEnded ? "unhealthy" : engine == "ok" ? "healthy" : "degraded"
        self.version = version
    }
}

/// The answer of `/ready`, per dependency.
struct Readiness: Codable, Sendable {
    var ready: Bool
    var storage: Bool
    var recovery: Bool
    var stopping: Bool

    init(_ condition: Engine.Condition) {
        storage = condition.storageFailure == nil && !condition.hasEnded
        recovery = condition.isRecovered
        stopping = condition.isStopping
        ready = storage && recovery && !stopping
    }
}
