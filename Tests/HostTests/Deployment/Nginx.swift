import Foundation
import Glibc
import Synchronization

@testable import munim

/// A real nginx with the site that is shipped, in a folder of its own; only what a machine must have of its own is replaced: the port, the
/// certificate and the host's address.
final class Nginx: Sendable {
    /// Where the program may be: installed, or unpacked by `make test`.
    static let program = ["/usr/sbin/nginx", "/usr/local/sbin/nginx", Repository.path + "/.build/nginx/usr/sbin/nginx"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    let port: Int
    private let folder: ScratchFolder
    private let process: Mutex<Foundation.Process>

    /// Starts nginx in front of a host at `upstream`; needs a thread of its own.
    private init(before upstream: Int, at address: String?) throws {
        folder = try ScratchFolder()
        port = Self.freePort()
        let shipped = try String(contentsOfFile: Repository.path + "/examples/deploy/nginx-site.conf", encoding: .utf8)
        var site = shipped.replacing("listen 443 ssl;", with: "listen 127.0.0.1:\(port);")
        site = site.replacing("server 127.0.0.1:8080 ", with: "server \(address ?? "127.0.0.1:\(upstream)") ")
        site = site.replacing("/var/log/nginx/", with: folder.path + "/")
        site = site.split(separator: "\n").filter { !$0.contains("ssl_certificate") }.joined(separator: "\n")
        try Data(site.utf8).write(to: URL(filePath: folder.path + "/site.conf"))
        try Data(Self.frame(folder.path).utf8).write(to: URL(filePath: folder.path + "/nginx.conf"))
        let child = Foundation.Process()
        child.executableURL = URL(filePath: Self.program ?? "nginx")
        child.arguments = ["-p", folder.path, "-e", folder.path + "/error.log", "-c", folder.path + "/nginx.conf"]
        child.standardInput = FileHandle.nullDevice
        try OpenFileCrowd.avoiding { try child.run() }
        process = Mutex(child)
        while RawClient(port: port) == nil {
            guard child.isRunning else { throw NginxFault(log: log) }
            usleep(2_000)
        }
    }

    /// What nginx wrote about faults.
    var log: String { text(of: "error.log") + text(of: "munim-error.log") }

    /// What nginx wrote about requests.
    var accesses: String { text(of: "munim-access.log") }

    private func text(of file: String) -> String { (try? String(contentsOfFile: folder.path + "/" + file, encoding: .utf8)) ?? "" }

    /// Runs `body` with nginx in front of a host, and ends nginx whatever happens.
    static func run<Result>(
        before upstream: Int, at address: String? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (Nginx) async throws -> Result
    ) async throws -> Result {
        let nginx = try await offPool {
            Swift.Result {
                // Somebody else may take the port first.
                for _ in 1...4 { if let nginx = try? Nginx(before: upstream, at: address) { return nginx } }
                return try Nginx(before: upstream, at: address)
            }
        }.get()
        do {
            let result = try await body(nginx)
            await nginx.stop()
            return result
        } catch {
            await nginx.stop()
            throw error
        }
    }

    private func stop() async {
        await offPool { [self] in
            process.withLock { child in
                // It inherits the signal mask of the thread that started it, which holds back everything gentler.
                kill(child.processIdentifier, SIGKILL)
                child.waitUntilExit()
            }
        }
    }

    /// One process in the foreground, all of its files in `folder`.
    private static func frame(_ folder: String) -> String {
        """
        daemon off;
        master_process off;
        pid \(folder)/nginx.pid;
        events { worker_connections 2048; }
        http {
            client_body_temp_path \(folder)/body;
            proxy_temp_path \(folder)/proxy;
            fastcgi_temp_path \(folder)/fastcgi;
            uwsgi_temp_path \(folder)/uwsgi;
            scgi_temp_path \(folder)/scgi;
            include \(folder)/site.conf;
        }
        """
    }

    /// A port that nobody listened on a moment ago.
    private static func freePort() -> Int {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(probe) }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = IPAddress.loopback.withSocketAddress(port: 0) { bind(probe, $0, size) }
        var bound = sockaddr_in()
        withUnsafeMutablePointer(to: &bound) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(probe, $0, &size) }
        }
        return Int(UInt16(bigEndian: bound.sin_port))
    }
}

/// Why nginx did not start.
struct NginxFault: Error, CustomStringConvertible {
    let log: String
    var description: String { "nginx ended before it listened: \(log)" }
}
