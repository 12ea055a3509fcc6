import Glibc
import MunimKit

/// `munim serve`: runs the host until it is asked to stop.
struct Serve {
    let configuration: HostConfiguration
    let options: Options

    /// What the command line adds to the configuration.
    struct Options: Sendable {
        /// Where events and effects are written, one JSON object per line.
        var trace: String?
        /// Where webhooks that were believed are written.
        var record: String?
    }

    /// Runs until SIGTERM or SIGINT; returns the exit code.
    func run() async -> Int32 {
        let clock = SystemClock()
        let log = ConsoleLog(clock: clock)
        defer { log.close() }
        do {
            try Folder.create(configuration.instance.data)
            var seams = ApplicationSeams()
            seams.trace = try options.trace.map { try TraceFile(path: $0) }
            seams.stopPoints = StopPointSwitch.fromEnvironment()
            let recorder = try options.record.map { try SignalRecorder(path: $0, log: log) }
            defer { recorder?.close() }
            let application = try Application(configuration, clock: clock, log: log, seams: seams)
            log.countLosses(in: application.metrics)
            return try await run(application, recorder)
        } catch {
            log(.critical, "the host cannot run", LogField("why", "\(error)"))
            return 1
        }
    }

    private func run(_ application: Application, _ recorder: SignalRecorder?) async throws -> Int32 {
        let shutdown = Shutdown()
        let started = application.clock.boot()
        try await application.start()
        let servers = try Servers(application, recorder: recorder)
        let code = await withTaskGroup(of: Int32?.self) { group in
            group.addTask {
                do throws(StorageError) {
                    try await application.engine.run()
                    return nil
                } catch {
                    application.log(.critical, "the records cannot be read", LogField("why", error))
                    return 1
                }
            }
            for server in servers.all {
                group.addTask {
                    await server.run(); return nil
                }
            }
            group.addTask {
                await self.announce(servers, application, since: started); return nil
            }
            group.addTask { await self.waitForStop(shutdown, servers, application) }
            group.addTask { await RecordsGuard(application: application, servers: servers).run() }
            var code: Int32?
            while code == nil, let result = await group.next() { code = result }
            group.cancelAll()
            return code ?? 0
        }
        await application.stop()
        application.log(.info, "the host has stopped")
        return code
    }

    private func announce(_ servers: Servers, _ application: Application, since started: Span) async {
        while !application.engine.condition.isRecovered, !application.engine.condition.isStopping {
            guard (try? await application.clock.sleep(until: application.clock.now() + .milliseconds(2))) != nil else { return }
        }
        application.log(
            .info, "munim is ready", LogField("listen", servers.addresses), LogField("mode", configuration.instance.mode.rawValue),
            LogField("broker", configuration.broker.name), LogField("storage", configuration.storage.name),
            LogField("after", application.clock.boot() - started))
        // A person who started it by hand may see the secret; a log never does.
        let address = servers.addresses.split(separator: " ").first.map(String.init) ?? ""
        if Console.isTerminal,
            let example = WebhookExample.lines(
                configuration.http, address: address, instrument: configuration.instruments.first?.name.text ?? "")
        {
            Console.write(example)
        }
    }

    /// Stops in the order of the protocol: not ready, no new decisions, calls in flight, connections, exit 0. A second signal ends at once.
    private func waitForStop(_ shutdown: Shutdown, _ servers: Servers, _ application: Application) async -> Int32? {
        var requests = shutdown.requests.makeAsyncIterator()
        guard await requests.next() != nil else { return nil }
        application.log(.info, "the host is stopping; a second signal ends it at once")
        return await withTaskGroup(of: Int32?.self) { group in
            group.addTask {
                await application.engine.stop(grace: .seconds(8))
                for server in servers.all { await server.stop(grace: .seconds(2)) }
                return 0
            }
            group.addTask {
                var again = shutdown.requests.makeAsyncIterator()
                guard await again.next() != nil else { return nil }
                exit(130)
            }
            let code = await group.next() ?? 0
            group.cancelAll()
            return code
        }
    }
}

/// The listeners of one host.
struct Servers: Sendable {
    let all: [HTTPServer]
    let addresses: String
    /// Files that the rest of the host has open.
    private static let otherFiles = 256

    /// Starts to listen; requests wait until the servers run.
    init(_ application: Application, recorder: SignalRecorder?) throws {
        let http = application.configuration.http
        let api = Interface(application, recorder: recorder)
        let files = http.server.files * (http.admin == nil ? 1 : 2) + Self.otherFiles
        let allowed = OpenFiles.raiseLimit(to: files)
        // A listener that runs out of files would let everyone wait.
        let options = allowed < files ? http.server.fitting(files: (allowed - Self.otherFiles) / (http.admin == nil ? 1 : 2)) : http.server
        let main = HTTPServer(options: options) { await api.main.answer($0) }
        var servers = [main]
        var addresses = ["\(http.listen.address):\(try main.start())"]
        if let admin = http.admin {
            let server = HTTPServer(options: options.listening(at: admin)) { await api.admin.answer($0) }
            addresses.append("\(admin.address):\(try server.start())")
            servers.append(server)
        }
        all = servers
        self.addresses = addresses.joined(separator: " ")
    }
}

/// Folders of the host.
enum Folder {
    /// Creates a folder and those above it; one that exists is left as it is.
    static func create(_ path: String) throws(PluginFault) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += (prefix.isEmpty || prefix == "/" ? "" : "/") + part
            guard mkdir(prefix, 0o700) != 0, errno != EEXIST else { continue }
            throw PluginFault("folder \(prefix) cannot be created: \(String(cString: strerror(errno)))")
        }
    }
}
