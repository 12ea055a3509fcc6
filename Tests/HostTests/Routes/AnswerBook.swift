import Foundation
import Synchronization

@testable import munim

/// Requests to hosts in several states, each answer held against the schema that the same host gives for it.
final class AnswerBook: Sendable {
    private struct Contents {
        var faults: [String] = []
        var seen: Set<String> = []
        var described: Set<String> = []
    }
    private let contents = Mutex(Contents())

    var faults: [String] { contents.withLock(\.faults) }
    /// Answers that are described and that no request here brought about.
    var unseen: [String] { contents.withLock { $0.described.subtracting($0.seen).sorted() } }

    /// Reads the host's description.
    func open(_ host: RunningHost) async throws -> SchemaCheck {
        let document = try await host.get("/openapi.json").json
        let described = document["paths"].members.flatMap { path, methods in
            methods.members.flatMap { method, operation in
                operation["responses"].members.keys.filter { $0 != "default" }.map { "\(method.uppercased()) \(path) \($0)" }
            }
        }
        contents.withLock { $0.described.formUnion(described) }
        return SchemaCheck(document: document)
    }

    /// Holds an answer against its schema.
    func hold(_ reply: HostReply, to method: String, _ route: String, expecting status: Int, _ check: SchemaCheck) {
        let place = "\(method) \(route) \(reply.status)"
        var faults = reply.status == status ? [] : ["\(place): expected \(status): \(reply.text.prefix(300))"]
        let type = reply.head.split(separator: "\r\n").compactMap { line -> String? in
            guard line.lowercased().hasPrefix("content-type:") else { return nil }
            return line.dropFirst(13).split(separator: ";").first?.trimmingCharacters(in: .whitespaces)
        }.first
        if let schema = check.schema(of: method, route, status: reply.status, type: type ?? "") {
            let value = type == "application/json" ? reply.json : .text(reply.text)
            faults += check.faults(of: value, against: schema).map { "\(place) \($0)" }
        } else {
            faults.append("\(place) as \(type ?? "nothing") is not described")
        }
        contents.withLock { [faults] in
            $0.faults += faults
            $0.seen.insert(place)
        }
    }
}

/// One request with the route that it goes to and the status that it must get.
struct Asking {
    let method: String
    let route: String
    let path: String
    let body: String?
    let status: Int

    static func get(_ route: String, _ status: Int, path: String? = nil) -> Asking {
        Asking(method: "GET", route: route, path: path ?? route, body: nil, status: status)
    }
    static func post(_ route: String, _ body: String, _ status: Int, path: String? = nil) -> Asking {
        Asking(method: "POST", route: route, path: path ?? route, body: body, status: status)
    }
}
