import MunimKit

/// All routes of a host; operator routes stand on their own listener when one is configured.
struct Interface: Sendable {
    let main: Routes
    let admin: Routes

    init(_ application: Application, recorder: SignalRecorder?) {
        let open = Self.webhook(application, recorder: recorder) + HealthRoutes(application: application).routes
        let guarded: [Route] = []
        let hasOwnListener = application.configuration.http.admin != nil
        main = Routes(hasOwnListener ? open : open + guarded)
        admin = Routes(guarded + HealthRoutes(application: application).routes)
    }

    private static func webhook(_ application: Application, recorder: SignalRecorder?) -> [Route] {
        let http = application.configuration.http
        let secrets = [http.secret, http.previousSecret].compactMap { $0?.reveal() }
        let route = WebhookRoute(
            admission: WebhookAdmission(
                secrets: secrets.isEmpty ? nil : SharedSecrets(secrets), senders: http.allow, trustedProxies: http.trustedProxies),
            application: application, recorder: recorder)
        let plain = Route(.post, "/webhook") { request, _ in await route.answer(request) }
        let withSecret = Route(.post, "/webhook/{secret}") { request, _ in await route.answer(request) }
        return http.pathSecret ? [plain, withSecret] : [plain]
    }
}
